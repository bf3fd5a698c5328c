"""what an organiser plans ↔ the table `occasion`, with its lists, gates and numbers; every change is in the log."""

from typing import Any, Final
from uuid import UUID

import uuid6
from psycopg import AsyncConnection
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from center.cursors import cursor, places
from center.models import Page
from center.occasions import counts, rehearsals, retention
from center.occasions.models import GateOut, ListOut, OccasionIn, OccasionOut, OccasionPatch
from center.occasions.states import State, move
from center.people.audit import Audit
from center.store.database import Database
from wardroom.errors import CheckInError, InvalidMessage

_OCCASION: Final = """
SELECT o.id, o.name, o.place, o.starts, o.ends, o.state, o.opened, o.closed, o.retain_days, o.theme,
       (SELECT count(*) FROM delegate d WHERE d.occasion = o.id) AS delegates
FROM occasion o
"""
_GATES: Final = """
SELECT occasion, id, name, list, direction, site, gateway, camera FROM gate WHERE occasion = ANY(%(ids)s) ORDER BY id
"""
_PUT: Final = """
INSERT INTO occasion (id, name, place, starts, ends, retain_days, theme, created_by)
VALUES (%(id)s, %(name)s, %(place)s, %(starts)s, %(ends)s, %(retain_days)s, %(theme)s, %(by)s)
"""
_LOCK: Final = "SELECT name, place, starts, ends, retain_days, theme, state FROM occasion WHERE id = %(id)s FOR UPDATE"
_CHANGE: Final = """
UPDATE occasion SET name = %(name)s, place = %(place)s, starts = %(starts)s, ends = %(ends)s, retain_days = %(retain_days)s,
    theme = %(theme)s
WHERE id = %(id)s
"""
_MOVE: Final = """
UPDATE occasion SET state = %(to)s,
    opened = CASE WHEN %(to)s = 'open' THEN clock_timestamp() ELSE opened END,
    closed = CASE WHEN %(to)s = 'closed' THEN clock_timestamp() ELSE closed END
WHERE id = %(id)s
"""
_FIRST: Final = UUID(int=2**128 - 1)


class Occasions:
    """The occasions there are."""

    def __init__(self, *, database: Database, audit: Audit) -> None:
        self._database = database
        self._audit = audit

    async def page(self, word: str | None, limit: int) -> Page[OccasionOut]:
        """Return occasions, the newest first."""
        (before,) = places(word, (str,)) or [str(_FIRST)]
        query = f"{_OCCASION} WHERE o.id < %(before)s::uuid ORDER BY o.id DESC LIMIT %(limit)s"
        found = await self._database.objects(OccasionOut, query, {"before": before, "limit": limit + 1})
        shown = await self._with_parts(found[:limit])
        return Page[OccasionOut](items=shown, next=cursor([str(shown[-1].id)]) if len(found) > limit else None)

    async def get(self, occasion: UUID) -> OccasionOut:
        """Return one; raises CheckInError where there is none."""
        found = await self._database.objects(OccasionOut, f"{_OCCASION} WHERE o.id = %(id)s", {"id": occasion})
        if not found:
            raise CheckInError("occasion.no_occasion", id=occasion)
        return (await self._with_parts(found))[0]

    async def check(self, occasion: UUID) -> None:
        """Raise CheckInError where there is no such occasion."""
        if not await self._database.rows("SELECT FROM occasion WHERE id = %(id)s", {"id": occasion}):
            raise CheckInError("occasion.no_occasion", id=occasion)

    async def create(self, who: str, asked: OccasionIn) -> OccasionOut:
        """Plan one; raises InvalidMessage where it ends before it starts."""
        made = uuid6.uuid7()
        values = _checked(asked.model_dump())
        async with self._database.transaction() as connection:
            await connection.execute(_PUT, values | {"id": made, "by": who})
            await self._audit.note(who, "occasion.create", str(made), within=connection, name=asked.name)
        return await self.get(made)

    async def change(self, who: str, occasion: UUID, asked: OccasionPatch) -> OccasionOut:
        """Change what is given; raises CheckInError and InvalidMessage."""
        given = {name: value for name, value in asked.model_dump(exclude_unset=True).items() if value is not None}
        async with self._database.transaction() as connection:
            now = await _locked(connection, occasion)
            await connection.execute(_CHANGE, _checked(now | given) | {"id": occasion})
            await self._audit.note(who, "occasion.change", str(occasion), within=connection, fields=sorted(given))
        return await self.get(occasion)

    async def delete(self, who: str, occasion: UUID, *, record: bool) -> None:
        """Delete an occasion with all that is of it; raises CheckInError while it is open.

        `record`: whether they may delete one that was held, with the record of who came; otherwise CheckInError says who may.
        """
        async with self._database.transaction() as connection:
            now = await _locked(connection, occasion)
            if now["state"] == State.OPEN:
                raise CheckInError("occasion.still_open", name=now["name"])
            if now["state"] == State.CLOSED and not record:
                raise CheckInError("occasion.record_stays", name=now["name"])
            await rehearsals.erase(connection, occasion)
            await retention.leave(connection, occasion)
            await connection.execute("DELETE FROM occasion WHERE id = %(id)s", {"id": occasion})
            await self._audit.note(who, "occasion.delete", str(occasion), within=connection, name=now["name"])

    async def move(self, who: str, occasion: UUID, to: State) -> OccasionOut:
        """Go on to another state; whatever a rehearsal made is erased when it ends. Raises CheckInError where `to` does not follow."""
        async with self._database.transaction() as connection:
            now = State((await _locked(connection, occasion))["state"])
            move(now, to)
            erased = await rehearsals.erase(connection, occasion) if now is State.REHEARSAL else 0
            await connection.execute(_MOVE, {"id": occasion, "to": to})
            await self._audit.note(who, f"occasion.{to}", str(occasion), within=connection, was=now, erased=erased)
        return await self.get(occasion)

    async def _with_parts(self, occasions: list[OccasionOut]) -> list[OccasionOut]:
        ids = {"ids": [one.id for one in occasions]}
        query = f"{counts.LISTS} WHERE l.occasion = ANY(%(ids)s) ORDER BY l.starts NULLS LAST, l.name, l.id"
        lists = await self._database.rows(query, ids)
        gates = await self._database.rows(_GATES, ids)
        fields = tuple(ListOut.model_fields), tuple(GateOut.model_fields)
        return [
            one.model_copy(
                update={
                    "lists": tuple(ListOut(**dict(zip(fields[0], row[1:], strict=True))) for row in lists if row[0] == one.id),
                    "gates": tuple(GateOut(**dict(zip(fields[1], row[1:], strict=True))) for row in gates if row[0] == one.id),
                }
            )
            for one in occasions
        ]


async def _locked(connection: AsyncConnection[Any], occasion: UUID) -> dict[str, Any]:
    async with connection.cursor(row_factory=dict_row) as rows:
        found = await (await rows.execute(_LOCK, {"id": occasion})).fetchone()
    if found is None:
        raise CheckInError("occasion.no_occasion", id=occasion)
    return found


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    """Return an occasion's columns; raises InvalidMessage where it ends before it starts."""
    if values["starts"] >= values["ends"]:
        raise InvalidMessage("occasion.ends_first", starts=values["starts"].isoformat(), ends=values["ends"].isoformat())
    return values | {"theme": Jsonb(values["theme"])}
