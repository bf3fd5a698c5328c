"""a person → every row of every table that refers to them, found by the catalogue: a table that is added later is not forgotten."""

from dataclasses import dataclass
from typing import Any, Final

import psycopg
from psycopg import sql

Connection = psycopg.AsyncConnection[Any]

_COLUMNS: Final = """
SELECT DISTINCT c.conrelid::regclass::text, a.attname, f.relname
FROM pg_constraint c
JOIN pg_class f ON f.oid = c.confrelid
JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
WHERE c.contype = 'f' AND f.relname IN ('person', 'delegate') AND f.relnamespace = 'public'::regnamespace
UNION
SELECT r.oid::regclass::text, a.attname, a.attname
FROM pg_class r JOIN pg_attribute a ON a.attrelid = r.oid
WHERE r.relnamespace = 'public'::regnamespace AND r.relkind IN ('r', 'p')
  AND a.attname IN ('person', 'delegate') AND a.atttypid = 'uuid'::regtype
ORDER BY 1, 2
"""
_OWN: Final = (("person", "id", "person"), ("delegate", "id", "delegate"))
_PATIENCE: Final = "SET LOCAL statement_timeout = '120s'"
"""Whoever was seen anywhere is looked for in all events."""
_MINE: Final = """
e.digest = ANY (%(shots)s) AND NOT EXISTS (
    SELECT FROM passage s WHERE s.evidence = e.digest AND s.delegate IS NOT NULL AND NOT s.delegate = ANY (%(delegates)s)
)
"""
_UNSHOWN: Final = "UPDATE passage SET evidence = NULL, changed = clock_timestamp() WHERE evidence = ANY (%(gone)s)"
_TOLD: Final = f"SELECT e.digest FROM unnest(%(shots)s::bytea[]) AS e (digest) WHERE {_MINE}"
_DELEGATES: Final = "SELECT id FROM delegate WHERE person = %(person)s"
_PASSAGES: Final = "SELECT id::text FROM passage WHERE delegate = ANY (%(delegates)s)"
_BEST_SHOTS: Final = """
SELECT s.evidence FROM passage s LEFT JOIN stranger t ON t.id = s.stranger
WHERE s.evidence IS NOT NULL AND (s.delegate = ANY (%(delegates)s) OR t.delegate = ANY (%(delegates)s))
UNION
SELECT decode(e.data ->> 'evidence', 'hex') FROM event e
WHERE e.type = 'vn.wardroom.face.recognized.v1' AND e.data ->> 'person' = %(person)s AND e.data ->> 'evidence' ~ '^[0-9a-f]{64}$'
"""


@dataclass(frozen=True, slots=True)
class Traces:
    """Somebody, their delegates, the passages of these, and the digests of their best shots."""

    person: str
    delegates: list[Any]
    passages: frozenset[str]
    shots: list[bytes]

    async def rows(self, connection: Connection) -> dict[str, int]:
        """Return how many rows of each table are of them now, best shots included that are nobody else's."""
        found: dict[str, int] = {}
        for table, column, kind in [*_OWN, *await (await connection.execute(_COLUMNS)).fetchall()]:
            wanted = [self.person] if kind == "person" else self.delegates
            query = sql.SQL("SELECT count(*) FROM {} WHERE {} = ANY (%s::uuid[])").format(
                sql.Identifier(*table.split(".")), sql.Identifier(column)
            )
            ((count,),) = await (await connection.execute(query, [wanted])).fetchall()
            found[table] = found.get(table, 0) + count
        found["evidence"] = await self._kept(connection)
        return found

    async def without_shots(self, connection: Connection) -> int:
        """Delete the best shots that are nobody else's, and the passages' mention of them; return how many there were."""
        values = {"shots": self.shots, "delegates": self.delegates}
        rows = await connection.execute(f"DELETE FROM evidence e WHERE {_MINE} RETURNING e.digest", values)
        gone = [bytes(row[0]) for row in await rows.fetchall()]
        await connection.execute(_UNSHOWN, {"gone": gone})
        return len(gone)

    async def own_shots(self, connection: Connection) -> list[bytes]:
        """Return the digests of the best shots that are nobody else's, whether they are here or still to come."""
        values = {"shots": self.shots, "delegates": self.delegates}
        return [bytes(row[0]) for row in await (await connection.execute(_TOLD, values)).fetchall()]

    async def _kept(self, connection: Connection) -> int:
        values = {"shots": self.shots, "delegates": self.delegates}
        ((count,),) = await (await connection.execute(f"SELECT count(*) FROM evidence e WHERE {_MINE}", values)).fetchall()
        return int(count)


async def traced(connection: Connection, person: str) -> Traces:
    """Return what there is of somebody; for a transaction, which it lets take its time."""
    await connection.execute(_PATIENCE)
    delegates = [row[0] for row in await (await connection.execute(_DELEGATES, {"person": person})).fetchall()]
    values = {"person": person, "delegates": delegates}
    shots = [bytes(row[0]) for row in await (await connection.execute(_BEST_SHOTS, values)).fetchall()]
    passages = await (await connection.execute(_PASSAGES, values)).fetchall()
    return Traces(person, delegates, frozenset(row[0] for row in passages), shots)
