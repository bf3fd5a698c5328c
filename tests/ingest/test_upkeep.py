"""The chores: weeks ahead, rollups, retention, the nightly comparison; done by one ingester at a time."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from msgspec.structs import replace
from structlog.testing import capture_logs

from ingest import counters, rollups
from ingest.database import connected
from ingest.filing import monday, week_of
from ingest.upkeep import Upkeep, next_night
from tests.ingest.factories import Desk, S, event, fault, message, pack, reading, settings
from tests.servers.databases import TestDatabase

HOUR_US = 3_600 * S
servers = pytest.mark.servers


class Hands:
    """A clock that a test sets."""

    def __init__(self, now_us: int) -> None:
        self.us = now_us

    def now_us(self) -> int:
        return self.us

    def monotonic(self) -> float:
        return self.us / 1e6


@pytest.mark.parametrize(
    ("after", "night"),
    [
        ("2026-11-26T19:29:59+00:00", "2026-11-26T19:30:00+00:00"),
        ("2026-11-26T19:30:00+00:00", "2026-11-27T19:30:00+00:00"),
        ("2026-12-31T23:00:00+00:00", "2027-01-01T19:30:00+00:00"),
    ],
)
def test_the_night_is_vietnams(after: str, night: str) -> None:
    assert next_night(datetime.fromisoformat(after)) == datetime.fromisoformat(night)


@pytest.fixture
def kept(desk: Desk) -> tuple[Desk, Upkeep, Hands]:
    clock = Hands(int(datetime.now(UTC).timestamp()) * S)
    return desk, Upkeep(settings(desk.database), clock=clock), clock


@servers
async def test_a_turn_makes_weeks_and_rollups(kept: tuple[Desk, Upkeep, Hands]) -> None:
    desk, upkeep, clock = kept
    await desk.store(pack(reading(7.0, clock.us - 50 * HOUR_US), received_us=clock.us))
    await upkeep.turn()
    assert desk.rows("SELECT last FROM rollup_1h") == [(7.0,)]
    assert desk.rows("SELECT last FROM reading_1d") == [(7.0,)]
    assert 0 < counters.ROLLUP_LAG._value.get() < 3_600 + 300
    if desk.database.kind == "postgresql":
        names = {
            str(name)
            for (name,) in desk.rows(
                "SELECT relname FROM pg_inherits JOIN pg_class ON oid = inhrelid WHERE inhparent = 'reading'::regclass"
            )
        }
        this = week_of(clock.us)
        assert {f"reading_{monday(this + ahead) + timedelta(hours=7):%Y%m%d}" for ahead in range(3)} <= names


@servers
async def test_what_was_deleted_is_said_whatever_its_kind(kept: tuple[Desk, Upkeep, Hands]) -> None:
    desk, upkeep, clock = kept
    old_us = clock.us - 800 * 24 * HOUR_US
    happened = event(replace(fault(), time=datetime.fromtimestamp(old_us / S, UTC)))
    await desk.store(message(happened.envelope.topic, happened.envelope.payload, old_us))
    with capture_logs() as lines:
        await upkeep.turn()
    assert {"event": "old data deleted", "log_level": "info", "rows": {"delivery": 1, "event": 1}} in lines


@servers
async def test_at_night_rollups_are_compared_counted_and_mended(kept: tuple[Desk, Upkeep, Hands]) -> None:
    desk, upkeep, clock = kept
    await desk.store(pack(reading(7.0, clock.us - 50 * HOUR_US), received_us=clock.us))
    await upkeep.turn()
    with psycopg.connect(desk.database.superuser) as connection:
        connection.execute("UPDATE rollup_1h SET max = 8")
    await upkeep.turn()
    assert desk.rows("SELECT max FROM rollup_1h") == [(8.0,)]  # by day nobody looks
    clock.us += 24 * HOUR_US
    await upkeep.turn()
    assert counters.ROLLUP_MISMATCHED._value.get() == 1
    assert desk.rows("SELECT max FROM rollup_1h") == [(7.0,)]
    clock.us += 24 * HOUR_US
    await upkeep.turn()
    assert counters.ROLLUP_MISMATCHED._value.get() == 0


@servers
async def test_old_data_goes_within_the_hour(kept: tuple[Desk, Upkeep, Hands]) -> None:
    desk, upkeep, clock = kept
    old = clock.us - 200 * 24 * HOUR_US
    await desk.store(pack(reading(7.0, old), received_us=old))
    await upkeep.turn()
    assert desk.one("SELECT count(*) FROM reading") == 0
    assert desk.rows("SELECT last FROM reading_1h") == [(7.0,)]


@servers
async def test_another_ingester_at_it_is_left_alone(plain_spine: TestDatabase) -> None:
    upkeep = Upkeep(settings(plain_spine), clock=Hands(int(datetime.now(UTC).timestamp()) * S))
    async with connected(plain_spine.ingest.conninfo(), program="test", statement_timeout_s=20) as other, rollups.alone(other):
        await upkeep.turn()
    with psycopg.connect(plain_spine.superuser) as connection:
        assert connection.execute("SELECT count(*) FROM pg_inherits WHERE inhparent = 'reading'::regclass").fetchall() == [(0,)]


OVERFLOWING = """
UPDATE reading SET value = 1e308;
INSERT INTO reading SELECT series_id, time + INTERVAL '1 microsecond', value, flags, received FROM reading"""
"""As it was stored before values had a limit: its sum is no number."""


@servers
async def test_what_one_chore_cannot_do_keeps_no_other_from_its_work(kept: tuple[Desk, Upkeep, Hands]) -> None:
    desk, upkeep, clock = kept
    await desk.store(pack(reading(7.0, clock.us - 50 * HOUR_US), received_us=clock.us), event(fault(), seq=1))
    desk.harm(OVERFLOWING)
    desk.harm("UPDATE event SET received = '2020-01-01Z'")
    await upkeep.turn()
    assert desk.rows("SELECT (SELECT count(*) FROM event), (SELECT count(*) FROM rollup_1h)") == [(0, 0)]


@servers
async def test_a_chart_that_stays_holds_up_the_weeks_only(plain_spine: TestDatabase) -> None:
    desk, clock = Desk(plain_spine), Hands(int(datetime.now(UTC).timestamp()) * S)
    upkeep = Upkeep(settings(plain_spine), clock=clock)
    old = clock.us - 200 * 24 * HOUR_US
    await desk.store(pack(reading(7.0, old), received_us=old), event(fault(), seq=1))
    desk.harm("UPDATE event SET received = '2020-01-01Z'")
    with psycopg.connect(plain_spine.superuser) as chart:
        chart.execute("SELECT count(*) FROM reading")
        await upkeep.turn()
    assert (desk.one("SELECT count(*) FROM event"), desk.one("SELECT count(*) FROM reading")) == (0, 1)
    await upkeep.turn()
    assert desk.one("SELECT count(*) FROM reading") == 0
    await desk.session.close()


@servers
async def test_a_clock_ahead_of_the_databases_deletes_nothing_too_early(kept: tuple[Desk, Upkeep, Hands]) -> None:
    desk, upkeep, clock = kept
    month_ago = clock.us - 30 * 24 * HOUR_US
    await desk.store(pack(reading(7.0, month_ago), received_us=month_ago), event(fault(), seq=1))
    desk.harm("UPDATE event SET received = now() - INTERVAL '30 days'")
    clock.us += 3_000 * 24 * HOUR_US
    await upkeep.turn()
    assert (desk.one("SELECT count(*) FROM reading"), desk.one("SELECT count(*) FROM event")) == (1, 1)
