"""what an organiser asks to have on paper → XLSX and PDF files, one at a time, by a process of its own; who took it is in the log.

At most `MOST` are asked for at once, the one that is being made among them; one more is refused.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, BinaryIO, Final
from uuid import UUID

import msgspec
from psycopg.rows import dict_row

from center.occasions import badges
from center.papers import apart, attendance, attendance_sheet
from center.papers.badge_sheet import Badge, Style
from center.papers.works import Badges, Paper
from center.people.tools import Tools
from center.store.pieces import fetched
from wardroom.errors import CheckInError

MOST: Final = 4
RETRY_S: Final = 30
_MIB, _SECONDS = 1_024, 300
"""For ten thousand delegates a tenth of it is enough."""
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
    """Makes papers. `web`: the built front end's folder where a setting names one, for its fonts; `scratch`: where files are made."""

    def __init__(self, tools: Tools, *, web: str | None, scratch: str | None = None) -> None:
        self._database = tools.database
        self._audit = tools.audit
        self._vault = tools.vault
        self._clock = tools.clock
        self._web = web
        self._scratch = scratch
        self._turn = asyncio.Lock()
        self._asked = 0

    async def attendance_workbook(self, who: str, in_list: UUID) -> BinaryIO:
        """Return a list's attendance as XLSX; raises CheckInError where there is no such list, or too much is being printed."""
        async with self._in_turn():
            found = await attendance.read(self._database, in_list)
            made = await self._made("attendance_workbook", found)
        await self._audit.note(who, "attendance.export", str(in_list), kind="xlsx")
        return made

    async def attendance_paper(self, who: str, in_list: UUID) -> BinaryIO:
        """Return a list's attendance as PDF; raises CheckInError as above, WardroomError without fonts."""
        async with self._in_turn():
            found = await attendance.read(self._database, in_list)
            now = datetime.fromtimestamp(self._clock.now_us() / _US, UTC)
            made = await self._made("attendance_paper", Paper(attendance=found, now=now, web=self._web))
        await self._audit.note(who, "attendance.export", str(in_list), kind="pdf")
        return made

    async def badges(self, who: str, occasion: UUID, delegation: str | None) -> BinaryIO:
        """Return the badges of an occasion's delegates, or of one delegation; raises CheckInError, and PeopleError without the key."""
        async with self._in_turn():
            style = await self._style(occasion)
            found = await self._badges(occasion=occasion, delegation=delegation)
            made = await self._cards(found, style)
        await self._audit.note(who, "badges.print", str(occasion), delegation=delegation, count=len(found))
        return made

    async def badge(self, who: str, delegate: UUID) -> BinaryIO:
        """Return one badge; raises CheckInError where there is no such delegate, or they are revoked; PeopleError without the key."""
        async with self._in_turn():
            found = await self._badges(delegate=delegate)
            if not found:
                raise CheckInError("occasion.no_delegate", id=delegate)
            made = await self._cards(found, await self._style(found[0]["occasion"]), alone=True)
        await self._audit.note(who, "badges.print", str(delegate), count=1)
        return made

    async def template(self) -> bytes:
        """Return an empty list of delegates."""
        return await asyncio.to_thread(attendance_sheet.template)

    @asynccontextmanager
    async def _in_turn(self) -> AsyncIterator[None]:
        """Wait until nothing else is being made; raises CheckInError where enough wait already: what they read is kept meanwhile."""
        if self._asked >= MOST:
            raise CheckInError("papers.printing_busy", most=MOST, retry_after_s=RETRY_S)
        self._asked += 1
        try:
            async with self._turn:
                yield
        finally:
            self._asked -= 1

    async def _cards(self, found: list[dict[str, Any]], style: Style, *, alone: bool = False) -> BinaryIO:
        opened = await asyncio.to_thread(self._opened, found)
        return await self._made("badges", Badges(badges=opened, style=style, web=self._web, alone=alone))

    async def _made(self, work: str, asked: object) -> BinaryIO:
        printing = apart.Work(function=f"center.papers.works:{work}", mib=_MIB, seconds=_SECONDS)
        try:
            return await apart.done(printing, await asyncio.to_thread(msgspec.msgpack.encode, asked), self._scratch)
        except apart.Exhausted as error:
            raise CheckInError("papers.print_too_heavy", most_mib=_MIB, seconds=_SECONDS) from error

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
            return await fetched(await rows.execute(_BADGES, values))

    def _opened(self, found: list[dict[str, Any]]) -> list[Badge]:
        """Return badges with their codes."""
        return [Badge(**{name: str(row[name]) for name in _TEXTS}, code=self._code(row)) for row in found]

    def _code(self, row: dict[str, Any]) -> str:
        sealed = row["badge_sealed"]
        return self._vault.open(badges.SEALED_AS, str(row["id"]), sealed).decode() if isinstance(sealed, bytes) else ""
