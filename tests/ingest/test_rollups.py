"""The rollups and the gaps, as their readers see them, on both databases."""

from datetime import datetime, timedelta, timezone

import psycopg
import pytest

from ingest.database import connected
from tests.ingest.factories import GATEWAY, NOW_US, Desk, S, pack, reading
from tests.servers.databases import TestDatabase

pytestmark = pytest.mark.servers

VIETNAM = timezone(timedelta(hours=7))
FILL = """
SELECT make_reading_partition('2026-06-01 00:00:00+07');
INSERT INTO reading
SELECT series, '2026-06-01 00:00:00+07'::timestamptz + i * INTERVAL '30 seconds', i, 0, '2026-06-01Z'
FROM generate_series(1, 3) AS series, generate_series(0, 4 * 2880 - 1) AS i;
INSERT INTO rollup_dirty (series_id, bucket) SELECT DISTINCT series_id, date_trunc('hour', time) FROM reading;
SELECT rollup_mend(1000000)"""
SAME = """
SELECT count(*) FROM reading_1m v
FULL JOIN reading_rollup(2, '2026-06-02 00:00:00+07', '2026-06-03 00:00:00+07', INTERVAL '1 minute') f USING (bucket)
WHERE v.series_id = 2 AND bucket >= '2026-06-02 00:00:00+07' AND bucket < '2026-06-03 00:00:00+07'
    AND (v.count, v.min, v.max, v.avg, v.last) = (f.count, f.min, f.max, f.avg, f.last)"""


@pytest.fixture
def filled(spine: TestDatabase) -> TestDatabase:
    """Three series, one reading each half minute of four days of Vietnam's, their values counting up."""
    with psycopg.connect(spine.superuser, autocommit=True) as connection:
        connection.execute(FILL.encode())
        connection.execute("VACUUM ANALYZE reading")
    return spine


def ask(database: TestDatabase, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(database.center.conninfo()) as connection:
        return connection.execute(query.encode()).fetchall()


def test_a_day_is_vietnams(filled: TestDatabase) -> None:
    rows = ask(filled, "SELECT bucket, count, min, max, avg, last FROM reading_1d WHERE series_id = 1 ORDER BY bucket")
    day = datetime(2026, 6, 1, tzinfo=VIETNAM)
    assert rows[:2] == [
        (day, 2880, 0.0, 2879.0, 1439.5, 2879.0),
        (day + timedelta(days=1), 2880, 2880.0, 5759.0, 4319.5, 5759.0),
    ]
    assert len(rows) == 4


@pytest.mark.parametrize(("view", "buckets"), [("reading_1m", 1440), ("reading_1h", 24), ("reading_1d", 1)])
def test_a_view_can_be_asked_for_a_range(filled: TestDatabase, view: str, buckets: int) -> None:
    one_day = "bucket >= '2026-06-02 00:00:00+07' AND bucket < '2026-06-03 00:00:00+07'"
    assert ask(filled, f"SELECT count(*), sum(count)::int FROM {view} WHERE series_id = 2 AND {one_day}") == [(buckets, 2880)]


def test_the_function_says_what_the_view_says(filled: TestDatabase) -> None:
    assert ask(filled, SAME) == [(1440,)]


def test_last_is_the_last_by_time_not_the_greatest(filled: TestDatabase) -> None:
    with psycopg.connect(filled.superuser) as connection:
        connection.execute("UPDATE reading SET value = -1 WHERE series_id = 1 AND time = '2026-06-01 00:00:30+07'")
    query = "SELECT min, max, last FROM reading_rollup(1, '2026-06-01 00:00:00+07', '2026-06-01 00:01:00+07', INTERVAL '1 minute')"
    assert ask(filled, query) == [(-1.0, 0.0, -1.0)]


def test_the_first_bucket_is_whole(filled: TestDatabase) -> None:
    query = "SELECT bucket, count FROM reading_rollup(1, '2026-06-02 00:30:00+07', '2026-06-02 02:00:00+07', INTERVAL '1 hour')"
    start = datetime(2026, 6, 2, tzinfo=VIETNAM)
    assert ask(filled, query) == [(start, 120), (start + timedelta(hours=1), 120)]


def test_one_series_and_one_day_touch_only_that_range(filled: TestDatabase) -> None:
    call = "reading_rollup(2, '2026-06-02 00:00:00+07', '2026-06-03 00:00:00+07', INTERVAL '1 minute')"
    plan = "\n".join(str(line) for (line,) in ask(filled, f"EXPLAIN (ANALYZE, COSTS off, TIMING off, SUMMARY off) SELECT * FROM {call}"))
    assert "Function Scan" not in plan  # inlined
    assert "Index Cond" in plan
    assert "Rows Removed by Filter" not in plan
    assert plan.count("rows=2880.00") >= 1
    if filled.kind != "postgresql":
        assert len({word for word in plan.split() if word.startswith("_hyper")}) <= 6  # two days of UTC


async def test_gaps_are_counted_per_boot(desk: Desk) -> None:
    for seq in (3, 4, 8):
        await desk.store(pack(reading(at_us=NOW_US + seq * S), seq=seq))
    await desk.store(pack(seq=0, boot="b2"))
    gaps = "SELECT boot, missing, first_seq, last_seq FROM delivery_gap ORDER BY boot"
    assert desk.rows(gaps) == [("b1", 3, 3, 8), ("b2", 0, 0, 0)]
    await desk.store(*(pack(reading(at_us=NOW_US + seq * S), seq=seq) for seq in (7, 4, 5, 6, 3)))
    assert desk.rows(gaps) == [("b1", 0, 3, 8), ("b2", 0, 0, 0)]
    assert desk.rows("SELECT site, gateway FROM delivery_gap LIMIT 1") == [(GATEWAY.site, GATEWAY.gateway)]


async def test_what_a_reader_asks_for_since_is_indexed(plain_spine: TestDatabase) -> None:
    with psycopg.connect(plain_spine.superuser) as connection:
        connection.execute("SET enable_seqscan = off")
        for query, index in (("latest WHERE received > now()", "latest_received"), ("event WHERE seq > 5", "event_seq_key")):
            plan = "\n".join(str(line) for (line,) in connection.execute(f"EXPLAIN SELECT * FROM {query}".encode()))
            assert index in plan


@pytest.mark.parametrize("at", ["infinity", "9999-01-01Z"])
def test_nobody_sends_the_rollups_to_the_end_of_time(plain_spine: TestDatabase, at: str) -> None:
    with psycopg.connect(plain_spine.ingest.conninfo(), autocommit=True) as connection:
        connection.execute("SELECT FROM rollup_advance('2 minutes', %s)", (at,))
    assert ask(plain_spine, "SELECT count(*) FROM rollup_state WHERE upto < now() + INTERVAL '401 days'") == [(1,)]


async def test_statements_see_what_was_committed_before_them_whatever_the_server_is_set_to(plain_spine: TestDatabase) -> None:
    with psycopg.connect(plain_spine.superuser, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {plain_spine.name} SET default_transaction_isolation = 'repeatable read'".encode())
    async with connected(plain_spine.ingest.conninfo(), program="test", statement_timeout_s=20) as ours:
        cursor = await ours.execute("SHOW transaction_isolation")
        assert await cursor.fetchall() == [("read committed",)]
