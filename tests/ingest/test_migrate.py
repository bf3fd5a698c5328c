"""Upgrades: from nothing, from every earlier version with data in it, interrupted, refused."""

import asyncio
import re
import shutil
from pathlib import Path

import psycopg
import pytest

from ingest import migrate
from ingest.migrate import SCHEMA, FileState, State
from ingest.settings import Ingest
from tests.ingest.factories import settings, until
from tests.ingest.process import Process
from tests.servers.broker import TestBroker
from tests.servers.databases import TestDatabase
from wardroom.errors import SchemaError, StorageGone

TABLES = migrate.read(SCHEMA / "tables")
KILL = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'CREATE TABLE half%' AND datname = current_database()"""
VIEWS_002 = Path(__file__).parent / "views_002"
"""The views as they were up to 002, which 003 has to take away."""
servers = pytest.mark.servers


def copied(folder: Path, tables: int) -> Path:
    """Return a schema folder as it was when it had that many table files."""
    shutil.copytree(SCHEMA, folder, dirs_exist_ok=True)
    for file in TABLES[tables:]:
        (folder / "tables" / file.name).unlink()
    if tables < 3:
        shutil.rmtree(folder / "views")
        shutil.copytree(VIEWS_002, folder / "views")
    return folder


def test_every_table_file_is_frozen_by_its_checksum() -> None:
    frozen = (SCHEMA / "tables" / "frozen.txt").read_text(encoding="utf-8").splitlines()
    assert frozen == [f"{file.checksum}  {file.name}" for file in TABLES]


def test_table_files_are_numbered_without_holes() -> None:
    assert [file.name[:3] for file in TABLES] == [f"{number:03}" for number in range(1, len(TABLES) + 1)]
    assert all(re.fullmatch(r"[0-9]{3}_[a-z0-9_]+\.sql", file.name) for file in TABLES)


@servers
async def test_an_upgrade_runs_each_table_file_once(database: TestDatabase) -> None:
    assert await migrate.upgrade(database.owner.conninfo()) == [file.name for file in TABLES]
    assert await migrate.upgrade(database.owner.conninfo()) == []
    assert {each.state for each in await migrate.status(database.owner.conninfo())} == {State.RAN}


@servers
async def test_status_changes_nothing(plain_database: TestDatabase) -> None:
    assert {each.state for each in await migrate.status(plain_database.owner.conninfo())} == {State.PENDING}
    assert {each.state for each in await migrate.status(plain_database.owner.conninfo())} == {State.PENDING}


@servers
@pytest.mark.parametrize("version", range(1, len(TABLES)))
async def test_data_survives_the_upgrade_from_every_earlier_version(database: TestDatabase, tmp_path: Path, version: int) -> None:
    await migrate.upgrade(database.owner.conninfo(), copied(tmp_path / "old", version))
    with psycopg.connect(database.ingest.conninfo()) as connection:
        if version >= 3:
            connection.execute("SELECT make_reading_partition('2027-01-01Z')")
        connection.execute("INSERT INTO reading VALUES (1, '2027-01-01 00:00:00.000001Z', 21.5, 0, '2027-01-01Z')")
    assert await migrate.upgrade(database.owner.conninfo()) == [file.name for file in TABLES[version:]]
    with psycopg.connect(database.center.conninfo()) as connection:
        assert connection.execute("SELECT value FROM reading").fetchall() == [(21.5,)]


@servers
async def test_a_file_that_fails_is_undone_whole_and_the_next_upgrade_goes_on(plain_database: TestDatabase, tmp_path: Path) -> None:
    folder = copied(tmp_path / "schema", len(TABLES))
    broken = folder / "tables" / f"{len(TABLES) + 1:03}_broken.sql"
    broken.write_text("CREATE TABLE half (id int);\nSELECT 1 / 0;\n", encoding="utf-8")
    with pytest.raises(SchemaError, match=rf"{broken.name} failed and was undone: division by zero"):
        await migrate.upgrade(plain_database.owner.conninfo(), folder)
    with psycopg.connect(plain_database.superuser) as connection:
        assert connection.execute("SELECT to_regclass('half')").fetchall() == [(None,)]
    broken.write_text("CREATE TABLE half (id int);\n", encoding="utf-8")
    assert await migrate.upgrade(plain_database.owner.conninfo(), folder) == [broken.name]


@servers
async def test_an_upgrade_killed_in_the_middle_of_a_file_can_be_repeated(plain_database: TestDatabase, tmp_path: Path) -> None:
    folder = copied(tmp_path / "schema", len(TABLES))
    slow = folder / "tables" / f"{len(TABLES) + 1:03}_slow.sql"
    slow.write_text("CREATE TABLE half (id int);\nSELECT pg_sleep(30);\n", encoding="utf-8")
    task = asyncio.create_task(migrate.upgrade(plain_database.owner.conninfo(), folder))
    with psycopg.connect(plain_database.superuser, autocommit=True) as connection:
        killed = False
        while not killed:
            await asyncio.sleep(0.05)
            killed = bool(connection.execute(KILL.encode()).fetchall())
    with pytest.raises(StorageGone):
        await task
    slow.write_text("CREATE TABLE half (id int);\n", encoding="utf-8")
    assert await migrate.upgrade(plain_database.owner.conninfo(), folder) == [slow.name]


@servers
async def test_a_schema_newer_than_the_program_is_refused(plain_database: TestDatabase, tmp_path: Path) -> None:
    folder = copied(tmp_path / "newer", len(TABLES))
    (folder / "tables" / "999_future.sql").write_text("SELECT 1;", encoding="utf-8")
    await migrate.upgrade(plain_database.owner.conninfo(), folder)
    with pytest.raises(SchemaError, match=r"999_future.sql, which this program does not know"):
        await migrate.upgrade(plain_database.owner.conninfo())
    assert FileState("999_future.sql", State.UNKNOWN) in await migrate.status(plain_database.owner.conninfo())


@servers
async def test_a_file_changed_after_it_ran_is_refused(plain_database: TestDatabase, tmp_path: Path) -> None:
    folder = copied(tmp_path / "schema", len(TABLES))
    await migrate.upgrade(plain_database.owner.conninfo(), folder)
    with (folder / "tables" / TABLES[0].name).open("a", encoding="utf-8") as file:
        file.write("-- one more word\n")
    with pytest.raises(SchemaError, match=rf"{TABLES[0].name} was changed after the database ran it"):
        await migrate.upgrade(plain_database.owner.conninfo(), folder)


@servers
async def test_a_file_without_a_number_is_refused(plain_database: TestDatabase, tmp_path: Path) -> None:
    folder = copied(tmp_path / "schema", len(TABLES))
    (folder / "tables" / "later.sql").write_text("SELECT 1;", encoding="utf-8")
    with pytest.raises(SchemaError, match=r"'later.sql' has no place in the order"):
        await migrate.upgrade(plain_database.owner.conninfo(), folder)


@servers
async def test_upgrades_at_the_same_time_run_each_file_once(plain_database: TestDatabase) -> None:
    conninfo = plain_database.owner.conninfo()
    first, second = await asyncio.gather(migrate.upgrade(conninfo), migrate.upgrade(conninfo))
    assert sorted(first + second) == [file.name for file in TABLES]


@servers
async def test_each_program_may_only_do_its_own(spine: TestDatabase) -> None:
    refused = {
        spine.ingest.conninfo(): ("SELECT FROM account", "DELETE FROM reading", "UPDATE reading SET value = 0", "CREATE TABLE mine ()"),
        spine.center.conninfo(): ("INSERT INTO event DEFAULT VALUES", "UPDATE latest SET value = 0", "SELECT FROM dead_letter"),
    }
    for conninfo, statements in refused.items():
        for statement in statements:
            with psycopg.connect(conninfo) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement.encode())


@servers
async def test_public_has_nothing(plain_spine: TestDatabase) -> None:
    with psycopg.connect(plain_spine.superuser) as connection:
        assert connection.execute("SELECT has_database_privilege('public', current_database(), 'CONNECT')").fetchone() == (False,)
        assert connection.execute("SELECT has_schema_privilege('public', 'public', 'USAGE')").fetchone() == (False,)
        granted = "SELECT count(*) FROM information_schema.role_table_grants WHERE grantee = 'PUBLIC' AND table_schema = 'public'"
        assert connection.execute(granted.encode()).fetchone() == (0,)


@servers
async def test_readings_are_a_hypertable_where_timescaledb_is(spine: TestDatabase) -> None:
    with psycopg.connect(spine.superuser) as connection:
        if spine.kind != "postgresql":
            chunks = "SELECT time_interval::text FROM timescaledb_information.dimensions WHERE hypertable_name = 'reading'"
            assert connection.execute(chunks.encode()).fetchall() == [("7 days",)]
        else:
            assert connection.execute("SELECT count(*) FROM pg_extension WHERE extname = 'timescaledb'").fetchone() == (0,)


@servers
@pytest.mark.parametrize("sharing", [None, "pair"])
async def test_an_upgrade_waits_for_a_running_ingest_a_moment_and_then_changes_nothing(
    spine: TestDatabase, broker: TestBroker, tmp_path: Path, sharing: str | None
) -> None:
    folder = copied(tmp_path / "next", len(TABLES))
    (folder / "tables" / "999_next.sql").write_text("CREATE TABLE made (id int);", encoding="utf-8")
    async with Process(settings(spine, broker=broker.broker("ingest"), ingest=Ingest(sharing=sharing))) as running:
        await until(lambda: "database ready" in running.errors())
        with pytest.raises(SchemaError, match=r"an ingest still writes to database '\w+' \(server process \d+\); stop every ingest"):
            await migrate.upgrade(spine.owner.conninfo(), folder, quiet_s=0.3)
        assert FileState("999_next.sql", State.PENDING) in await migrate.status(spine.owner.conninfo(), folder)
        upgrade = asyncio.create_task(migrate.upgrade(spine.owner.conninfo(), folder))
        await asyncio.sleep(0.3)
        running.stop()

        assert await upgrade == ["999_next.sql"]
        assert await running.ended() == 0
