"""what is kept of faces → deleted when its time is over, by itself: a person's `retain_until`, an occasion's end and its days.

Photos, faces and best shots go; names, consents and attendance stay as the record of what was done, until somebody erases the person.
Whoever has no `retain_until` is kept for their occasions, until the last of them lets go (`center.occasions.retention`) or, for who was
taken out of it, would have. Any number of centers may purge at once.
"""

import asyncio
from typing import Final

import structlog

from center.occasions.retention import UNTIL
from center.people.audit import Audit
from center.people.gallery import Faces
from center.people.traces import Connection, traced
from center.store.database import Database
from wardroom.errors import StorageError

EVERY_S: Final = 3_600.0
AGAIN_S: Final = 60.0
"""The same where the database was away, as it may be when both start."""
WHO: Final = "wardroom"
"""Who purges, in the audit log."""
UNCLAIMED: Final = "7 days"
"""How long a best shot waits for the passage it belongs to: a gateway that was away tells of both when it returns."""
_OVER: Final = f"{UNTIL} <= now()"
_PERSON: Final = f"""
SELECT p.id::text FROM person p
WHERE (p.retain_until <= now() OR (p.retain_until IS NULL AND coalesce((
        SELECT bool_and({_OVER}) FROM delegate d JOIN occasion o ON o.id = d.occasion WHERE d.person = p.id), p.lapses <= now())))
  AND (EXISTS (SELECT FROM photo f WHERE f.person = p.id) OR EXISTS (
        SELECT FROM delegate d JOIN passage s ON s.delegate = d.id JOIN evidence e ON e.digest = s.evidence
        WHERE d.person = p.id AND NOT EXISTS (
            SELECT FROM passage t JOIN delegate o ON o.id = t.delegate WHERE t.evidence = e.digest AND o.person IS DISTINCT FROM p.id)))
LIMIT 1 FOR UPDATE OF p SKIP LOCKED
"""
_OCCASION: Final = f"""
SELECT o.id::text FROM occasion o
WHERE {_OVER} AND EXISTS (SELECT FROM passage s JOIN evidence e ON e.digest = s.evidence WHERE s.occasion = o.id)
LIMIT 1 FOR UPDATE OF o SKIP LOCKED
"""
_WITHDRAWN: Final = """
SELECT DISTINCT d.person::text FROM evidence e JOIN passage s ON s.evidence = e.digest JOIN delegate d ON d.id = s.delegate
WHERE NOT (SELECT c.given FROM consent c WHERE (c.person, c.kind) = (d.person, 'face') ORDER BY c.id DESC LIMIT 1)
  AND NOT EXISTS (
        SELECT FROM passage t JOIN delegate o ON o.id = t.delegate WHERE t.evidence = e.digest AND o.person IS DISTINCT FROM d.person)
"""
"""Whose best shots came, or were said to be theirs, after they had withdrawn."""
_UNCLAIMED: Final = f"""
DELETE FROM evidence e WHERE e.received < now() - interval '{UNCLAIMED}' AND NOT EXISTS (SELECT FROM passage s WHERE s.evidence = e.digest)
"""
_SHOTS: Final = "DELETE FROM evidence WHERE digest = ANY (%(shots)s)"
_UNSHOWN: Final = "UPDATE passage SET evidence = NULL WHERE evidence = ANY (%(shots)s)"

_log = structlog.get_logger()


class Purge:
    """Deletes what is over."""

    def __init__(self, database: Database, audit: Audit, faces: Faces) -> None:
        self._database = database
        self._audit = audit
        self._faces = faces

    async def watch(self) -> None:
        """Purge now and then, for as long as the center runs."""
        while True:
            pause_s = EVERY_S
            try:
                await self.round()
            except StorageError as error:
                _log.warning("purge of people put off", reason=str(error))
                pause_s = AGAIN_S
            await asyncio.sleep(pause_s)

    async def round(self) -> int:
        """Delete everything that is over; return how many persons and occasions that were."""
        done = 0
        while await self._person():
            done += 1
        while await self._occasion():
            done += 1
        for (person,) in await self._database.rows(_WITHDRAWN):
            await self._withdrawn(person)
        await self._unclaimed()
        if done:
            _log.info("people purged", persons_and_occasions=done)
            await self._faces.catch_up()
        return done

    async def _person(self) -> bool:
        async with self._database.transaction() as connection:
            found = await (await connection.execute(_PERSON)).fetchall()
            if not found:
                return False
            person = found[0][0]
            traces = await traced(connection, person)
            faces = await connection.execute("DELETE FROM embedding WHERE person = %(person)s", {"person": person})
            photos = await connection.execute("DELETE FROM photo WHERE person = %(person)s", {"person": person})
            shots = await traces.without_shots(connection)
            counts = {"photos": photos.rowcount, "faces": faces.rowcount, "best_shots": shots}
            await self._audit.note(WHO, "person.purged", person, within=connection, **counts)
        self._faces.forget(person)
        return True

    async def _occasion(self) -> bool:
        async with self._database.transaction() as connection:
            found = await (await connection.execute(_OCCASION)).fetchall()
            if not found:
                return False
            occasion = found[0][0]
            query = "SELECT DISTINCT evidence FROM passage WHERE occasion = %(occasion)s AND evidence IS NOT NULL"
            rows = await (await connection.execute(query, {"occasion": occasion})).fetchall()
            shots = await _without(connection, [bytes(row[0]) for row in rows])
            await self._audit.note(WHO, "occasion.purged", occasion, within=connection, best_shots=shots)
        return True

    async def _withdrawn(self, person: str) -> None:
        async with self._database.transaction() as connection:
            await connection.execute("SELECT FROM person WHERE id = %(person)s FOR UPDATE", {"person": person})
            shots = await (await traced(connection, person)).without_shots(connection)
            await self._audit.note(WHO, "best_shots.purged", person, within=connection, best_shots=shots)

    async def _unclaimed(self) -> None:
        async with self._database.transaction() as connection:
            gone = await connection.execute(_UNCLAIMED)
            if gone.rowcount:
                await self._audit.note(WHO, "best_shots.purged", "nobody's", within=connection, best_shots=gone.rowcount)


async def _without(connection: Connection, shots: list[bytes]) -> int:
    """Delete best shots, and the passages' mention of them; return how many there were."""
    gone = await connection.execute(_SHOTS, {"shots": shots})
    await connection.execute(_UNSHOWN, {"shots": shots})
    return gone.rowcount
