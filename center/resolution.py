"""range and points → the finest resolution whose points fit."""

from datetime import datetime, timedelta
from typing import Final

from center.models import Resolution

WIDTHS: Final = {
    Resolution.MINUTE: timedelta(minutes=1),
    Resolution.HOUR: timedelta(hours=1),
    Resolution.DAY: timedelta(days=1),
}


def rollup(start: datetime, end: datetime, points: int) -> Resolution:
    """Return the finest rollup with at most `points` buckets between `start` and `end`, days where none is coarse enough.

    A range that does not begin on a bucket's edge touches one bucket more.
    """
    for resolution, width in WIDTHS.items():
        if (end - start) / width + 1 <= points:
            return resolution
    return Resolution.DAY
