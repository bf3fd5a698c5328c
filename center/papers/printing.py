"""what an organiser asks to have on paper → XLSX and PDF, one at a time and off the event loop; who took it is in the log."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from psycopg.rows import dict_row

from center.occasions import badges
from center.papers import attendance, attendance_print, attendance_sheet, badge_sheet, fonts
from center.papers.attendance import by_given, natural
from center.papers.badge_sheet import Badge, Style
from center.people.audit import Audit
from center.people.vault import Vault
from center.store.database import Database
from wardroom.clock import Clock
from wardroom.errors import CheckInError

_OCCASION: Final = "SELECT name, theme FROM occasion WHERE id = %(occasion)s"
_TEXTS: Final = ("title", "name", "position", "unit", "delegation", "seat")
_BADGES: Final = """
SELECT d.id, d.occasion, d.title, d.name, d.position, d.unit, d.delegation, d.seat, d.badge_sealed FROM delegate d
WHERE d.revoked IS NULL AND (
    d.id = %(delegate)s OR (d.occasion = %(occasion)s AND (%(delegation)s::text IS NULL OR d.delegation = %(delegation)s))
)
"""
_BACKGROUND, _INK = "#7a0c12", "#fff8e1"
_US: Final = 1_000_000


class Printing:
    """Makes papers. `web`: the built front end's folder where a setting names one, for its fonts."""

    def __init__(self, *, database: Database, audit: Audit, vault: Vault, clock: Clock, web: str | None) -> None:
        self._database = database
        self._audit = audit
        self._vault = vault
        self._clock = clock
        self._web = None if web is None else Path(web)
        self._turn = asyncio.Lock()

    async def attendance_workbook(self, who: str, in_list: UUID) -> bytes:
        """Return a list's attendance as XLSX; raises CheckInError where there is no such list."""
        found = await attendance.read(self._database, in_list)
        made = await self._made(lambda: attendance_sheet.workbook(found))
        await self._audit.note(who, "attendance.export", str(in_list), kind="xlsx")
        return made

    async def attendance_paper(self, who: str, in_list: UUID) -> bytes:
        """Return a list's attendance as PDF; raises CheckInError where there is no such list, WardroomError without fonts."""
        found = await attendance.read(self._database, in_list)
        now = datetime.fromtimestamp(self._clock.now_us() / _US, UTC)
        made = await self._set(lambda: attendance_print.printed(found, now))
        await self._audit.note(who, "attendance.export", str(in_list), kind="pdf")
        return made

    async def badges(self, who: str, occasion: UUID, delegation: str | None) -> bytes:
        """Return the badges of an occasion's delegates, or of one delegation; raises CheckInError, and PeopleError without the key."""
        style = await self._style(occasion)
        found = await self._badges(occasion=occasion, delegation=delegation)
        made = await self._set(lambda: badge_sheet.sheets(self._opened(found), style))
        await self._audit.note(who, "badges.print", str(occasion), delegation=delegation, count=len(found))
        return made

    async def badge(self, who: str, delegate: UUID) -> bytes:
        """Return one badge; raises CheckInError where there is no such delegate, or they are revoked; PeopleError without the key."""
        found = await self._badges(delegate=delegate)
        if not found:
            raise CheckInError("occasion.no_delegate", id=delegate)
        style = await self._style(found[0]["occasion"])
        made = await self._set(lambda: badge_sheet.single(self._opened(found)[0], style))
        await self._audit.note(who, "badges.print", str(delegate), count=1)
        return made

    async def template(self) -> bytes:
        """Return an empty list of delegates."""
        return await self._made(attendance_sheet.template)

    async def _made(self, make: Callable[[], bytes]) -> bytes:
        async with self._turn:
            return await asyncio.to_thread(make)

    async def _set(self, make: Callable[[], bytes]) -> bytes:
        """Make what needs fonts; raises WardroomError where there are none."""
        async with self._turn:
            await asyncio.to_thread(fonts.load, self._web)
            return await asyncio.to_thread(make)

    async def _style(self, occasion: UUID) -> Style:
        rows = await self._database.rows(_OCCASION, {"occasion": occasion})
        if not rows:
            raise CheckInError("occasion.no_occasion", id=occasion)
        name, theme = rows[0]
        heading = theme.get("heading") or name
        return Style(heading=heading, background=theme.get("background", _BACKGROUND), ink=theme.get("ink", _INK))

    async def _badges(self, **asked: object) -> list[dict[str, Any]]:
        values = {"occasion": None, "delegation": None, "delegate": None} | asked
        async with self._database.connection() as connection, connection.cursor(row_factory=dict_row) as rows:
            return await (await rows.execute(_BADGES, values)).fetchall()

    def _opened(self, found: list[dict[str, Any]]) -> list[Badge]:
        """Return badges with their codes, by delegation and given name."""
        made = [Badge(**{name: str(row[name]) for name in _TEXTS}, code=self._code(row)) for row in found]
        return sorted(made, key=lambda one: (not one.delegation, natural(one.delegation), by_given(one.name)))

    def _code(self, row: dict[str, Any]) -> str:
        sealed = row["badge_sealed"]
        return self._vault.open(badges.SEALED_AS, str(row["id"]), sealed).decode() if isinstance(sealed, bytes) else ""
