"""What is old goes, what is needed stays: weeks whole, the rest in steps, and a forgotten pack that comes again counts for nothing."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from msgspec.structs import replace

from ingest import retention, rollups
from ingest.database import connected
from ingest.filing import monday, week_of
from ingest.retention import Retention
from tests.ingest.factories import Desk, S, event, fault, message, pack, reading
from tests.servers.databases import TestDatabase
from wardroom.errors import ConfigError, StorageError
from wardroom.messages import Outcome
from wardroom.topics import Gateway

servers = pytest.mark.servers
NOW = datetime.now(UTC).replace(microsecond=0)
NOW_US = int(NOW.timestamp()) * S
DAY = 86_400 * S
GAPS = "SELECT missing, first_seq, last_seq FROM delivery_gap"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reading_days": 36}, "retention.reading_days"),  # a week and thirty days are 37
        ({"reading_days": 366, "hourly_days": 370}, "retention.hourly_days"),
        ({"daily_days": 730}, "retention.daily_days"),
        ({"delivery_days": 91}, "retention.reading_days"),
        ({"event_days": 29}, "retention.event_days"),
    ],
)
def test_settings_that_would_delete_what_is_needed_are_refused(changes: dict[str, int], field: str) -> None:
    retention.refuse_unfit(Retention())
    with pytest.raises(ConfigError, match=f"{field}: .* set at least") as refused:
        retention.refuse_unfit(replace(Retention(), **changes))
    assert refused.value.data["field"] == field


async def sweep(database: TestDatabase, chosen: Retention | None = None, *, now: datetime = NOW) -> dict[str, int]:
    async with connected(database.ingest.conninfo(), program="test", statement_timeout_s=20) as connection:
        kept = chosen or Retention()
        weeks = await retention.drop(connection, now - kept.of("reading"))
        return ({"week": weeks} if weeks else {}) | await retention.sweep(connection, kept, now)


async def refresh(database: TestDatabase) -> None:
    async with connected(database.ingest.conninfo(), program="test", statement_timeout_s=20) as connection:
        await rollups.refresh(connection, at=NOW)


@servers
async def test_weeks_go_whole_and_rollups_stay(desk: Desk) -> None:
    ages = (120, 95, 80, 1)
    for seq, age in enumerate(ages):
        await desk.store(pack(reading(float(age), NOW_US - age * DAY), seq=seq, received_us=NOW_US - age * DAY))
    await refresh(desk.database)
    assert (await sweep(desk.database))["week"] >= 1
    floor = monday(week_of(NOW_US - 90 * DAY))
    assert desk.rows("SELECT floor FROM rollup_state") == [(floor,)]
    kept = [(float(age),) for age in ages if NOW - timedelta(days=age) >= floor]
    found = desk.rows("SELECT value FROM reading ORDER BY value DESC")
    assert found == kept if desk.database.kind == "postgresql" else found[-len(kept) :] == kept  # a chunk's week begins on another day
    assert (120.0,) not in found
    assert desk.rows("SELECT last FROM reading_1h ORDER BY last DESC") == [(float(age),) for age in ages]
    assert await sweep(desk.database) == {}


@servers
async def test_readings_that_a_rollup_still_needs_stay(desk: Desk) -> None:
    old = NOW_US - 120 * DAY
    await desk.store(pack(reading(1.0, old), seq=0, received_us=NOW_US))
    await sweep(desk.database)  # the note of its hour is still there
    assert desk.one("SELECT count(*) FROM reading") == 1
    await refresh(desk.database)
    await sweep(desk.database)
    assert desk.one("SELECT count(*) FROM reading") == 0
    assert desk.rows("SELECT last FROM reading_1d") == [(1.0,)]


@servers
async def test_a_stolen_password_empties_no_table(desk: Desk) -> None:
    await desk.store(pack(reading(1.0, NOW_US), received_us=NOW_US))
    await desk.store(message("ward/x", b"?", NOW_US), event(fault(), seq=2))
    await refresh(desk.database)
    await sweep(desk.database, now=NOW + timedelta(days=40_000))
    assert desk.one("SELECT count(*) FROM reading") == 1
    assert desk.one("SELECT count(*) FROM dead_letter") == 1
    assert desk.one("SELECT count(*) FROM delivery") == 1 + 1


@servers
async def test_misdated_readings_events_and_dead_letters_go_by_the_time_they_were_received(desk: Desk) -> None:
    old, new = NOW_US - 800 * DAY, NOW_US - DAY
    for received in (old, new):
        await desk.store(pack(reading(1.0, received + 100 * DAY, quantity=f"q{received}"), seq=received, received_us=received))
        await desk.store(message("ward/x", str(received).encode(), received))
        happened = event(replace(fault(), time=datetime.fromtimestamp(received / S, UTC)), seq=received)
        await desk.store(message(happened.envelope.topic, happened.envelope.payload, received))
    found = await sweep(desk.database)
    assert {kind: found[kind] for kind in ("misdated", "dead_letter", "event")} == {"misdated": 1, "dead_letter": 1, "event": 1}
    for table in ("reading_misdated", "dead_letter", "event"):
        assert desk.one(f"SELECT count(*) FROM {table}") == 1


@servers
async def test_what_an_ingester_with_a_clock_decades_behind_received_is_kept_by_its_own_time(desk: Desk) -> None:
    await desk.store(pack(reading(1.0, NOW_US - DAY), received_us=10_000 * DAY))
    happened = event(replace(fault(), time=NOW - timedelta(days=1)), seq=2)
    await desk.store(message(happened.envelope.topic, happened.envelope.payload, 10_000 * DAY))
    assert desk.rows("SELECT received < '2000-01-01' FROM reading_misdated UNION ALL SELECT received < '2000-01-01' FROM event") == [
        (True,),
        (True,),
    ]
    await sweep(desk.database)
    assert desk.rows("SELECT value FROM reading_misdated") == [(1.0,)]
    assert desk.one("SELECT count(*) FROM event") == 1


@servers
async def test_rollups_go_by_their_time_but_never_where_readings_are(desk: Desk) -> None:
    with psycopg.connect(desk.database.superuser) as connection:
        for table in ("rollup_1h", "rollup_1d"):
            for age in (5_000, 800, 10):
                connection.execute(f"INSERT INTO {table} VALUES (1, now() - {age} * INTERVAL '1 day', 1, 1, 1, 1, 1, now())".encode())
        connection.execute("UPDATE rollup_state SET done = now() - INTERVAL '900 days'")
    assert await sweep(desk.database) == {"hourly": 1, "daily": 1}  # nothing later was dropped yet, so readings may be there
    with psycopg.connect(desk.database.superuser) as connection:
        connection.execute("UPDATE rollup_state SET done = upto")
    assert await sweep(desk.database) == {"hourly": 1}


@servers
async def test_a_forgotten_pack_that_comes_again_counts_for_nothing(desk: Desk) -> None:
    long_ago = NOW_US - 40 * DAY
    packs = {seq: pack(reading(float(seq), long_ago + seq * S), seq=seq, received_us=long_ago) for seq in (0, 1, 3)}
    await desk.store(*packs.values())
    await desk.store(*(pack(reading(float(seq), NOW_US - seq * S), seq=seq, received_us=NOW_US) for seq in (4, 5, 7)))
    assert desk.rows(GAPS) == [(2, 0, 7)]
    assert await sweep(desk.database) == {"delivery": 3}
    assert desk.rows(GAPS) == [(1, 4, 7)]  # from the first that is kept
    again = pack(reading(1.0, long_ago + S), seq=1, received_us=NOW_US)
    assert await desk.store(again) == {("b1", 1): Outcome.STORED}
    assert desk.rows(GAPS) == [(1, 4, 7)]
    assert desk.one("SELECT count(*) FROM reading_all") == 6
    await desk.store(pack(reading(0.0, long_ago), seq=0, received_us=long_ago + DAY))
    assert await sweep(desk.database) == {"delivery": 1}  # one that was not counted
    assert desk.rows(GAPS) == [(1, 4, 7)]


@servers
async def test_a_boot_of_which_nothing_is_left_is_forgotten(desk: Desk) -> None:
    old = NOW_US - 40 * DAY
    await desk.store(pack(reading(1.0, old), seq=5, received_us=old, gateway=Gateway("vp-test", "gw-2")))
    assert await sweep(desk.database) == {"delivery": 1}
    assert desk.one("SELECT count(*) FROM delivery_boot") == 0


@servers
async def test_a_chart_being_read_delays_the_drop_and_nobody_else_for_long(plain_spine: TestDatabase) -> None:
    desk = Desk(plain_spine)
    await desk.store(pack(reading(1.0, NOW_US - 120 * DAY), received_us=NOW_US - 120 * DAY))
    await refresh(plain_spine)
    with psycopg.connect(plain_spine.superuser) as chart:
        chart.execute("SELECT count(*) FROM reading")
        with pytest.raises(StorageError):
            await sweep(plain_spine)
        assert desk.one("SELECT count(*) FROM reading") == 1
    assert (await sweep(plain_spine))["week"] == 1
    await desk.session.close()
