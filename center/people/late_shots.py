"""who was erased, and the best shots they may still be in → refused when they come, and erased within a minute where they came first.

A gateway that was away brings an erased person's best shots and events days later. Of the shots that were told of before the erasure the
digests are remembered; of the person only the id, which leads to nobody: an event that names it tells of further ones. Bounded: `KEPT`, and
the newest `MOST` of each. A face that a late event does not know is one of a stranger, and kept as those are.
"""

import asyncio
from collections.abc import Collection
from typing import Any, Final

import psycopg
import structlog

from center.people.audit import Audit
from center.store.database import Database
from wardroom.errors import StorageError
from wardroom.metrics import counter

EVERY_S: Final = 60.0
KEPT: Final = "400 days"
"""How long a gateway may be away and still bring nothing of whom was erased."""
MOST: Final = 100_000
WHO: Final = "wardroom"
"""Who erases what came late, in the audit log."""
_TURN: Final = "hashtextextended('best shots', 0)"
_ALONE: Final = f"SELECT pg_advisory_xact_lock({_TURN})"
_AMONG_OTHERS: Final = f"SELECT pg_advisory_xact_lock_shared({_TURN})"
_PATIENCE: Final = "SET LOCAL lock_timeout = '2s'"
"""Whoever brings a best shot comes again; they do not keep the center's connections for as long as an erasure takes."""
_PERSON: Final = "INSERT INTO erased_person (id) VALUES (%(person)s) ON CONFLICT (id) DO UPDATE SET at = now()"
_SHOTS: Final = "INSERT INTO erased_shot (digest) SELECT unnest(%(shots)s::bytea[]) ON CONFLICT (digest) DO UPDATE SET at = now()"
_MEANT: Final = "UPDATE passage SET evidence = NULL, changed = clock_timestamp() WHERE evidence = ANY (%(shots)s)"
_REFUSED: Final = "SELECT FROM erased_shot WHERE digest = %(digest)s"
_NAMED: Final = """
SELECT DISTINCT n.digest FROM (
    SELECT decode(v.data ->> 'evidence', 'hex') AS digest
    FROM erased_person p JOIN event v ON v.data ->> 'person' = p.id::text AND v.received > p.at - interval '1 hour'
    WHERE v.type = 'vn.wardroom.face.recognized.v1' AND v.data ->> 'evidence' ~ '^[0-9a-f]{64}$'
) n
WHERE NOT EXISTS (SELECT FROM passage s WHERE s.evidence = n.digest AND s.delegate IS NOT NULL)
  AND NOT EXISTS (SELECT FROM erased_shot t WHERE t.digest = n.digest)
"""
"""An hour: whoever stores events has a clock of its own. A shot that was found to be somebody else's is theirs."""
_GONE: Final = "DELETE FROM evidence WHERE digest = ANY (%(shots)s)"
_OLD_PERSONS: Final = f"""
DELETE FROM erased_person WHERE at < now() - interval '{KEPT}' OR id IN (SELECT id FROM erased_person ORDER BY at DESC OFFSET %(most)s)
"""
_OLD_SHOTS: Final = f"""
DELETE FROM erased_shot WHERE at < now() - interval '{KEPT}' OR digest IN (SELECT digest FROM erased_shot ORDER BY at DESC OFFSET %(most)s)
"""

LATE: Final = counter("wardroom_late_shots_total", "Best shots of erased people that came after their erasure, by what met them.", ("met",))

_log = structlog.get_logger()
Connection = psycopg.AsyncConnection[Any]


async def alone(connection: Connection) -> None:
    """Let no best shot come in until this transaction is over: what came before is seen by it, what comes after sees what it did."""
    await connection.execute(_ALONE)


async def refused(connection: Connection, digest: bytes) -> bool:
    """Return whether a best shot is of somebody erased; nobody is until this transaction is over. Raises where an erasure takes long."""
    await connection.execute(_PATIENCE)
    await connection.execute(_AMONG_OTHERS)
    found = await (await connection.execute(_REFUSED, {"digest": digest})).fetchone() is not None
    if found:
        LATE.labels("intake").inc()
    return found


async def remember(connection: Connection, person: str, shots: Collection[bytes]) -> None:
    """Note who is erased, and the best shots that are theirs alone: they are refused from now on, and no passage is said to have one."""
    values = {"person": person, "shots": list(shots)}
    for query in (_PERSON, _SHOTS, _MEANT):
        await connection.execute(query, values)


class LateShots:
    """Erases what came although it was of somebody erased."""

    def __init__(self, database: Database, audit: Audit, *, most: int = MOST) -> None:
        self._database = database
        self._audit = audit
        self._most = most

    async def watch(self) -> None:
        """Look now and then, for as long as the center runs."""
        while True:
            try:
                await self.round()
            except StorageError as error:
                _log.warning("late best shots not looked for", reason=str(error))
            await asyncio.sleep(EVERY_S)

    async def round(self) -> int:
        """Erase best shots that late events say are of somebody erased; return how many there were.

        Forget whom nobody will bring any more. Raises StorageError.
        """
        async with self._database.transaction() as connection:
            for old in (_OLD_PERSONS, _OLD_SHOTS):
                await connection.execute(old, {"most": self._most})
            shots = [bytes(row[0]) for row in await (await connection.execute(_NAMED)).fetchall()]
            if not shots:
                return 0
            await alone(connection)
            values = {"shots": shots}
            await connection.execute(_SHOTS, values)
            await connection.execute(_MEANT, values)
            gone = (await connection.execute(_GONE, values)).rowcount
            if gone:
                LATE.labels("round").inc(gone)
                await self._audit.note(WHO, "best_shots.erased", "late", within=connection, best_shots=gone)
        return gone
