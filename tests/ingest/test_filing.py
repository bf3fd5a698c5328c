"""Where readings are filed: by their week, or apart; and that nothing is stored twice on either side."""

import asyncio
from datetime import timedelta

import psycopg
import pytest

from ingest.filing import Filing, Span, monday, week_of
from ingest.rows import instant
from tests.ingest.factories import NOW_US, Desk, S, pack, reading, until
from tests.servers.databases import TestDatabase
from wardroom.flags import MISDATED_AHEAD_US, MISDATED_BEHIND_US, Flag
from wardroom.messages import Outcome

DAY = 86_400 * S
STORED, ALREADY, DEAD = Outcome.STORED, Outcome.ALREADY, Outcome.DEAD_LETTERED
WEEKS = "SELECT count(*) FROM pg_inherits WHERE inhparent = 'reading'::regclass"
"""Weeks, or chunks."""
servers = pytest.mark.servers


async def ingest_connection(database: TestDatabase) -> psycopg.AsyncConnection[tuple[object, ...]]:
    return await psycopg.AsyncConnection.connect(database.ingest.conninfo(), autocommit=True)


def test_a_week_begins_on_monday_in_vietnam() -> None:
    assert monday(week_of(NOW_US)).isoformat() == "2027-01-10T17:00:00+00:00"
    edge = 1_799_600_400 * S  # that Monday
    assert week_of(edge) == week_of(NOW_US) == week_of(edge - 1) + 1


@pytest.mark.parametrize(
    ("observed", "weeks", "apart"),
    [
        ([0], 1, False),
        ([-DAY, 0], 1, False),
        ([-8 * DAY, 0], 2, False),
        ([MISDATED_AHEAD_US], 1, False),  # the limit itself is filed
        ([MISDATED_AHEAD_US + 1], 0, True),
        ([-MISDATED_BEHIND_US], 1, False),
        ([-MISDATED_BEHIND_US - 1, 0], 1, True),
    ],
)
def test_weeks_are_only_of_what_is_filed_by_them(observed: list[int], weeks: int, *, apart: bool) -> None:
    span = Span()
    span.add([NOW_US + each for each in observed], NOW_US)
    assert (len(span.weeks), span.apart) == (weeks, apart)
    assert (span.first_us, span.last_us) == (NOW_US + min(observed), NOW_US + max(observed))


@servers
async def test_a_clock_from_another_age_makes_no_week_and_still_shows(desk: Desk) -> None:
    await desk.store(pack(reading(0.0), seq=9))
    before = desk.one(WEEKS)
    ages = (NOW_US - 20 * 365 * DAY, NOW_US + 7_000 * 365 * DAY, NOW_US + DAY + 1)
    for seq, age in enumerate(ages):
        assert await desk.store(pack(reading(seq + 1.0, age, quantity=f"q{seq}"), seq=seq)) == {("b1", seq): STORED}
    assert desk.one("SELECT count(*) FROM reading WHERE value > 0") == 0
    assert desk.rows("SELECT value, flags FROM reading_misdated ORDER BY value") == [
        (1.0, Flag.CLOCK_UNSET | Flag.STALE),
        (2.0, Flag.CLOCK_AHEAD),
        (3.0, Flag.CLOCK_AHEAD),
    ]
    assert desk.rows("SELECT value FROM latest WHERE value > 0 ORDER BY value") == [(1.0,), (2.0,), (3.0,)]
    assert desk.one(WEEKS) == before


@servers
async def test_apart_too_a_duplicate_is_one_row_and_a_conflict_a_dead_letter(desk: Desk) -> None:
    past = NOW_US - 500 * DAY
    assert await desk.store(pack(reading(1.0, past), reading(5.0), seq=0)) == {("b1", 0): STORED}
    assert await desk.store(pack(reading(1.0, past), reading(5.0), seq=0)) == {("b1", 0): ALREADY}
    assert await desk.store(pack(reading(2.0, past), seq=1)) == {("b1", 1): DEAD}
    assert desk.rows("SELECT value FROM reading_all ORDER BY value") == [(1.0,), (5.0,)]
    ((detail,),) = desk.rows("SELECT detail FROM dead_letter")
    assert "is stored as 1.0, not 2.0" in str(detail)


@servers
async def test_a_resend_that_is_no_longer_ahead_is_still_one_row(desk: Desk) -> None:
    ahead = NOW_US + DAY + 3_600 * S
    await desk.store(pack(reading(1.0, ahead)))
    for later in (2 * 3_600 * S, 2 * DAY):
        assert await desk.store(pack(reading(1.0, ahead), received_us=NOW_US + later)) == {("b1", 0): ALREADY}
    assert await desk.store(pack(reading(3.0, ahead), seq=1, received_us=NOW_US + 2 * DAY)) == {("b1", 1): DEAD}
    assert desk.rows("SELECT value FROM reading_all") == [(1.0,)]


@servers
async def test_a_resend_that_has_become_too_late_is_still_one_row(desk: Desk) -> None:
    await desk.store(pack(reading(1.0)))
    late = NOW_US + 401 * DAY
    assert await desk.store(pack(reading(1.0), received_us=late)) == {("b1", 0): ALREADY}
    assert desk.rows("SELECT received FROM reading_all") == [(instant(NOW_US),)]


@servers
async def test_a_reading_from_a_dropped_week_is_kept_apart(desk: Desk) -> None:
    await desk.store(pack(reading(1.0), seq=0))
    with psycopg.connect(desk.database.superuser, autocommit=True) as connection:
        connection.execute("UPDATE rollup_state SET floor = %s, done = %s, upto = %s", (monday(week_of(NOW_US)),) * 3)
    before = NOW_US - 8 * DAY
    assert await desk.store(pack(reading(2.0), reading(2.5, before), seq=1)) == {("b1", 1): DEAD}  # 2.0 is the conflict
    assert desk.rows("SELECT value FROM reading") == [(1.0,)]
    assert desk.rows("SELECT value FROM reading_misdated") == [(2.5,)]


@servers
async def test_weeks_made_at_the_same_time_are_made_once(plain_spine: TestDatabase) -> None:
    span = Span()
    span.add([NOW_US - 7 * DAY * number for number in range(30)], NOW_US)
    connections = [await ingest_connection(plain_spine) for _ in range(3)]
    await asyncio.gather(*(Filing().prepare(connection, span) for connection in connections))
    for connection in connections:
        await connection.close()
    with psycopg.connect(plain_spine.superuser) as seen:
        assert seen.execute(WEEKS).fetchall() == [(30,)]


@servers
async def test_a_week_can_be_made_while_a_chart_is_read_and_a_batch_written(plain_spine: TestDatabase) -> None:
    connection = await ingest_connection(plain_spine)
    with psycopg.connect(plain_spine.superuser) as chart, psycopg.connect(plain_spine.superuser) as batch:
        chart.execute("SELECT count(*) FROM reading")
        batch.execute("LOCK TABLE reading IN ROW EXCLUSIVE MODE")
        async with asyncio.timeout(30):
            await connection.execute("SELECT make_reading_partition('2027-03-01Z')")
    await connection.close()


@servers
async def test_a_week_somebody_dropped_is_made_again(plain_spine: TestDatabase) -> None:
    desk = Desk(plain_spine)
    await desk.store(pack(reading(1.0), seq=0))
    desk.harm(f"DROP TABLE reading_{monday(week_of(NOW_US)) + timedelta(hours=7):%Y%m%d}")
    assert await desk.store(pack(reading(2.0), seq=1)) == {("b1", 1): STORED}
    assert desk.rows("SELECT value FROM reading") == [(2.0,)]
    await desk.session.close()


@servers
async def test_a_week_somebody_detached_is_attached_again(plain_spine: TestDatabase) -> None:
    desk = Desk(plain_spine)
    await desk.store(pack(reading(1.0), seq=0))
    desk.harm(f"ALTER TABLE reading DETACH PARTITION reading_{monday(week_of(NOW_US)) + timedelta(hours=7):%Y%m%d}")
    assert await desk.store(pack(reading(2.0, NOW_US + 1), seq=1)) == {("b1", 1): STORED}
    assert desk.rows("SELECT value FROM reading ORDER BY value") == [(1.0,), (2.0,)]
    await desk.session.close()


@servers
@pytest.mark.parametrize("at", ["infinity", "9999-12-31Z", "290000-01-01Z", "-infinity", "1990-01-01Z", None])
def test_no_week_is_made_beyond_what_has_a_name(plain_spine: TestDatabase, at: str | None) -> None:
    with psycopg.connect(plain_spine.ingest.conninfo()) as connection:
        assert connection.execute("SELECT make_reading_partition(%s)", (at,)).fetchall() == [(False,)]


CROSSING = """
DO $$ BEGIN
    INSERT INTO delivery VALUES ('vp-test', 'gw-1', 'b1', 0, 'readings', NULL, now(), 1, 'stored') ON CONFLICT DO NOTHING;
    INSERT INTO reading_misdated SELECT series_id, '2027-01-15 08:00:00Z', 1.0, 1, '2027-01-14 07:59:59Z' FROM latest WHERE NOT EXISTS (
        SELECT FROM reading WHERE time = '2027-01-15 08:00:00Z'
    );
END $$"""
"""Another ingester, slow to commit, to which the pack came while it was more than a day ahead."""
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = '{}'"
HELD = 0x5741_5244_0010
"""The lock that a batch's transaction takes first of all (`rollup_guard`)."""


@servers
async def test_two_ingesters_at_the_limit_file_a_pack_once(desk: Desk) -> None:
    await desk.store(pack(reading(9.0, NOW_US - S), seq=8))
    async with (
        await psycopg.AsyncConnection.connect(desk.database.superuser) as third,
        await psycopg.AsyncConnection.connect(desk.database.superuser) as second,
        await psycopg.AsyncConnection.connect(desk.database.superuser, autocommit=True) as gate,
    ):
        await third.execute("INSERT INTO reading SELECT series_id, '2027-01-15 08:00:01Z', 5.0, 0, now() FROM latest")
        ours = asyncio.create_task(desk.store(pack(reading(1.0), seq=0), pack(reading(5.0, NOW_US + S), seq=1)))
        await until(lambda: desk.one(WAITING.format("transactionid")) == 1)
        theirs = asyncio.create_task(second.execute(CROSSING))
        await until(lambda: desk.one(WAITING.format("transactionid")) == 2)
        closing = asyncio.create_task(gate.execute("SELECT pg_advisory_lock(%s)", (HELD,)))
        await until(lambda: desk.one(WAITING.format("advisory")) == 1)
        await third.commit()  # our copy fails; their delivery comes first, for our careful way does not begin before
        await closing
        await theirs
        await gate.execute("SELECT pg_advisory_unlock(%s)", (HELD,))
        await until(lambda: desk.one(WAITING.format("transactionid")) == 1)  # the careful way waits for it
        await second.commit()
        assert await ours == {("b1", 0): ALREADY, ("b1", 1): STORED}
    assert desk.rows("SELECT value FROM reading_all WHERE time = '2027-01-15 08:00:00Z'") == [(1.0,)]
    assert desk.one("SELECT count(*) FROM reading_misdated") == 1
