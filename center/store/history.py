"""The readings of one series over a range: raw where they are kept and fit into the points asked for, else the finest rollup that does."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, LiteralString

from center.cursors import cursor, places
from center.models import PointOut, ReadingsIn, ReadingsOut, Resolution
from center.resolution import WIDTHS, Kept, rollup
from center.store.database import Database
from wardroom.clock import Clock
from wardroom.errors import InvalidMessage

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_HOUR: Final = timedelta(hours=1)
_FIRST: Final = datetime.min.replace(tzinfo=UTC)
_COUNT: Final = """
SELECT count(*) FROM (
    SELECT FROM reading WHERE series_id = %(series)s AND time >= %(start)s AND time < %(end)s LIMIT %(limit)s
) AS few
"""
_RAW: Final = """
SELECT time, value, value, value, 1 FROM reading
WHERE series_id = %(series)s AND time >= %(start)s AND time < %(end)s ORDER BY time LIMIT %(limit)s
"""
_QUERIES: Final[Mapping[Resolution, LiteralString]] = {
    Resolution.RAW: _RAW,
    Resolution.MINUTE: """
SELECT bucket, avg, min, max, count FROM reading_rollup(%(series)s, %(start)s, %(end)s, %(width)s) ORDER BY bucket LIMIT %(limit)s
""",
    Resolution.HOUR: """
SELECT bucket, sum / count, min, max, count FROM reading_hours(%(series)s, %(start)s, %(end)s) ORDER BY bucket LIMIT %(limit)s
""",
    Resolution.DAY: """
SELECT bucket, sum / count, min, max, count FROM reading_days(%(series)s, %(start)s, %(end)s) ORDER BY bucket LIMIT %(limit)s
""",
}
_KEPT: Final = "SELECT floor, hours_floor FROM rollup_state"


@dataclass(frozen=True, slots=True)
class Range:
    """What a request means: instants, and how fine."""

    start: datetime
    end: datetime
    resolution: Resolution


class History:
    """Readings over time, never more points than asked for."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def readings(self, asked: ReadingsIn) -> ReadingsOut:
        """Return the points; raises InvalidMessage for a series that is not, or a range that ends before it begins."""
        meant = self._meant(asked)
        if not await self._database.rows("SELECT FROM series WHERE id = %(series)s", {"series": asked.series}):
            raise InvalidMessage("center.no_series", number=asked.series)
        resolution = meant.resolution
        if resolution is Resolution.AUTO:
            resolution = await self._fitting(asked, meant)
        width = WIDTHS.get(resolution)
        values = {"series": asked.series, "start": meant.start, "end": meant.end, "limit": asked.points + 1, "width": width}
        rows = await self._database.rows(_QUERIES[resolution], values)
        points = [PointOut(time=row[0], value=row[1], min=row[2], max=row[3], count=row[4]) for row in rows[: asked.points]]
        more = None
        if len(rows) > asked.points:
            more = cursor([resolution.value, (points[-1].time + (width or _MICROSECOND) - _EPOCH) // _MICROSECOND])
        return ReadingsOut(series=asked.series, resolution=resolution, points=points, next=more)

    def _meant(self, asked: ReadingsIn) -> Range:
        now = _EPOCH + self._clock.now_us() * _MICROSECOND
        end = asked.to or now
        start = asked.from_ or (end - _HOUR if end > _FIRST + _HOUR else _FIRST)
        if start >= end:
            raise InvalidMessage("center.empty_range", start=start.isoformat(), end=end.isoformat())
        place = places(asked.cursor, (str, int))
        if place is None:
            return Range(start, end, asked.resolution)
        try:
            resolution, start = Resolution(str(place[0])), _EPOCH + int(place[1]) * _MICROSECOND
        except (ValueError, OverflowError) as error:
            raise InvalidMessage("center.bad_cursor", value=asked.cursor) from error
        return Range(start, end, resolution)

    async def _fitting(self, asked: ReadingsIn, meant: Range) -> Resolution:
        kept = Kept(*(await self._database.rows(_KEPT))[0])
        if kept.holds(Resolution.RAW, meant.start):
            values = {"series": asked.series, "start": meant.start, "end": meant.end, "limit": asked.points + 1}
            count = (await self._database.rows(_COUNT, values))[0][0]
            if count <= asked.points:
                return Resolution.RAW
        return rollup(meant.start, meant.end, asked.points, kept)
