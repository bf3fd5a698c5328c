"""cameras with screens ↔ the table `gate`; every change is in the log."""

from typing import Any, Final
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import dict_row

from center.occasions.models import GateIn, GateOut, GatePatch, WelcomeOut
from center.people.audit import Audit
from center.store.database import Database
from wardroom.errors import CheckInError, InvalidMessage

_GATE: Final = "SELECT id, name, list, direction, site, gateway, camera FROM gate WHERE id = %(id)s"
_PUT: Final = """
INSERT INTO gate (id, occasion, list, name, direction, site, gateway, camera)
SELECT %(id)s, occasion, id, %(name)s, %(direction)s, %(site)s, %(gateway)s, %(camera)s
FROM checkin_list WHERE (id, occasion) = (%(list)s, %(occasion)s)
ON CONFLICT (id) DO NOTHING
"""
_CHANGE: Final = """
UPDATE gate SET name = %(name)s, list = %(list)s, direction = %(direction)s, site = %(site)s, gateway = %(gateway)s, camera = %(camera)s
WHERE id = %(id)s
"""
_LIST: Final = "SELECT 1 FROM checkin_list WHERE (id, occasion) = (%(list)s, %(occasion)s)"
_LOCK: Final = "SELECT name, list, direction, site, gateway, camera, occasion FROM gate WHERE id = %(id)s FOR UPDATE"
_WELCOME: Final = """
SELECT g.id AS gate, g.name, g.direction, g.occasion, o.name AS name_of_occasion, o.place, o.starts, o.ends, o.state, o.theme
FROM gate g JOIN occasion o ON o.id = g.occasion WHERE g.id = %(id)s
"""
_CAMERA: Final = ("site", "gateway", "camera")
_ALWAYS: Final = ("name", "list", "direction")


class Gates:
    """The gates there are."""

    def __init__(self, *, database: Database, audit: Audit) -> None:
        self._database = database
        self._audit = audit

    async def get(self, gate: str) -> GateOut:
        """Return one; raises CheckInError where there is none."""
        found = await self._database.objects(GateOut, _GATE, {"id": gate})
        if not found:
            raise CheckInError("occasion.no_gate", id=gate)
        return found[0]

    async def welcome(self, gate: str) -> WelcomeOut:
        """Return what its screen shows; raises CheckInError where there is none."""
        found = await self._database.objects(WelcomeOut, _WELCOME, {"id": gate})
        if not found:
            raise CheckInError("occasion.no_gate", id=gate)
        return found[0]

    async def create(self, who: str, occasion: UUID, asked: GateIn) -> GateOut:
        """Make one; raises CheckInError for a list that is not of the occasion, and a name that another gate has."""
        values = _checked(asked.model_dump()) | {"occasion": occasion}
        async with self._database.transaction() as connection:
            await _check_list(connection, values)
            if not (await connection.execute(_PUT, values)).rowcount:
                raise CheckInError("occasion.gate_taken", id=asked.id)
            await self._audit.note(who, "gate.create", asked.id, within=connection, occasion=str(occasion))
        return await self.get(asked.id)

    async def change(self, who: str, gate: str, asked: GatePatch) -> GateOut:
        """Change what is given; raises CheckInError and InvalidMessage."""
        given = {name: value for name, value in asked.model_dump(exclude_unset=True).items() if value is not None or name not in _ALWAYS}
        async with self._database.transaction() as connection:
            values = _checked(await _locked(connection, gate) | given | {"id": gate})
            await _check_list(connection, values)
            await connection.execute(_CHANGE, values)
            await self._audit.note(who, "gate.change", gate, within=connection, fields=sorted(given))
        return await self.get(gate)

    async def delete(self, who: str, gate: str) -> None:
        """Delete a gate; whoever passed there stays counted."""
        async with self._database.transaction() as connection:
            await _locked(connection, gate)
            await connection.execute("DELETE FROM gate WHERE id = %(id)s", {"id": gate})
            await self._audit.note(who, "gate.delete", gate, within=connection)


async def _locked(connection: AsyncConnection[Any], gate: str) -> dict[str, Any]:
    async with connection.cursor(row_factory=dict_row) as rows:
        found = await (await rows.execute(_LOCK, {"id": gate})).fetchone()
    if found is None:
        raise CheckInError("occasion.no_gate", id=gate)
    return found


async def _check_list(connection: AsyncConnection[Any], values: dict[str, Any]) -> None:
    if not await (await connection.execute(_LIST, values)).fetchone():
        raise CheckInError("occasion.no_list", id=values["list"])


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    """Return a gate's columns; raises InvalidMessage for a camera of which only a part is said."""
    said = [name for name in _CAMERA if values[name] is not None]
    if said and len(said) < len(_CAMERA):
        raise InvalidMessage("occasion.half_a_camera", given=", ".join(said))
    return values | {"name": values["name"] or values["id"]}
