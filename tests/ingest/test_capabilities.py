"""What the database offers, found; and what only the community edition has: weeks that are compressed and still take late readings.

And why nothing else of that edition is used: what its continuous aggregates and its retention would make of readings that come late.
"""

import re
from datetime import UTC, datetime

import psycopg
import pytest

from ingest import capabilities, migrate, rollups
from ingest.capabilities import Edition
from ingest.database import connected
from ingest.retention import REFRESH_DAYS, Retention
from tests.conftest import Server
from tests.ingest.factories import Desk, S, pack, reading
from tests.servers.databases import TestDatabase
from tests.servers.timescaledb import community_root
from wardroom.messages import Outcome

pytestmark = pytest.mark.servers

KINDS = {"postgresql": Edition.POSTGRESQL, "timescaledb": Edition.APACHE, "community": Edition.COMMUNITY}
NOW_US = int(datetime.now(UTC).timestamp()) * S
DAY = 86_400 * S
CONTINUOUS = """
CREATE MATERIALIZED VIEW continuous WITH (timescaledb.continuous, timescaledb.materialized_only = false) AS
SELECT series_id, time_bucket('1 hour', time) AS bucket, count(*) FROM reading GROUP BY 1, 2 WITH NO DATA"""
REFRESHED = "SELECT add_continuous_aggregate_policy('continuous', INTERVAL '40 days', INTERVAL '2 hours', INTERVAL '1 minute')"
DROPPED = "SELECT add_retention_policy('reading', INTERVAL '50 days')"
COMPRESSED = "SELECT count(*) FROM timescaledb_information.chunks WHERE hypertable_name = 'reading' AND is_compressed"


async def test_the_edition_is_found(database: TestDatabase) -> None:
    async with connected(database.ingest.conninfo(), program="test", statement_timeout_s=5) as connection:
        found = await capabilities.find(connection)
    assert found.edition is KINDS[database.kind]
    assert found.postgresql.split(".")[0] in {"16", "17", "18"}
    assert (found.timescaledb is None) == (database.kind == "postgresql")


async def test_a_compressed_week_takes_late_readings_once(desk: Desk) -> None:
    if desk.database.kind != "community":
        with psycopg.connect(desk.database.superuser) as connection:
            settings = connection.execute("SELECT count(*) FROM pg_settings WHERE name = 'timescaledb.license' AND setting = 'timescale'")
            assert settings.fetchall() == [(0,)]
        return
    old = NOW_US - 60 * DAY
    sent = [reading(float(number), old + number * 60 * S) for number in range(200)]
    await desk.store(pack(*sent, seq=0, received_us=old + DAY))
    with psycopg.connect(desk.database.owner.conninfo(), autocommit=True) as owner:
        owner.execute("SELECT compress_chunk(c) FROM show_chunks('reading', older_than => INTERVAL '37 days') AS c")
        policies = owner.execute("SELECT count(*) FROM timescaledb_information.jobs WHERE proc_name = 'policy_compression'")
        assert policies.fetchall() == [(1,)]
    assert int(str(desk.one(COMPRESSED))) >= 1
    assert await desk.store(pack(*sent, seq=0, received_us=NOW_US)) == {("b1", 0): Outcome.ALREADY}
    late = pack(reading(-5.0, old + 30 * S), sent[7], seq=1, received_us=NOW_US)
    assert await desk.store(late) == {("b1", 1): Outcome.STORED}
    conflicting = pack(reading(-6.0, old + 30 * S), seq=2, received_us=NOW_US)
    assert await desk.store(conflicting) == {("b1", 2): Outcome.DEAD_LETTERED}
    assert desk.rows("SELECT count(*), count(DISTINCT (series_id, time)), min(value) FROM reading") == [(201, 201, -5.0)]
    async with connected(desk.database.ingest.conninfo(), program="test", statement_timeout_s=20) as connection:
        await rollups.refresh(connection)
    assert desk.rows("SELECT sum(count)::int, min(min) FROM rollup_1h") == [(201, -5.0)]


def test_a_week_is_compressed_after_the_last_late_reading_and_before_it_is_dropped() -> None:
    (days,) = re.findall(r"compress_after => INTERVAL '(\d+) days'", (migrate.SCHEMA / "community" / "100_compression.sql").read_text())
    usual = Retention()
    assert usual.late_days + REFRESH_DAYS <= int(days) < usual.reading_days - REFRESH_DAYS


@pytest.mark.skipif(community_root() is None, reason="may be skipped: no package manager carries the community edition")
async def test_a_continuous_aggregate_never_shows_what_its_policy_does_not_reach_and_a_retention_policy_spoils_hours(
    community_server: Server,
) -> None:
    old = NOW_US - 60 * DAY - (NOW_US - 60 * DAY) % (3_600 * S)
    first, second = ([reading(1.0, old + number * S) for number in some] for some in (range(30), range(30, 60)))
    with community_server[0].database() as database:
        await migrate.upgrade(database.owner.conninfo())
        desk = Desk(database)
        await desk.store(pack(*first, seq=0, received_us=old + DAY), pack(*second, seq=1, received_us=old + DAY))
        with psycopg.connect(database.owner.conninfo(), autocommit=True) as owner:
            owner.execute(CONTINUOUS)
            owner.execute("CALL refresh_continuous_aggregate('continuous', NULL, now() - INTERVAL '2 hours')")
            await desk.store(pack(reading(1.0, old + 60 * S), seq=2, received_us=NOW_US))
            _run(owner, REFRESHED)
            await _refresh(database)
            assert owner.execute("SELECT count FROM continuous").fetchall() == [(60,)]
            assert owner.execute("SELECT count FROM reading_1h").fetchall() == [(61,)]

            _run(owner, DROPPED)  # knows nothing of the floor from which on a resend is misdated
            owner.execute("DELETE FROM delivery")
            await desk.store(pack(*second, seq=1, received_us=NOW_US))
            await _refresh(database)
            assert owner.execute("SELECT count FROM reading_1h").fetchall() == [(30,)]
        await desk.session.close()


def _run(owner: psycopg.Connection, policy: str) -> None:
    ((job,),) = owner.execute(policy.encode()).fetchall()
    owner.execute("CALL run_job(%s)", (job,))


async def _refresh(database: TestDatabase) -> None:
    async with connected(database.ingest.conninfo(), program="test", statement_timeout_s=20) as connection:
        await rollups.refresh(connection)
