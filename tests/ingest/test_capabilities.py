"""What the database offers, found; and what only the community edition has: weeks that are compressed and still take late readings."""

from datetime import UTC, datetime

import psycopg
import pytest

from ingest import capabilities, rollups
from ingest.capabilities import Edition
from ingest.database import connected
from tests.ingest.factories import Desk, S, pack, reading
from tests.servers.databases import TestDatabase
from wardroom.messages import Outcome

pytestmark = pytest.mark.servers

KINDS = {"postgresql": Edition.POSTGRESQL, "timescaledb": Edition.APACHE, "community": Edition.COMMUNITY}
NOW_US = int(datetime.now(UTC).timestamp()) * S
DAY = 86_400 * S
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
