"""the queue of strangers, and what somebody says of one: a delegate, whose passages theirs become, or nobody's affair, for good.

Who is named by a person is known by hand, not by face: it needs no consent to recognition, and no later word of a gateway undoes it.
"""

from typing import Final, Protocol
from uuid import UUID

from center.occasions import refolding
from center.occasions.passage_models import StrangerOut, StrangerState
from center.occasions.shots import Shots
from center.people.audit import Audit
from center.store.database import Database
from wardroom.errors import CheckInError, PeopleError, Spoken

_MOST: Final = 500
_LOCKS: Final = 200
"""Passages of one transaction: each holds a lock."""

_QUEUE: Final = f"""
SELECT s.id, count(*) AS count, min(p.at) AS first, max(p.at) AS last,
       coalesce(array_agg(DISTINCT p.gate) FILTER (WHERE p.gate IS NOT NULL), '{{}}') AS gates,
       coalesce((array_agg(encode(p.evidence, 'hex') ORDER BY p.at DESC) FILTER (WHERE p.evidence IS NOT NULL))[1:12], '{{}}') AS evidence,
       s.state
FROM stranger s JOIN passage p ON p.stranger = s.id
WHERE s.occasion = %(occasion)s AND s.state = %(state)s GROUP BY s.id ORDER BY max(p.at) DESC LIMIT {_MOST}
"""
_PASSAGES: Final = f"SELECT id FROM passage WHERE stranger = %(stranger)s AND delegate IS NULL ORDER BY id LIMIT {_LOCKS}"
_OCCASION: Final = "SELECT 1 FROM occasion o JOIN stranger s ON s.occasion = o.id WHERE s.id = %(stranger)s FOR SHARE OF o"
_SETTLE: Final = """
UPDATE stranger SET state = %(state)s, delegate = %(delegate)s, settled = clock_timestamp(), settled_by = %(by)s
WHERE id = %(stranger)s
"""
_NAME: Final = """
UPDATE passage SET delegate = %(delegate)s, method = 'hand', noted_by = %(by)s, changed = clock_timestamp()
WHERE id = ANY(%(ids)s) AND stranger = %(stranger)s AND delegate IS NULL RETURNING list
"""
_BEST: Final = "SELECT evidence FROM passage WHERE stranger = %(stranger)s AND evidence IS NOT NULL ORDER BY at DESC LIMIT 1"


class Judged(Protocol):
    """What was found in a photo."""

    @property
    def refusal(self) -> Spoken | None:
        """Return why it is of no use, None where it was kept."""
        ...


class Album(Protocol):
    """Keeps photos of people who agreed to be recognised."""

    async def add(self, person: str, data: bytes, file: str, who: str) -> tuple[str | None, Judged]:
        """Keep a photo; return its id, None where it is of no use, and what was found. Raises PeopleError where it may not be kept."""
        ...


class Lookout:
    """What people say of strangers."""

    def __init__(self, *, database: Database, audit: Audit, shots: Shots, album: Album | None = None) -> None:
        self._database = database
        self._audit = audit
        self._shots = shots
        self._album = album

    async def queue(self, occasion: UUID, state: StrangerState) -> list[StrangerOut]:
        """Return the strangers of an occasion, whoever came last first."""
        return await self._database.objects(StrangerOut, _QUEUE, {"occasion": occasion, "state": state})

    async def ignore(self, who: str, stranger: UUID) -> None:
        """Leave a stranger out of the queue for good, also when they come again; raises CheckInError where there is none."""
        async with self._database.transaction() as connection:
            values = {"stranger": stranger, "state": StrangerState.IGNORED, "delegate": None, "by": who}
            if not (await connection.execute(f"{_SETTLE} AND state <> 'assigned'", values)).rowcount:
                raise CheckInError("occasion.no_stranger", id=stranger)
            await self._audit.note(who, "stranger.ignore", str(stranger), within=connection)

    async def assign(self, who: str, stranger: UUID, delegate: UUID) -> tuple[set[UUID], int]:
        """Say who a stranger is; return the passages that changed, and how many became the delegate's. Raises CheckInError."""
        changed: set[UUID] = set()
        total = 0
        while True:
            some, named = await self._some(who, stranger, delegate)
            changed, total = changed | some, total + named
            if named < _LOCKS:
                return changed, total

    async def enrol(self, who: str, stranger: UUID, delegate: UUID) -> Spoken | None:
        """Make the best shot a photo of the delegate; return why it did not become one, None where it did."""
        rows = await self._database.rows("SELECT person FROM delegate WHERE id = %(id)s", {"id": delegate})
        person = rows[0][0] if rows else None
        shots = await self._database.rows(_BEST, {"stranger": stranger})
        if person is None or self._album is None:
            return CheckInError("occasion.not_on_record")
        if not shots:
            return CheckInError("occasion.no_shot")
        try:
            jpeg = await self._shots.get(shots[0][0])
            _, judged = await self._album.add(str(person), jpeg, f"{shots[0][0].hex()[:12]}.jpg", who)
        except (CheckInError, PeopleError) as error:
            return error
        return judged.refusal

    async def _some(self, who: str, stranger: UUID, delegate: UUID) -> tuple[set[UUID], int]:
        async with self._database.transaction() as connection:
            values = {"stranger": stranger, "delegate": delegate, "by": who, "state": StrangerState.ASSIGNED}
            ids = [row[0] for row in await (await connection.execute(_PASSAGES, values)).fetchall()]
            for passage in ids:
                await refolding.lock_visit(connection, passage)
            if await (await connection.execute(_OCCASION, values)).fetchone() is None:
                raise CheckInError("occasion.no_stranger", id=stranger)
            if not await refolding.lock(connection, [delegate]):
                raise CheckInError("occasion.no_delegate", id=delegate)
            await connection.execute(_SETTLE, values)
            rows = await (await connection.execute(_NAME, values | {"ids": ids})).fetchall()
            changed = set(ids)
            for in_list in sorted({row[0] for row in rows}):
                changed |= await refolding.refold(connection, in_list, delegate)
            await self._audit.note(who, "stranger.assign", str(stranger), within=connection, delegate=str(delegate), passages=len(rows))
        return changed, len(rows)
