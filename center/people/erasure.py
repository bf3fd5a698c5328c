"""a person → nothing of them: every row, photo, face and best shot, in one transaction that proves it by a query before it ends.

A best shot of theirs that comes later is refused, or erased within a minute (`center.people.late_shots`).

What stays: the lines of the audit log, which name them by an id that leads to nobody now, and that same id in the gateways' events, until
`[retention]` drops those. Backups made before hold sealed bytes and names: they are to be let go in their time.
"""

from typing import Final

from center.people import late_shots
from center.people.audit import Audit
from center.people.models import ErasedGatewayOut, ErasureOut
from center.people.traces import Connection, traced
from center.store.database import Database
from wardroom.errors import PeopleError

_GATEWAYS: Final = """
SELECT DISTINCT g.site, g.gateway, coalesce(w.state = 'online', false)
FROM delegate d JOIN gate g ON g.occasion = d.occasion LEFT JOIN gateway w ON (w.site, w.id) = (g.site, g.gateway)
WHERE d.person = %(person)s AND g.site IS NOT NULL AND g.gateway IS NOT NULL ORDER BY 1, 2
"""
_DELEGATES: Final = "SELECT FROM delegate WHERE person = %(person)s ORDER BY id FOR UPDATE"
"""Whoever passes at this moment is counted, and found, before they are looked for; or after, as nobody."""


class Erasure:
    """Erases people."""

    def __init__(self, database: Database, audit: Audit) -> None:
        self._database = database
        self._audit = audit

    async def erase(self, person: str, who: str) -> tuple[ErasureOut, frozenset[str]]:
        """Erase somebody; return what went, and the ids of their passages, which screens may still show.

        Raises PeopleError where there is no such person, or where something of them would be left: then all is left.
        """
        async with self._database.transaction() as connection:
            found = await connection.execute("SELECT FROM person WHERE id = %(person)s FOR UPDATE", {"person": person})
            if not await found.fetchall():
                raise PeopleError("people.no_person", id=person)
            await connection.execute(_DELEGATES, {"person": person})
            await late_shots.alone(connection)
            traces = await traced(connection, person)
            shots = await traces.own_shots(connection)
            rows = await traces.rows(connection)
            gateways = await self._gateways(connection, person)
            await connection.execute("DELETE FROM person WHERE id = %(person)s", {"person": person})
            await traces.without_shots(connection)
            await late_shots.remember(connection, person, shots)
            left = await traces.rows(connection)
            if any(left.values()):
                raise PeopleError("people.not_erased", tables=", ".join(table for table, count in left.items() if count))
            awaited = len(shots) - rows["evidence"]
            await self._audit.note(who, "person.erased", person, within=connection, rows=rows, awaited=awaited)
        return ErasureOut(person=person, rows=rows, left=left, awaited=awaited, gateways=gateways), traces.passages

    async def _gateways(self, connection: Connection, person: str) -> list[ErasedGatewayOut]:
        rows = await (await connection.execute(_GATEWAYS, {"person": person})).fetchall()
        return [ErasedGatewayOut(site=site, gateway=gateway, told=online) for site, gateway, online in rows]
