"""times of a batch's readings → where they are filed: weeks that exist, `reading` or `reading_misdated`, and what rollups must know.

A batch is ordinary if all of it belongs into `reading` and none of it is in `reading_misdated` already. Any other goes through the
staging table, where the database sorts it. Weeks are made in a transaction of their own, before the batch's.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from psycopg import AsyncCursor
from psycopg.rows import TupleRow

from ingest import packed
from ingest.database import Connection, mapped
from ingest.packed import Packed
from ingest.rows import Delivery
from wardroom.flags import is_misdated

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_WEEK: Final = timedelta(days=7)
_MONDAY: Final = datetime(2000, 1, 2, 17, tzinfo=UTC)
"""Monday 2000-01-03 on Vietnam's clock, as `make_reading_partition` has it."""
_MICROSECOND: Final = timedelta(microseconds=1)
_WEEK_US: Final = _WEEK // _MICROSECOND
_MONDAY_US: Final = (_MONDAY - _EPOCH) // _MICROSECOND
WEEKS: Final = 120
"""Weeks remembered; there are about 60 in what is not misdated. Beyond it they are asked for again."""

MANY: Final = 1_000
"""Readings filed apart among which a batch's own are looked for here; beyond it the database does."""

GUARD: Final = "SELECT upto, floor FROM rollup_guard()"
_APART: Final = """
SELECT series_id, (extract(epoch FROM time) * 1000000)::bigint FROM reading_misdated
WHERE time BETWEEN 'epoch'::timestamptz + %s * INTERVAL '1 microsecond' AND 'epoch'::timestamptz + %s * INTERVAL '1 microsecond'
LIMIT %s"""


def week_of(observed_us: int) -> int:
    """Return the number of the week an instant is in."""
    return (observed_us - _MONDAY_US) // _WEEK_US


def monday(week: int) -> datetime:
    """Return the instant a week begins."""
    return _MONDAY + week * _WEEK


@dataclass(slots=True)
class Span:
    """When a batch's readings were observed: the weeks of those that can be filed by it, the ends of all; `apart` if some cannot."""

    weeks: set[int] = field(default_factory=set)
    first_us: int = 2**62
    last_us: int = -(2**62)
    apart: bool = False

    def add(self, observed_us: Sequence[int], received_us: int) -> None:
        """Add one pack's readings; there is at least one."""
        first, last = min(observed_us), max(observed_us)
        self.first_us, self.last_us = min(self.first_us, first), max(self.last_us, last)
        if is_misdated(first, received_us) or is_misdated(last, received_us):
            self.apart = True
            self.weeks.update(week_of(each) for each in observed_us if not is_misdated(each, received_us))
        elif week_of(first) == week_of(last):
            self.weeks.add(week_of(first))
        else:
            self.weeks.update(map(week_of, observed_us))


def span(deliveries: Iterable[Delivery]) -> Span | None:
    """Return when the readings of a batch's packs were observed; None where there are none."""
    found = Span()
    for each in deliveries:
        pack = each.packed
        if pack is not None:
            ends = pack.first_us, pack.last_us
            near = week_of(ends[0]) == week_of(ends[1]) and not any(is_misdated(end, each.received_us) for end in ends)
            found.add(ends if near else packed.times(pack), each.received_us)
    return found if found.last_us >= found.first_us else None


@dataclass(frozen=True, slots=True)
class Place:
    """Where the transaction under way files its readings: before `floor` nothing more is kept in `reading`, before `upto` is noted."""

    ordinary: bool
    late: bool
    floor: datetime
    upto: datetime

    def hours(self, packs: Iterable[Packed]) -> set[tuple[int, int]]:
        """Return (series id, hour in microseconds since 1970 UTC) of the late ones among the readings."""
        ends = (self.floor - _EPOCH) // _MICROSECOND, (self.upto - _EPOCH) // _MICROSECOND
        return set().union(*(packed.hours(pack, *ends) for pack in packs))


class Filing:
    """The weeks known to exist, and the floor below which they were dropped."""

    def __init__(self) -> None:
        self._known: set[int] = set()
        self._floor = -(2**62)

    def clear(self) -> None:
        """Forget all: after the connection was lost the database may be another one, or what was believed of it was wrong."""
        self._known.clear()
        self._floor = -(2**62)

    async def prepare(self, connection: Connection, span: Span) -> None:
        """Make the weeks that are not known to exist; waits for nobody who reads or writes."""
        missing = sorted(week for week in span.weeks - self._known if week >= self._floor)
        if len(self._known) + len(missing) > WEEKS:
            self._known.clear()
        for week in missing:
            with mapped():
                await connection.execute("SELECT make_reading_partition(%s)", (monday(week),))
            self._known.add(week)

    async def ask(self, connection: Connection) -> AsyncCursor[TupleRow]:
        """Begin the batch's transaction, the first statement of which this must be: tell the rollups and ask what they know."""
        return await connection.execute(GUARD, prepare=True)

    async def ask_apart(self, connection: Connection, span: Span) -> AsyncCursor[TupleRow]:
        """Ask what is filed apart of the batch's time: after its deliveries are written, which waits for whoever writes the same packs."""
        return await connection.execute(_APART, (span.first_us, span.last_us, MANY), prepare=True)

    async def place(self, asked: AsyncCursor[TupleRow], asked_apart: AsyncCursor[TupleRow], span: Span, packs: Iterable[Packed]) -> Place:
        """Return what `ask` and `ask_apart` were answered, for these packs."""
        ((upto, floor),) = await asked.fetchall()
        apart = set(await asked_apart.fetchall())
        dropped_before = week_of((floor - _EPOCH) // _MICROSECOND)
        if dropped_before != self._floor:
            self._floor = dropped_before
            self._known = {week for week in self._known if week >= dropped_before}
        doubtful = len(apart) >= MANY or (apart and any(not apart.isdisjoint(packed.places(pack)) for pack in packs))
        ordinary = not (span.apart or doubtful or min(span.weeks) < self._floor)
        return Place(ordinary, span.first_us < (upto - _EPOCH) // _MICROSECOND, floor, upto)
