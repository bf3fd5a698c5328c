"""Late is not wrong: whatever comes late, in whatever order, and whoever is killed while rollups are made, they say what the readings say.

Broken on purpose: writers at the same time, a batch that commits long after it was received, readings up to 48 hours late in any order,
a refresher cut off inside and between its steps, two refreshers at once. At the end every hour and day is its readings': count, least,
greatest and last exactly, the sum to a billionth.
"""

import asyncio
import random
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from ingest import migrate, reconciliation, rollups
from ingest.database import Connection, connected
from ingest.filing import Filing, Span
from ingest.upkeep import make_weeks
from tests.ingest.factories import Desk, S, pack, reading
from tests.promises.scale import FULL, SEED, note
from tests.servers.databases import TestDatabase
from wardroom.errors import StorageError

pytestmark = pytest.mark.servers

SERIES = 5
HOUR = timedelta(hours=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NOW = datetime.now(UTC).replace(minute=30, second=0, microsecond=0)
START = NOW.replace(minute=0) - timedelta(hours=72)
HOURS_WRONG = """
SELECT count(*) FROM (
    SELECT series_id, date_trunc('hour', time) AS bucket, count(*), min(value), max(value), sum(value), max(time) AS last_time,
        (array_agg(value ORDER BY time DESC))[1] AS last
    FROM reading WHERE time < (SELECT done FROM rollup_state) GROUP BY 1, 2
) r FULL JOIN rollup_1h h USING (series_id, bucket)
WHERE (r.count, r.min, r.max, r.last, r.last_time) IS DISTINCT FROM (h.count, h.min, h.max, h.last, h.last_time)
    OR abs(r.sum - h.sum) > 1e-9 * greatest(1, abs(r.sum))"""
DAYS_WRONG = """
SELECT count(*) FROM (
    SELECT series_id, date_bin('24 hours', time, '2000-01-01 00:00:00+07') AS bucket, count(*), min(value), max(value), sum(value),
        max(time) AS last_time, (array_agg(value ORDER BY time DESC))[1] AS last
    FROM reading GROUP BY 1, 2
) r FULL JOIN rollup_1d d USING (series_id, bucket)
WHERE bucket < (SELECT date_bin('24 hours', done, '2000-01-01 00:00:00+07') FROM rollup_state) AND (
    (r.count, r.min, r.max, r.last, r.last_time) IS DISTINCT FROM (d.count, d.min, d.max, d.last, d.last_time)
    OR abs(r.sum - d.sum) > 1e-9 * greatest(1, abs(r.sum)))"""
VIEWS_WRONG = """
SELECT count(*) FROM (
    SELECT series_id, date_trunc('hour', time) AS bucket, count(*), min(value), max(value) FROM reading GROUP BY 1, 2
) r FULL JOIN reading_1h h USING (series_id, bucket) WHERE (r.count, r.min, r.max) IS DISTINCT FROM (h.count, h.min, h.max)"""


@pytest.fixture
async def ward(database: TestDatabase) -> TestDatabase:
    """A database whose rollups stand three days ago, and the weeks since."""
    await migrate.upgrade(database.owner.conninfo())
    with psycopg.connect(database.superuser) as connection:
        connection.execute("UPDATE rollup_state SET upto = %(at)s, done = %(at)s", {"at": START})
    async with session(database) as connection:
        for week in range(3):
            await make_weeks(connection, NOW - timedelta(days=7 * week))
    return database


def session(database: TestDatabase) -> AbstractAsyncContextManager[Connection]:
    return connected(database.ingest.conninfo(), program="test", statement_timeout_s=20)


def number(database: TestDatabase, query: str) -> int:
    with psycopg.connect(database.superuser) as connection:
        ((count,),) = connection.execute(query.encode()).fetchall()
        return int(count)


def exact(database: TestDatabase) -> None:
    assert number(database, "SELECT count(*) FROM rollup_dirty") == 0
    assert number(database, HOURS_WRONG) == 0
    assert number(database, DAYS_WRONG) == 0
    assert number(database, VIEWS_WRONG) == 0


class Writing:
    """A batch's transaction, statement by statement, so that a test can hold it open."""

    def __init__(self, connection: Connection, filing: Filing) -> None:
        self._connection = connection
        self._filing = filing

    async def write(self, rows: Sequence[tuple[int, datetime, float]], *, hold: asyncio.Event | None = None) -> None:
        span = Span()
        span.add([(time - EPOCH) // timedelta(microseconds=1) for _, time, _ in rows], (NOW - EPOCH) // timedelta(microseconds=1))
        series, times, values = (list(column) for column in zip(*rows, strict=True))
        async with self._connection.transaction():
            asked = await self._filing.ask(self._connection)
            place = await self._filing.place(asked, await self._filing.ask_apart(self._connection, span), span, ())
            await self._connection.execute(
                "INSERT INTO reading SELECT s, t, v, 0, %s FROM unnest(%s::int[], %s::timestamptz[], %s::float8[]) AS n (s, t, v) "
                "ON CONFLICT DO NOTHING",
                (NOW, series, times, values),
            )
            if place.late:
                await self._connection.execute(
                    "INSERT INTO rollup_dirty (series_id, bucket) "
                    "SELECT DISTINCT s, date_trunc('hour', t) FROM unnest(%s::int[], %s::timestamptz[]) AS n (s, t) WHERE t < %s",
                    (series, times, place.upto),
                )
            if hold is not None:
                await hold.wait()


def some(chance: random.Random, count: int, late: timedelta) -> list[tuple[int, datetime, float]]:
    """Return readings observed at random instants up to `late` ago."""
    return [
        (chance.randint(1, SERIES), NOW - late * chance.random() + timedelta(microseconds=chance.randrange(10**6)), chance.gauss(20, 5))
        for _ in range(count)
    ]


async def test_a_batch_that_commits_hours_later_is_in_the_rollups(ward: TestDatabase) -> None:
    chance = random.Random(SEED)
    async with session(ward) as writer, session(ward) as refresher:
        hold = asyncio.Event()
        held = asyncio.create_task(Writing(writer, Filing()).write(some(chance, 200, timedelta(hours=48)), hold=hold))
        await asyncio.sleep(0.2)
        with pytest.raises(StorageError):  # it waits for the writer a second, not for ever, and nothing has moved
            async with asyncio.timeout(30), session(ward) as impatient:
                await rollups.refresh(impatient, at=NOW)
        assert number(ward, "SELECT count(*) FROM rollup_1h") == 0
        hold.set()
        await held
        await rollups.refresh(refresher, at=NOW)
    assert number(ward, "SELECT sum(count)::int FROM rollup_1h") > 0
    exact(ward)


async def test_late_readings_in_any_order_from_several_writers_during_refreshes(ward: TestDatabase) -> None:
    batches, writers = (400, 4) if FULL else (60, 3)
    chance = random.Random(SEED)
    lateness = [timedelta(0), timedelta(minutes=5), timedelta(hours=3), timedelta(hours=48)]
    work = [some(chance, 50, chance.choice(lateness) + timedelta(seconds=1)) for _ in range(batches)]
    done = asyncio.Event()

    async def write(share: list[list[tuple[int, datetime, float]]]) -> None:
        async with session(ward) as connection:
            writing = Writing(connection, Filing())
            for batch in share:
                await writing.write(batch)
                await asyncio.sleep(0)

    async def keep() -> int:
        turns = 0
        async with session(ward) as connection:
            while not done.is_set():
                at = START + (NOW - START) * min(1.0, turns / 20)
                async with rollups.alone(connection) as ours:
                    if ours:
                        await rollups.refresh(connection, at=at)
                turns += 1
                await asyncio.sleep(0.02)
        return turns

    keepers = [asyncio.create_task(keep()) for _ in range(2)]
    await asyncio.gather(*(write(work[index::writers]) for index in range(writers)))
    done.set()
    turns = sum([await keeper for keeper in keepers])
    async with session(ward) as connection:
        await rollups.refresh(connection, at=NOW)
    exact(ward)
    note("late is not wrong", batches=batches, readings=number(ward, "SELECT count(*) FROM reading"), refreshes=turns)


async def test_a_refresher_killed_anywhere_leaves_nothing_wrong(ward: TestDatabase) -> None:
    chance = random.Random(SEED)
    async with session(ward) as writer:
        writing = Writing(writer, Filing())
        for turn in range(30 if FULL else 8):
            await writing.write(some(chance, 300, timedelta(hours=70)))
            at = START + (NOW - START) * min(1.0, (turn + 1) / 6)
            refreshing = asyncio.create_task(refreshed(ward, at))
            await asyncio.sleep(chance.uniform(0, 0.06))
            kill_refreshers(ward)
            await asyncio.wait([refreshing])

    await refreshed(ward, NOW)
    exact(ward)


async def refreshed(database: TestDatabase, at: datetime) -> None:
    async with connected(database.ingest.conninfo(), program="test-refresher", statement_timeout_s=20) as connection:
        await rollups.refresh(connection, at=at)


def kill_refreshers(database: TestDatabase) -> None:
    with psycopg.connect(database.superuser) as connection:
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'test-refresher'")


async def test_only_one_refresher_works_at_a_time(ward: TestDatabase) -> None:
    async with AsyncExitStack() as stack:
        first, second = [await stack.enter_async_context(session(ward)) for _ in range(2)]
        async with rollups.alone(first) as ours:
            assert ours
            async with rollups.alone(second) as theirs:
                assert not theirs
        async with rollups.alone(second) as theirs:
            assert theirs


async def test_what_differs_all_the_same_is_found_at_night_and_mended(ward: TestDatabase) -> None:
    chance = random.Random(SEED)
    async with session(ward) as connection:
        await Writing(connection, Filing()).write(some(chance, 2_000, timedelta(hours=70)))
        await rollups.refresh(connection, at=NOW)
        assert (await reconciliation.reconcile(connection, pause_s=0)).mismatched == 0
        harm = (
            "UPDATE rollup_1h SET sum = sum + 0.01 WHERE ctid IN (SELECT ctid FROM rollup_1h LIMIT 3)",
            "DELETE FROM rollup_1h WHERE ctid IN (SELECT ctid FROM rollup_1h ORDER BY bucket DESC LIMIT 2)",
            "UPDATE rollup_1d SET count = count + 1 WHERE ctid IN (SELECT ctid FROM rollup_1d LIMIT 1)",
            "INSERT INTO rollup_1h SELECT 99, bucket, 1, 1, 1, 1, 1, bucket FROM rollup_1h LIMIT 1",
        )
        with psycopg.connect(ward.superuser) as superuser:
            for statement in harm:
                superuser.execute(statement.encode())
        found = await reconciliation.reconcile(connection, pause_s=0)
        assert found.mismatched >= 6  # a day with a wrong hour in it is not counted again
        assert found.buckets > 100
        await rollups.refresh(connection, at=NOW)
        exact(ward)
        assert (await reconciliation.reconcile(connection, pause_s=0)).mismatched == 0


async def test_what_is_late_and_noted_is_not_called_wrong(ward: TestDatabase) -> None:
    async with session(ward) as connection:
        await rollups.refresh(connection, at=NOW)
        await Writing(connection, Filing()).write(some(random.Random(SEED), 100, timedelta(hours=48)))
        assert (await reconciliation.reconcile(connection, pause_s=0)).mismatched == 0


async def test_the_writer_itself_notes_what_comes_late(ward: TestDatabase) -> None:
    desk = Desk(ward)
    async with session(ward) as connection:
        await rollups.refresh(connection, at=NOW)
    now_us = (NOW - EPOCH) // timedelta(microseconds=1)
    late = [reading(float(hours), now_us - hours * 3_600 * S) for hours in range(1, 48, 3)]
    await desk.store(pack(*late, received_us=now_us))
    assert number(ward, "SELECT count(*) FROM rollup_dirty") == len(late)
    async with session(ward) as connection:
        await rollups.refresh(connection, at=NOW)
    assert number(ward, "SELECT sum(count)::int FROM rollup_1h") == len(late)
    exact(ward)
    await desk.session.close()
