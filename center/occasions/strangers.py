"""faces nobody knows, with their best shots → clusters that look alike, for somebody to say who it is, or that it is nobody's affair.

A passage gets its stranger once both it and its best shot are there, whichever comes first. What one center has clustered another takes
over from the table: they take turns by an advisory lock. At most `clusters.MOST` strangers of an occasion: of what comes beyond that only
the passage is kept.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Final, LiteralString
from uuid import UUID

import structlog
import uuid6
from psycopg import AsyncConnection

from center.occasions import clusters, refolding
from center.occasions.clusters import Clusters
from center.occasions.shots import Shots
from center.occasions.telling import Telling
from center.store.database import Database
from wardroom.errors import InvalidMessage, PeopleError, StorageError
from wardroom.metrics import counter

EVERY_S: Final = 10.0
OCCASIONS: Final = 8
"""Occasions and models whose clusters are kept in memory; of more the one used longest ago is learnt anew when it is needed."""
_MEMBERS: Final = 20
"""Faces of a stranger that are learnt anew; one person's lie close together."""

_FACES: Final = """
SELECT p.id AS passage, p.occasion, e.digest, e.model, e.embedding_sealed AS sealed
FROM passage p JOIN evidence e ON e.digest = p.evidence
WHERE p.delegate IS NULL AND p.stranger IS NULL AND p.method = 'face' AND p.result = 'unknown'
"""
"""Passages of nobody known that have no stranger yet. Ends with its WHERE."""
_OCCASION: Final = "SELECT 1 FROM occasion WHERE id = %(occasion)s FOR SHARE"
_TURN: Final = "SELECT pg_advisory_xact_lock(hashtextextended('strangers of ' || %(occasion)s::text, 0))"
_STILL: Final = "SELECT 1 FROM passage WHERE id = %(passage)s AND delegate IS NULL AND stranger IS NULL AND result = 'unknown'"
_MATCHED: Final = "SELECT id::text FROM stranger WHERE occasion = %(occasion)s AND state IN ('open', 'ignored')"
_MEMBER: Final = f"""
SELECT s.id::text, m.digest, m.embedding_sealed
FROM unnest(%(ids)s::uuid[]) AS s (id) CROSS JOIN LATERAL (
    SELECT e.digest, e.embedding_sealed FROM passage p JOIN evidence e ON e.digest = p.evidence
    WHERE p.stranger = s.id AND e.model = %(model)s AND e.embedding_sealed IS NOT NULL ORDER BY p.at DESC LIMIT {_MEMBERS}
) AS m
"""
_PUT: Final = "INSERT INTO stranger (id, occasion) VALUES (%(stranger)s, %(occasion)s)"
_JOIN: Final = "UPDATE passage SET stranger = %(stranger)s, changed = clock_timestamp() WHERE id = %(passage)s"

CLUSTERED: Final = counter("wardroom_checkin_strangers_total", "Unknown faces by what became of them.", ("result",))

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """An unknown face with its best shot; `sealed`: its embedding by `model`, where the center has eyes."""

    passage: UUID
    occasion: UUID
    digest: bytes
    model: str | None
    sealed: bytes | None


class Strangers:
    """Clusters unknown faces. `same_above`: from a model to the cosine from which two faces are one person's."""

    def __init__(self, *, database: Database, shots: Shots, telling: Telling, same_above: Callable[[str], float]) -> None:
        self._database = database
        self._telling = telling
        self._shots = shots
        self._same_above = same_above
        self._known: OrderedDict[tuple[UUID, str], Clusters] = OrderedDict()

    async def run(self) -> None:
        """Every few seconds cluster what was missed."""
        while True:
            await asyncio.sleep(EVERY_S)
            try:
                await self.look()
            except StorageError as error:
                _log.warning("strangers not clustered", reason=str(error))

    async def look(self) -> None:
        """Cluster what has no stranger yet though its best shot is there, the last ones first. Raises StorageError."""
        await self._telling.tell(await self._gather("ORDER BY p.at DESC LIMIT 100", {}))

    async def seen(self, digest: bytes) -> None:
        """Cluster whose best shot this is, now that it is there, and tell it. Raises StorageError."""
        await self._telling.tell(await self._gather("AND p.evidence = %(digest)s", {"digest": digest}))

    async def passed(self, passages: Collection[UUID]) -> set[UUID]:
        """Cluster those of these passages that are nobody's, if their best shot is there; return what changed. Raises StorageError."""
        return await self._gather("AND p.id = ANY(%(ids)s)", {"ids": list(passages)})

    async def _gather(self, which: LiteralString, values: dict[str, object]) -> set[UUID]:
        changed = set()
        for face in await self._database.objects(Face, f"{_FACES} {which}", values):
            embedding = self._opened(face)
            try:
                async with self._database.transaction() as connection:
                    if await self._place(connection, face, embedding):
                        changed.add(face.passage)
            except InvalidMessage:  # its stranger went while it was placed: the next look finds another one
                CLUSTERED.labels("again_later").inc()
        return changed

    async def _place(self, connection: AsyncConnection[Any], face: Face, embedding: tuple[float, ...] | None) -> bool:
        """Give a face its stranger; return whether it has one now and had none before."""
        values = {"passage": face.passage, "occasion": face.occasion}
        await refolding.lock_visit(connection, face.passage)
        await connection.execute(_OCCASION, values)
        await connection.execute(_TURN, values)
        if await (await connection.execute(_STILL, values)).fetchone() is None:
            return False
        names = [row[0] for row in await (await connection.execute(_MATCHED, values)).fetchall()]
        known = None if embedding is None else await self._learnt(connection, face, names)
        found = None if known is None or embedding is None else known.nearest(embedding)
        if found is None and len(names) >= clusters.MOST:
            CLUSTERED.labels("no_room").inc()
            return False
        stranger = found or str(uuid6.uuid7())
        if found is None:
            await connection.execute(_PUT, values | {"stranger": stranger})
        await connection.execute(_JOIN, values | {"stranger": stranger})
        if known is not None and embedding is not None:
            known.learn(stranger, embedding)
        CLUSTERED.labels("new" if found is None else "again").inc()
        return True

    async def _learnt(self, connection: AsyncConnection[Any], face: Face, names: list[str]) -> Clusters:
        """Return the clusters of a face's occasion and model, true to the table."""
        model = face.model or ""
        key = (face.occasion, model)
        known = self._known.pop(key, None) or Clusters(same_above=self._same_above(model))
        self._known[key] = known
        if len(self._known) > OCCASIONS:
            self._known.popitem(last=False)
        known.keep(names)
        missing = [name for name in names if name not in known]
        if missing:
            rows = await (await connection.execute(_MEMBER, {"ids": missing, "model": model})).fetchall()
            for name, digest, sealed in rows:
                member = self._opened(Face(passage=face.passage, occasion=face.occasion, digest=digest, model=model, sealed=sealed))
                if member is not None:
                    known.learn(name, member)
        return known

    def _opened(self, face: Face) -> tuple[float, ...] | None:
        """Return a face's embedding; one that cannot be opened is as if the center had no eyes."""
        if face.sealed is None or face.model is None:
            return None
        try:
            return self._shots.face(face.digest, face.sealed)
        except PeopleError as error:
            _log.warning("face not opened", reason=str(error))
            return None
