"""Charts over the seam of rollups and readings, over what was dropped, and what the server reads for them."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from center.models import ReadingsIn, Resolution
from center.store.database import Database
from center.store.history import History
from ingest import migrate
from tests.servers.databases import TestDatabase
from wardroom.clock import SystemClock

pytestmark = pytest.mark.servers

NOW = datetime.now(UTC).replace(minute=20, second=0, microsecond=0)
FILL = """
INSERT INTO series (site, gateway, sensor, quantity, unit) SELECT 's', 'g', 'air' || n, 'co2', 'ppm' FROM generate_series(1, 3) AS n;
SELECT make_reading_partition(%(now)s - d * INTERVAL '7 days') FROM generate_series(0, 15) AS d;
INSERT INTO reading
SELECT s, t, extract(epoch FROM t)::bigint / 600 %% 100, 0, t
FROM generate_series(1, 3) AS s, generate_series(%(now)s - INTERVAL '100 days', %(now)s, INTERVAL '10 minutes') AS t;
UPDATE rollup_state SET done = date_trunc('hour', %(now)s - INTERVAL '101 days');
SELECT rollup_advance('2 minutes', %(now)s);
SELECT rollup_step('200 days');
ANALYZE"""


@pytest.fixture
async def history(database: TestDatabase) -> AsyncIterator[History]:
    await migrate.upgrade(database.owner.conninfo())
    with psycopg.connect(database.superuser, cursor_factory=psycopg.ClientCursor) as connection:
        connection.execute(FILL, {"now": NOW})
    async with Database(database.center, connections=2) as pool:
        yield History(pool, SystemClock())


def asked(days: float, *, points: int = 600, resolution: Resolution = Resolution.AUTO) -> ReadingsIn:
    start = NOW - timedelta(days=days)
    return ReadingsIn.model_validate({"series": 2, "from": start, "to": NOW, "points": points, "resolution": resolution})


@pytest.mark.parametrize(
    ("days", "points", "resolution"),
    [(1, 600, Resolution.RAW), (20, 600, Resolution.HOUR), (90, 600, Resolution.DAY), (90, 2_200, Resolution.HOUR)],
)
async def test_every_reading_is_in_the_chart_whatever_made_its_points(
    history: History, days: int, points: int, resolution: Resolution
) -> None:
    answer = await history.readings(asked(days, points=points))
    assert answer.resolution is resolution
    assert len(answer.points) <= points
    begin = answer.points[0].time
    counted = (NOW - begin) / timedelta(minutes=10)
    assert sum(point.count for point in answer.points) == int(counted) == counted


async def test_hours_and_days_are_those_of_the_readings(history: History, database: TestDatabase) -> None:
    for resolution, width in ((Resolution.HOUR, "1 hour"), (Resolution.DAY, "24 hours")):
        answer = await history.readings(asked(30, points=5_000, resolution=resolution))
        with psycopg.connect(database.center.conninfo()) as connection:
            rows = connection.execute(
                "SELECT bucket, avg, min, max, count FROM reading_rollup(2, %s, %s, %s)", (NOW - timedelta(days=30), NOW, width)
            ).fetchall()
        assert [(point.time, point.min, point.max, point.count) for point in answer.points] == [(b, lo, hi, n) for b, _, lo, hi, n in rows]
        assert [point.value for point in answer.points] == pytest.approx([mean for _, mean, _, _, _ in rows])


async def test_a_range_whose_readings_were_dropped_comes_from_the_rollups(history: History, database: TestDatabase) -> None:
    with psycopg.connect(database.superuser) as connection:
        connection.execute("SELECT retention_advance(%s)", (NOW - timedelta(days=50),))
        connection.execute("SELECT retention_drop() FROM generate_series(1, 10)")
    few = await history.readings(asked(52, points=5_000))
    assert few.resolution is Resolution.HOUR
    assert sum(point.count for point in few.points) >= 52 * 144


@pytest.mark.usefixtures("history")
async def test_charts_read_only_their_weeks_and_rows(database: TestDatabase) -> None:
    week = "SELECT time FROM reading WHERE series_id = 2 AND time >= %s AND time < %s"
    hours = "SELECT bucket FROM reading_hours(2, %s, %s)"
    with psycopg.connect(database.center.conninfo()) as connection:
        plans = [
            "\n".join(str(line) for (line,) in connection.execute(f"EXPLAIN (ANALYZE, COSTS off, TIMING off) {query}".encode(), span))
            for query, span in (
                (week, (NOW - timedelta(days=1), NOW)),
                (hours, (NOW - timedelta(days=90), NOW)),
            )
        ]
    for plan in plans:
        assert "Seq Scan on rollup_1h" not in plan
        assert "Function Scan" not in plan
        assert "Rows Removed by Filter" not in plan or database.kind != "postgresql"
    assert plans[0].count("reading_2") <= 2 * 2  # two weeks at most, each named with its index
    assert "never executed" in plans[1] or plans[1].count("reading_2") <= 2 * 2
