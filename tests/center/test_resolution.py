from datetime import UTC, datetime, timedelta

import pytest

from center.models import Resolution
from center.resolution import WIDTHS, Kept, rollup

START = datetime(2026, 11, 23, 8, 0, 30, tzinfo=UTC)
LONG_AGO = datetime(2000, 1, 3, tzinfo=UTC)
ALL = Kept(LONG_AGO, LONG_AGO)


@pytest.mark.parametrize(
    ("span", "points", "resolution"),
    [
        (timedelta(hours=1), 600, Resolution.MINUTE),
        (timedelta(hours=1), 60, Resolution.HOUR),  # an hour that begins within a minute touches 61
        (timedelta(hours=1), 61, Resolution.MINUTE),
        (timedelta(days=7), 600, Resolution.HOUR),
        (timedelta(days=90), 600, Resolution.DAY),
        (timedelta(days=3_000), 600, Resolution.DAY),  # nothing is coarser: pages
    ],
)
def test_the_finest_rollup_that_fits_is_taken(span: timedelta, points: int, resolution: Resolution) -> None:
    assert rollup(START, START + span, points, ALL) is resolution


@pytest.mark.parametrize("hours", [1, 7, 24, 24 * 31, 24 * 365])
@pytest.mark.parametrize("points", [10, 100, 600, 5_000])
def test_the_buckets_never_exceed_the_points_while_one_fits(hours: int, points: int) -> None:
    end = START + timedelta(hours=hours)
    width = WIDTHS[rollup(START, end, points, ALL)]
    buckets = {at // width for at in (START - datetime(2000, 1, 1, tzinfo=UTC), end - datetime(2000, 1, 1, tzinfo=UTC))}

    assert max(buckets) - min(buckets) + 1 <= points or width == timedelta(days=1)


@pytest.mark.parametrize(
    ("start", "resolution"),
    [
        (START, Resolution.MINUTE),
        (START - timedelta(microseconds=1), Resolution.HOUR),  # its first readings were dropped
        (START - timedelta(days=30), Resolution.HOUR),
        (START - timedelta(days=31), Resolution.DAY),  # and these hours deleted
    ],
)
def test_what_is_no_longer_kept_is_not_asked_for(start: datetime, resolution: Resolution) -> None:
    kept = Kept(readings=START, hours=START - timedelta(days=30))
    assert rollup(start, start + timedelta(minutes=5), 5_000, kept) is resolution
    assert kept.holds(Resolution.RAW, start) is (start >= START)
