"""sighting → its passage and what that counts for, in one transaction; the same again, late or twice, leaves the same table.

Locks, always in this order: the visit, the occasion (so that it does not change its state meanwhile), the delegates (`refolding.lock`). Two
gates and two centers that see one delegate at the same time wait for each other here, and then exactly one of the passages counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import class_row

from center.occasions import refolding, slow_clocks
from center.occasions.sightings import Sighting
from center.store.database import Database
from wardroom import gate_choice
from wardroom.admission import Method, Result

_PLACES: Final = """
SELECT g.id, g.list, g.direction, g.occasion, o.state = 'rehearsal' AS rehearsal,
       coalesce(l.starts, o.starts) AS starts, coalesce(l.ends, o.ends) AS ends
FROM gate g JOIN occasion o ON o.id = g.occasion JOIN checkin_list l ON l.id = g.list
WHERE (g.site, g.gateway, g.camera) = (%(site)s, %(gateway)s, %(camera)s)
  AND (o.state = 'rehearsal' OR (o.state IN ('open', 'closed') AND o.opened <= %(at)s AND %(at)s <= coalesce(o.closed, 'infinity')))
ORDER BY o.id, g.id FOR SHARE OF o
"""
"""What came before the opening is not counted into the day; what was seen before the end is, however late it comes."""
_KNOWN: Final = """
SELECT occasion, list, gate, direction, rehearsal, delegate, stranger, result, at, received, told, noted_by, undone, evidence, score, source
FROM passage WHERE id = %(visit)s
"""
_DELEGATE: Final = """
SELECT d.id, d.occasion, ARRAY(SELECT e.list FROM list_entry e WHERE e.delegate = d.id) AS lists FROM delegate d
"""
_BY_CODE: Final = f"{_DELEGATE} WHERE d.badge_digest = %(code)s"
_BY_FACE: Final = f"{_DELEGATE} WHERE d.person = %(person)s"
_PUT: Final = """
INSERT INTO passage (id, occasion, list, gate, delegate, direction, method, result, at, received, score, source, offline, rehearsal,
                     evidence, told)
VALUES (%(visit)s, %(occasion)s, %(list)s, %(gate)s, %(delegate)s, %(direction)s, %(method)s, %(result)s, %(at)s, %(received)s, %(score)s,
        %(source)s, %(offline)s, %(rehearsal)s, %(evidence)s, %(event)s)
"""
_CHANGE: Final = """
UPDATE passage SET delegate = %(delegate)s, result = CASE WHEN %(same)s THEN result ELSE %(result)s END,
    at = %(at)s, received = %(received)s, told = %(told)s,
    evidence = %(evidence)s, score = %(score)s, stranger = %(stranger)s, changed = clock_timestamp()
WHERE id = %(visit)s
"""
"""`same`: it counts for what it counts for now, which another of the delegate's passages may have changed since it was read."""
_FORSAKEN: Final = """
DELETE FROM stranger s WHERE s.id = %(stranger)s AND s.state = 'open' AND NOT EXISTS (SELECT FROM passage p WHERE p.stranger = s.id)
"""
_OCCASION: Final = "SELECT id FROM occasion WHERE id = %(occasion)s FOR SHARE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A gate of a camera, as it is now. `starts`, `ends`: when its list is held."""

    id: str
    list: UUID
    direction: str
    occasion: UUID
    rehearsal: bool
    starts: datetime | None = None
    ends: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """A delegate, and the lists they are on."""

    id: UUID
    occasion: UUID
    lists: list[UUID]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A visit's passage, as it is now."""

    occasion: UUID
    list: UUID
    gate: str | None
    direction: str
    rehearsal: bool
    delegate: UUID | None
    stranger: UUID | None
    result: str
    at: datetime
    received: datetime
    told: UUID | None
    noted_by: str | None
    undone: datetime | None
    evidence: bytes | None
    score: float | None
    source: str | None

    @property
    def place(self) -> Place:
        """Return where it was."""
        return Place(id=self.gate or "", list=self.list, direction=self.direction, occasion=self.occasion, rehearsal=self.rehearsal)


class Settling:
    """Makes passages of sightings."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def settle(self, seen: Sighting) -> set[UUID]:
        """Return the passages that this sighting changed, its own always with them; none where no gate is there that counts it."""
        async with self._database.transaction() as connection:
            await refolding.lock_visit(connection, seen.visit)
            seen = await slow_clocks.on_our_clock(connection, seen)
            known = await _known(connection, seen.visit)
            if known is not None:
                return {seen.visit} | await _again(connection, seen, known)
            if not (places := await _places(connection, seen)):
                return set()
            return {seen.visit} | await _first(connection, seen, places)


async def _first(connection: AsyncConnection[Any], seen: Sighting, places: Sequence[Place]) -> set[UUID]:
    place, delegate, result = await _who(connection, seen, places)
    if delegate is not None and delegate not in await refolding.lock(connection, [delegate]):
        delegate, result = None, _nobody(seen)
    values = {
        "visit": seen.visit,
        "occasion": place.occasion,
        "list": place.list,
        "gate": place.id,
        "delegate": delegate,
        "direction": place.direction,
        "method": seen.method,
        "result": result,
        "at": seen.at,
        "received": seen.received,
        "score": seen.score,
        "source": seen.place.prefix,
        "offline": seen.offline,
        "rehearsal": place.rehearsal,
        "evidence": seen.evidence,
        "event": seen.event,
    }
    await connection.execute(_PUT, values)
    return await refolding.refold(connection, place.list, delegate) if delegate else set()


async def _again(connection: AsyncConnection[Any], seen: Sighting, known: Known) -> set[UUID]:
    """Take another event of a visit that is known: only a later one says who it is, and none of them against a person's word."""
    if known.source != seen.place.prefix:
        return set()  # a visit belongs to the gateway that told it first, a passage of the desk to no gateway
    if not await (await connection.execute(_OCCASION, {"occasion": known.occasion})).fetchone():
        return set()
    newer = known.told is None or known.told < seen.event
    says = newer and known.noted_by is None
    delegate, result = (await _who_else(connection, seen, known)) if says else (known.delegate, known.result)
    after = {
        "delegate": delegate,
        "result": result,
        "score": seen.score if says else known.score,
        "at": min(known.at, seen.at),
        "received": min(known.received, seen.received),
        "told": seen.event if newer else known.told,
        "evidence": (seen.evidence or known.evidence) if newer else (known.evidence or seen.evidence),
        "stranger": known.stranger if delegate == known.delegate and result == known.result else None,
    }
    if all(getattr(known, name) == value for name, value in after.items()):
        return set()
    concerned = {one for one in (known.delegate, delegate) if one is not None}
    await refolding.lock(connection, concerned)
    same = delegate == known.delegate and result == known.result
    await connection.execute(_CHANGE, after | {"visit": seen.visit, "same": same})
    if known.stranger is not None and after["stranger"] is None:
        await connection.execute(_FORSAKEN, {"stranger": known.stranger})
    if after["at"] == known.at and delegate == known.delegate:
        return set()
    return set().union(*[await refolding.refold(connection, known.list, one) for one in sorted(concerned)])


async def _who_else(connection: AsyncConnection[Any], seen: Sighting, known: Known) -> tuple[UUID | None, str]:
    """Return whose a known visit is by a newer word of it, and what that counts for: what was undone stays so."""
    _, delegate, result = await _who(connection, seen, [known.place])
    there = await refolding.lock(connection, {one for one in (known.delegate, delegate) if one is not None})
    if delegate is not None and delegate not in there:
        delegate, result = None, _nobody(seen)
    if known.undone is not None or (delegate is not None and delegate == known.delegate):
        return delegate, known.result
    return delegate, result


async def _who(connection: AsyncConnection[Any], seen: Sighting, places: Sequence[Place]) -> tuple[Place, UUID | None, Result]:
    """Return where and whose it is and what that counts for before it is counted: a person on record whom nobody expects is on no list."""
    person = _uuid(seen.person)
    found: Sequence[Expected] = ()
    if seen.method is Method.CODE or person is not None:
        query = _BY_CODE if seen.method is Method.CODE else _BY_FACE
        async with connection.cursor(row_factory=class_row(Expected)) as rows:
            found = await (await rows.execute(query, {"code": seen.code, "person": person})).fetchall()
    place, delegate = gate_choice.chosen(places, found, seen.at)
    return (place, None, _nobody(seen)) if delegate is None else (place, delegate.id, Result.UNKNOWN)


def _nobody(seen: Sighting) -> Result:
    """Return what it counts for where no delegate is who it was."""
    return Result.UNKNOWN if seen.method is Method.CODE or _uuid(seen.person) is None else Result.NOT_ON_LIST


async def _places(connection: AsyncConnection[Any], seen: Sighting) -> Sequence[Place]:
    values = {"site": seen.place.site, "gateway": seen.place.gateway, "camera": seen.camera, "at": seen.at}
    async with connection.cursor(row_factory=class_row(Place)) as rows:
        return await (await rows.execute(_PLACES, values)).fetchall()


async def _known(connection: AsyncConnection[Any], visit: UUID) -> Known | None:
    async with connection.cursor(row_factory=class_row(Known)) as rows:
        return await (await rows.execute(_KNOWN, {"visit": visit})).fetchone()


def _uuid(text: str | None) -> UUID | None:
    """Return a person's id; a gallery that was not made by a center has other names, which are nobody's here."""
    try:
        return None if text is None else UUID(text)
    except ValueError:
        return None
