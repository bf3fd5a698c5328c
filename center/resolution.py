"""range, points and what is still kept → the finest resolution whose points fit."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from center.models import Resolution

WIDTHS: Final = {
    Resolution.MINUTE: timedelta(minutes=1),
    Resolution.HOUR: timedelta(hours=1),
    Resolution.DAY: timedelta(days=1),
}


@dataclass(frozen=True, slots=True)
class Kept:
    """From when on readings, and from when on hours are all there; before that they were deleted, and only what is coarser is left."""

    readings: datetime
    hours: datetime

    def holds(self, resolution: Resolution, start: datetime) -> bool:
        """Return whether a range that begins at `start` can be answered whole in this resolution."""
        match resolution:
            case Resolution.DAY:
                return True
            case Resolution.HOUR:
                return start >= self.hours
            case _:
                return start >= self.readings


def rollup(start: datetime, end: datetime, points: int, kept: Kept) -> Resolution:
    """Return the finest rollup that is kept, with at most `points` buckets between `start` and `end`; days where none is coarse enough.

    A range that does not begin on a bucket's edge touches one bucket more.
    """
    for resolution, width in WIDTHS.items():
        if (end - start) / width + 1 <= points and kept.holds(resolution, start):
            return resolution
    return Resolution.DAY
