"""The center without its database or its broker: it says so, goes on, and heals by itself."""

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from tests.center.running import RunningCenter, eventually, pages, settings
from tests.center.ward import Ward, see
from tests.conftest import Server
from tests.servers.broker import TestBroker
from tests.servers.databases import TestDatabase

pytestmark = pytest.mark.servers


async def test_a_center_that_starts_before_the_database_waits_for_it_and_says_so(
    migrated: TestDatabase, postgresql_server: Server, broker: TestBroker, tmp_path: Path
) -> None:
    center = RunningCenter(settings(migrated.center, broker.broker("center"), web=pages(tmp_path)), migrated)
    postgresql_server[1].stop()
    try:
        center.serve()
        await eventually(lambda: center.health_is("database: the picture is not loaded yet"))
        sign_in = await center.sign_in(center.client)
    finally:
        postgresql_server[1].start()
    async with center:
        assert (sign_in.status_code, sign_in.json()["type"]) == (503, "storage-gone")
        assert (await center.client.get("/api/v1/sites")).status_code == 200


async def test_a_broker_that_restarts_is_found_again_and_screens_stay(center: RunningCenter, ward: Ward, broker: TestBroker) -> None:
    ward.seed(back="1 minute")
    await see(center)
    async with center.screen() as screen:
        await screen.start()
        broker.stop()
        await eventually(lambda: center.health_is("broker: not connected"))
        broker.start()
        await center.until_whole()
        async with ward.session:
            await ward.session.wait_connected()
            await ward.read(21.5)
            await screen.sees(lambda model: model.readings[1].value == 21.5)

        assert screen.model.snapshots == 1


async def test_a_center_without_its_tables_says_what_to_run(plain_database: TestDatabase, broker: TestBroker, tmp_path: Path) -> None:
    center = RunningCenter(settings(plain_database.center, broker.broker("center"), web=pages(tmp_path)), plain_database)
    center.serve()
    await eventually(lambda: center.health_is("database: the picture is not loaded yet"))
    answer = await center.client.post("/api/v1/session", json={"account": "a", "password": "b"})
    await center.leave()

    assert (answer.status_code, answer.json()["type"]) == (503, "schema-missing")
    assert "wardroom db upgrade" in answer.json()["detail"]


async def test_a_database_that_goes_away_and_returns_is_two_lines_of_the_log(center: RunningCenter, postgresql_server: Server) -> None:
    with capture_logs() as said:
        postgresql_server[1].kill()
        try:
            await eventually(lambda: center.health_is("database: cannot be reached"))
            answers = [(await center.client.get("/api/v1/sites")).status_code for _ in range(3)]
        finally:
            postgresql_server[1].start()
        await eventually(lambda: center.health_is("ok"))

    assert answers == [503] * 3
    assert [line["event"] for line in said if "database" in line["event"]] == ["database gone, trying again", "database answers"]
