"""sessions and days of an occasion ↔ the table `checkin_list`, with their numbers; every change is in the log."""

from typing import Any, Final
from uuid import UUID

import uuid6
from psycopg import AsyncConnection
from psycopg.rows import dict_row

from center.occasions import counts
from center.occasions.models import AttendanceOut, DelegationOut, ListIn, ListOut, ListPatch
from center.occasions.states import HELD
from center.people.audit import Audit
from center.store.database import Database
from wardroom.errors import CheckInError, InvalidMessage

_PUT: Final = """
INSERT INTO checkin_list (id, occasion, name, starts, ends) SELECT %(id)s, id, %(name)s, %(starts)s, %(ends)s
FROM occasion WHERE id = %(occasion)s ON CONFLICT (occasion, name) DO NOTHING
"""
_LOCK: Final = "SELECT FROM checkin_list WHERE id = %(id)s FOR UPDATE"
_NOW: Final = """
SELECT l.name, l.starts, l.ends, l.occasion, o.state, EXISTS (SELECT FROM passage p WHERE p.list = l.id) AS passed
FROM checkin_list l JOIN occasion o ON o.id = l.occasion WHERE l.id = %(id)s
"""
"""After `_LOCK`: a statement that waits for a lock itself does not see the passage it waited for."""
_TAKEN: Final = "SELECT 1 FROM checkin_list WHERE (occasion, name) = (%(occasion)s, %(name)s) AND id <> %(id)s"
_CHANGE: Final = "UPDATE checkin_list SET name = %(name)s, starts = %(starts)s, ends = %(ends)s WHERE id = %(id)s"


class CheckinLists:
    """The lists there are."""

    def __init__(self, *, database: Database, audit: Audit) -> None:
        self._database = database
        self._audit = audit

    async def get(self, number: UUID) -> ListOut:
        """Return one; raises CheckInError where there is none."""
        rows = await self._database.rows(f"{counts.LISTS} WHERE l.id = %(id)s", {"id": number})
        if not rows:
            raise CheckInError("occasion.no_list", id=number)
        return ListOut(**dict(zip(ListOut.model_fields, rows[0][1:], strict=True)))

    async def check(self, number: UUID) -> None:
        """Raise CheckInError where there is no such list."""
        if not await self._database.rows("SELECT FROM checkin_list WHERE id = %(id)s", {"id": number}):
            raise CheckInError("occasion.no_list", id=number)

    async def create(self, who: str, occasion: UUID, asked: ListIn) -> ListOut:
        """Make one; raises CheckInError where there is no such occasion, or it has a list of this name."""
        made = uuid6.uuid7()
        values = _checked(asked.model_dump()) | {"id": made, "occasion": occasion}
        async with self._database.transaction() as connection:
            if not await (await connection.execute("SELECT 1 FROM occasion WHERE id = %(occasion)s", values)).fetchone():
                raise CheckInError("occasion.no_occasion", id=occasion)
            if not (await connection.execute(_PUT, values)).rowcount:
                raise CheckInError("occasion.list_taken", name=asked.name)
            await self._audit.note(who, "list.create", str(made), within=connection, occasion=str(occasion), name=asked.name)
        return await self.get(made)

    async def change(self, who: str, number: UUID, asked: ListPatch) -> ListOut:
        """Change what is given; raises CheckInError and InvalidMessage."""
        given = asked.model_dump(exclude_unset=True)
        given = given if given.get("name") is not None else {key: value for key, value in given.items() if key != "name"}
        async with self._database.transaction() as connection:
            values = _checked(await _locked(connection, number) | given) | {"id": number}
            if await (await connection.execute(_TAKEN, values)).fetchone():
                raise CheckInError("occasion.list_taken", name=values["name"])
            await connection.execute(_CHANGE, values)
            await self._audit.note(who, "list.change", str(number), within=connection, fields=sorted(given))
        return await self.get(number)

    async def delete(self, who: str, number: UUID) -> None:
        """Delete a list and its gates; raises CheckInError where it is the record of who passed."""
        async with self._database.transaction() as connection:
            now = await _locked(connection, number)
            if now["state"] in HELD and now["passed"]:
                raise CheckInError("occasion.list_in_use", name=now["name"])
            await connection.execute("DELETE FROM checkin_list WHERE id = %(id)s", {"id": number})
            await self._audit.note(who, "list.delete", str(number), within=connection, name=now["name"])

    async def attendance(self, number: UUID) -> AttendanceOut:
        """Return the numbers of a list by delegation; raises CheckInError where there is none."""
        whole = await self.get(number)
        rows = await self._database.rows(counts.DELEGATIONS, {"list": number})
        parts = [DelegationOut(delegation=row[0], expected=row[1], arrived=row[2]) for row in rows]
        return AttendanceOut(list=number, expected=whole.expected, arrived=whole.arrived, inside=whole.inside, delegations=tuple(parts))


async def _locked(connection: AsyncConnection[Any], number: UUID) -> dict[str, Any]:
    await connection.execute(_LOCK, {"id": number})
    async with connection.cursor(row_factory=dict_row) as rows:
        found = await (await rows.execute(_NOW, {"id": number})).fetchone()
    if found is None:
        raise CheckInError("occasion.no_list", id=number)
    return found


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    """Return a list's columns; raises InvalidMessage where it ends before it starts."""
    starts, ends = values["starts"], values["ends"]
    if starts is not None and ends is not None and starts >= ends:
        raise InvalidMessage("occasion.ends_first", starts=starts.isoformat(), ends=ends.isoformat())
    return values
