"""An upgrade may be cut off at any moment: the database has then the schema of a whole file, every row, and the next upgrade ends it.

Whatever is cut (the connection before, while or after the server does the work, the server's process, our process), from every earlier
version, with rows in it, on both servers. The end is the schema of an upgrade that nobody disturbed.
"""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from ingest import database as databases
from ingest import migrate
from ingest.migrate import SCHEMA
from tests.ingest.factories import until
from tests.ingest.test_migrate import TABLES, copied
from tests.promises import catalogue
from tests.promises.scale import FULL, note, some
from tests.promises.statements import statements
from tests.servers.databases import DatabaseServer, TestDatabase
from tests.servers.running import Running
from tests.servers.small_disk import small_disk
from tests.servers.wire_cutter import Moment, WireCutter
from wardroom.errors import SchemaError, StorageError

pytestmark = [pytest.mark.servers, pytest.mark.timeout(1800 if FULL else 120)]

Server = tuple[DatabaseServer, Running]
AS_OWNER: Final = r"permission denied for schema public.*run 'wardroom db upgrade' as the owner"
LEFT_PAGES: Final = (0, 4, 8, 16, 32, 64, 128, 256) if FULL else (0, 16, 64)
SLEEPS: Final = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'"


@pytest.fixture(params=["postgresql", "timescaledb"])
def server(request: pytest.FixtureRequest) -> DatabaseServer:
    server, running = request.getfixturevalue(f"{request.param}_server")
    running.start()
    made: DatabaseServer = server
    return made


@dataclass(frozen=True)
class Stages:
    """What an undisturbed upgrade from one version passes through: the catalogue after each table file, and at the end."""

    tables: dict[str, catalogue.Catalogue]
    end: catalogue.Catalogue
    requests: int


class Old:
    """Databases of an earlier version with rows in them, made anew for each try."""

    known: ClassVar[dict[tuple[str, int], Stages]] = {}

    def __init__(self, server: DatabaseServer, version: int, folder: Path) -> None:
        self.server = server
        self.version = version
        self.folder = copied(folder, version) if version else None

    async def fill(self, database: TestDatabase) -> None:
        if self.folder is not None:
            await migrate.upgrade(database.owner.conninfo(), self.folder)
            catalogue.fill(database)

    async def stages(self) -> Stages:
        """Upgrade twice undisturbed, if nobody did: once file by file, once as a whole through a wire that counts."""
        if (key := (self.server.kind, self.version)) in self.known:
            return self.known[key]
        with self.server.database() as database:
            await self.fill(database)
            tables = {last(database): catalogue.read(database)}
            async with databases.connected(database.owner.conninfo(), program="test", statement_timeout_s=60) as connection:
                for file in TABLES[self.version :]:
                    await migrate.run_tables(connection, SCHEMA, file.name)
                    tables[file.name] = catalogue.read(database)
        with self.server.database() as database:
            await self.fill(database)
            wire = WireCutter(database.owner)
            async with wire.opened() as conninfo:
                await migrate.upgrade(conninfo)
            self.known[key] = Stages(tables, catalogue.read(database), wire.requests)
            return self.known[key]


def last(database: TestDatabase) -> str:
    """Return the last table file that ran, nothing before the first."""
    with psycopg.connect(database.superuser) as connection:
        if connection.execute("SELECT to_regclass('schema_file') IS NULL").fetchone() == (True,):
            return ""
        found = connection.execute("SELECT coalesce(max(name), '') FROM schema_file WHERE name <> 'views'").fetchone()
    assert found is not None
    return str(found[0])


async def check_whole(database: TestDatabase, stages: Stages, old: Old) -> None:
    """The database is at a whole file's state with every row; what is behind is known as such; the next upgrade ends it."""
    found, reached = catalogue.read(database), last(database)
    if found != stages.end:
        assert found.without_notes() == stages.tables[reached].without_notes(), f"half of a file is left after {reached!r}"
        if reached:
            await check_refused(database)
    if old.version:
        catalogue.check_rows(database)
    await migrate.upgrade(database.owner.conninfo())
    assert catalogue.read(database) == stages.end
    if old.version:
        catalogue.check_rows(database)
    async with databases.connected(database.ingest.conninfo(), program="test", statement_timeout_s=10) as connection:
        await migrate.check(connection)


async def check_refused(database: TestDatabase) -> None:
    """No ingest starts on a database that is between two versions, nor on one whose views are still to come."""
    async with databases.connected(database.owner.conninfo(), program="test", statement_timeout_s=10) as connection:
        with pytest.raises(SchemaError, match="wardroom db upgrade"):
            await migrate.check(connection)


@pytest.mark.parametrize("version", range(len(TABLES)))
async def test_an_upgrade_cut_off_at_any_request_leaves_a_whole_schema(server: DatabaseServer, tmp_path: Path, version: int) -> None:
    old = Old(server, version, tmp_path / "old")
    stages = await old.stages()
    chosen = some([(at, moment) for at in range(1, stages.requests + 1) for moment in Moment], 4, server.kind, version)
    for at, moment in chosen:
        with server.database() as database:
            await old.fill(database)
            wire = WireCutter(database.owner, at, moment)
            async with wire.opened() as conninfo:
                with suppress(StorageError):
                    await migrate.upgrade(conninfo)
                assert wire.cut.is_set()
            await until(lambda database=database: not working(database))  # type: ignore[misc]
            await check_whole(database, stages, old)
    note("upgrade cut at a request", server=server.kind, version=version, requests=stages.requests, cuts=len(chosen))


def working(database: TestDatabase) -> bool:
    """Return whether the server is still at what it was told before the cut; it notices within two seconds, or ends it."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'wardroom-db'"
    with psycopg.connect(database.superuser) as connection:
        return connection.execute(query.encode()).fetchone() != (0,)


def interrupted(folder: Path, file: Path, after: int) -> Path:
    """Return a copy of today's schema in which one file sleeps after that many of its statements."""
    made = copied(folder, len(TABLES))
    parts = statements((SCHEMA / file).read_text(encoding="utf-8"))
    (made / file).write_text("".join([*parts[:after], "\nSELECT pg_sleep(60);", *parts[after:]]), encoding="utf-8")
    return made


def places() -> Iterator[tuple[int, Path, int]]:
    """Yield every statement of every file: the version before the file, the file, how many of its statements ran."""
    for version, file in enumerate(TABLES):
        for after in range(1, len(statements(file.text)) + 1):
            yield version, Path("tables") / file.name, after
    for file in migrate.read(SCHEMA / "views"):
        for after in range(1, len(statements(file.text)) + 1):
            yield len(TABLES) - 1, Path("views") / file.name, after


async def test_an_upgrade_whose_server_process_dies_at_any_statement_leaves_a_whole_schema(server: DatabaseServer, tmp_path: Path) -> None:
    chosen = some(list(places()), 4, server.kind)
    stages: dict[int, tuple[Old, Stages]] = {}
    for number, (version, file, after) in enumerate(chosen):
        if version not in stages:
            old = Old(server, version, tmp_path / f"old-{version}")
            stages[version] = old, await old.stages()
        with server.database() as database:
            await stages[version][0].fill(database)
            task = asyncio.create_task(migrate.upgrade(database.owner.conninfo(), interrupted(tmp_path / f"cut-{number}", file, after)))
            await asyncio.to_thread(end_sleeper, database)
            with pytest.raises(StorageError):
                await task
            assert last(database) == (TABLES[-1].name if file.parent.name == "views" else TABLES[version - 1].name if version else "")
            await check_whole(database, stages[version][1], stages[version][0])
    note("upgrade killed at a statement", server=server.kind, statements=len(chosen))


def end_sleeper(database: TestDatabase) -> None:
    with psycopg.connect(database.superuser, autocommit=True) as connection:
        for _ in range(600):
            if found := connection.execute(SLEEPS.encode()).fetchall():
                connection.execute("SELECT pg_terminate_backend(%s, 5000)", found[0])
                return
            connection.execute("SELECT pg_sleep(0.02)")
    pytest.fail("the upgrade never came to where it sleeps")


async def test_an_upgrade_killed_as_a_process_leaves_a_whole_schema(server: DatabaseServer, tmp_path: Path) -> None:
    version = len(TABLES) - 1
    old = Old(server, version, tmp_path / "old")
    stages = await old.stages()
    for at in some(range(1, stages.requests + 1), 2, server.kind):
        with server.database() as database:
            await old.fill(database)
            wire = WireCutter(database.owner, at, Moment.DURING)
            async with wire.opened() as conninfo:
                process = await asyncio.to_thread(command, database, conninfo, tmp_path / "db.toml")
                await asyncio.wait_for(wire.cut.wait(), 30)
                process.kill()
                await asyncio.to_thread(process.wait, 10)
            await until(lambda database=database: not working(database))  # type: ignore[misc]
            await check_whole(database, stages, old)


def command(database: TestDatabase, conninfo: str, config: Path) -> "subprocess.Popen[bytes]":
    """Start `wardroom db upgrade`, its way to the server through the wire."""
    login = database.owner
    place = f"host = '127.0.0.1'\nport = {conninfo_to_dict(conninfo)['port']}\nname = '{login.name}'\n"
    config.write_text(f"[database]\n{place}user = '{login.user}'\npassword = '{login.password.reveal()}'\n", encoding="utf-8")
    line = (sys.executable, "-c", "from wardroom.cli import main; main()", "db", "upgrade", "--config", str(config))
    return subprocess.Popen(line, env={"PGSSLMODE": "disable", "PGGSSENCMODE": "disable"}, stderr=subprocess.DEVNULL)


async def test_views_that_a_table_file_took_away_are_missed_though_their_files_did_not_change(
    plain_database: TestDatabase, tmp_path: Path
) -> None:
    folder = copied(tmp_path / "next", len(TABLES))
    await migrate.upgrade(plain_database.owner.conninfo(), folder)
    (folder / "tables" / "999_next.sql").write_text("DROP VIEW delivery_gap;", encoding="utf-8")
    async with databases.connected(plain_database.owner.conninfo(), program="test", statement_timeout_s=10) as connection:
        await migrate.run_tables(connection, folder)
        with pytest.raises(SchemaError, match="views are not this program's"):
            await migrate.check(connection, folder)
        await migrate.run_views(connection, folder)
        await migrate.check(connection, folder)


async def test_an_upgrade_beside_another_that_takes_long_says_so_and_changes_nothing(plain_database: TestDatabase) -> None:
    async with databases.connected(plain_database.owner.conninfo(), program="test", statement_timeout_s=60) as other:
        await migrate.lock(other)
        with pytest.raises(SchemaError, match="another upgrade or restore of this database is still at work"):
            await migrate.upgrade(plain_database.owner.conninfo(), wait_s=0.2)
    assert last(plain_database) == ""
    assert await migrate.upgrade(plain_database.owner.conninfo(), wait_s=0.2) == [file.name for file in TABLES]


async def test_an_upgrade_without_the_owners_rights_says_whose_they_are_and_changes_nothing(server: DatabaseServer, tmp_path: Path) -> None:
    old = Old(server, len(TABLES) - 1, tmp_path / "old")
    with server.database() as database:
        with pytest.raises(SchemaError, match=AS_OWNER):
            await migrate.upgrade(database.ingest.conninfo())
        await old.fill(database)
        before = catalogue.read(database)
        with pytest.raises(SchemaError, match=AS_OWNER):
            await migrate.upgrade(database.ingest.conninfo())
        assert catalogue.read(database) == before


async def test_an_upgrade_while_a_program_holds_a_table_gives_up_and_changes_nothing(server: DatabaseServer, tmp_path: Path) -> None:
    folder = copied(tmp_path / "next", len(TABLES))
    (folder / "tables" / "999_next.sql").write_text(
        "CREATE TABLE made (id int);\nALTER TABLE series ADD COLUMN note text;\n", encoding="utf-8"
    )
    with server.database() as database:
        await migrate.upgrade(database.owner.conninfo())
        before = catalogue.read(database)
        with psycopg.connect(database.ingest.conninfo()) as busy:
            busy.execute("SELECT count(*) FROM series")
            with pytest.raises(StorageError, match="lock timeout"):
                await migrate.upgrade(database.owner.conninfo(), folder, wait_s=0.2)
        assert catalogue.read(database) == before
        assert await migrate.upgrade(database.owner.conninfo(), folder) == ["999_next.sql"]


@pytest.mark.skipif(os.geteuid() != 0, reason="may be skipped: root's case")
async def test_an_upgrade_on_a_full_disk_leaves_a_whole_schema(postgresql_server: tuple[DatabaseServer, Running], tmp_path: Path) -> None:
    server, running = postgresql_server
    running.start()
    old = Old(server, 1, tmp_path / "old")  # there is much to write from there; the newest file alone may fit into what is left
    stages = await old.stages()
    full = 0
    with small_disk(server, running) as disk:
        for left in LEFT_PAGES:
            with server.database() as database:
                await old.fill(database)
                disk.take(database)
                with disk.filled(left_pages=left):
                    try:
                        await migrate.upgrade(database.owner.conninfo())
                    except StorageError:  # full in the middle of a file, or before a session could start
                        full += 1
                await check_whole(database, stages, old)
    assert full > len(LEFT_PAGES) // 3
