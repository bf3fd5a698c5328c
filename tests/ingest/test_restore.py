"""A backup comes back whole or not at all, on the server it came from or on the other, from every earlier version."""

import asyncio
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from msgspec import structs

from ingest import backup_file, migrate
from ingest.backup import backup
from ingest.restore import LEAP, restore
from tests.ingest.test_migrate import TABLES, copied
from tests.promises import catalogue
from tests.promises.scale import FULL, note, some
from tests.servers.databases import DatabaseServer, TestDatabase
from tests.servers.wire_cutter import Moment, WireCutter
from wardroom.errors import SchemaError, StorageError

pytestmark = pytest.mark.servers

LISTED = """
SELECT oid::regclass::text FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition"""


@pytest.fixture(params=["postgresql", "timescaledb"])
def other(request: pytest.FixtureRequest) -> DatabaseServer:
    """The server to restore on."""
    server, running = request.getfixturevalue(f"{request.param}_server")
    running.start()
    made: DatabaseServer = server
    return made


def rows(database: TestDatabase) -> dict[str, tuple[object, ...]]:
    """Return how many rows each table has and what they are."""
    with psycopg.connect(database.superuser) as connection:
        names = [name for (name,) in connection.execute(LISTED.encode()).fetchall() if name not in {"session", "schema_file"}]
        query = "SELECT count(*), md5(string_agg(t::text, ';' ORDER BY t::text)) FROM {} t"
        return {name: connection.execute(query.format(name).encode()).fetchone() or () for name in names}


def is_empty(database: TestDatabase) -> bool:
    with psycopg.connect(database.superuser) as connection:
        return connection.execute(
            "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v')"
        ).fetchone() == (0,)


async def test_everything_comes_back_on_either_server(spine: TestDatabase, other: DatabaseServer, tmp_path: Path) -> None:
    catalogue.fill(spine)
    path, manifest = await backup(spine.owner.conninfo(), tmp_path)
    with other.database() as fresh, other.database() as restored:
        await migrate.upgrade(fresh.owner.conninfo())
        done = await restore(restored.owner.conninfo(), path)
        assert rows(restored) == rows(spine)
        expected, found = catalogue.read(fresh), catalogue.read(restored)
    without_weeks = {name: [line for line in lines if "reading_202" not in line] for name, lines in found.parts.items()}
    assert (without_weeks, found.notes) == (expected.parts, expected.notes)
    assert (done.tables, done.left) == (manifest.tables, ())


@pytest.mark.parametrize("version", range(1, len(TABLES)))
async def test_a_backup_of_every_earlier_version_comes_back_upgraded(
    database: TestDatabase, other: DatabaseServer, tmp_path: Path, version: int
) -> None:
    await migrate.upgrade(database.owner.conninfo(), copied(tmp_path / "old", version))
    catalogue.fill(database)
    path, _ = await backup(database.owner.conninfo(), tmp_path / "ward.zip")
    with other.database() as restored:
        await restore(restored.owner.conninfo(), path)
        catalogue.check_rows(restored)
        assert {each.state for each in await migrate.status(restored.owner.conninfo())} == {migrate.State.RAN}
        assert await migrate.upgrade(restored.owner.conninfo()) == []


async def test_numbers_go_on_and_events_leap_over_what_came_after_the_backup(
    spine: TestDatabase, other: DatabaseServer, tmp_path: Path
) -> None:
    catalogue.fill(spine)
    with psycopg.connect(spine.superuser) as connection:
        connection.execute("DELETE FROM wall_token")  # a number that was given is not given again
    path, _ = await backup(spine.owner.conninfo(), tmp_path)
    with other.database() as restored:
        await restore(restored.owner.conninfo(), path)
        with psycopg.connect(restored.owner.conninfo()) as connection:
            columns = "source, id, site, gateway, type, time, received, offline, data"
            event = (
                f"INSERT INTO event ({columns}) SELECT 'x', id, '', '', '', now(), now(), false, '{{}}' FROM event LIMIT 1 RETURNING seq"
            )
            token = "INSERT INTO wall_token (label, token_hash, created_by) VALUES ('x', sha256('x'), 'x') RETURNING id"
            series = "INSERT INTO series (site, gateway, sensor, quantity, unit) VALUES ('', '', '', '', '') RETURNING id"
            assert connection.execute(event.encode()).fetchone() == (21 + LEAP["event", "seq"],)
            assert (connection.execute(token.encode()).fetchone(), connection.execute(series.encode()).fetchone()) == ((2,), (6,))


async def test_a_database_that_is_not_empty_is_refused_and_stays_as_it_is(
    spine: TestDatabase, other: DatabaseServer, tmp_path: Path
) -> None:
    path, _ = await backup(spine.owner.conninfo(), tmp_path)
    with other.database() as taken:
        await migrate.upgrade(taken.owner.conninfo())
        catalogue.fill(taken)
        before = rows(taken)
        with pytest.raises(SchemaError, match=r"is not empty \(there is a table .* nothing was changed"):
            await restore(taken.owner.conninfo(), path)
        assert rows(taken) == before


async def test_a_table_that_is_none_of_ours_is_left_out_and_named(plain_spine: TestDatabase, other: DatabaseServer, tmp_path: Path) -> None:
    with psycopg.connect(plain_spine.owner.conninfo()) as connection:
        connection.execute("CREATE TABLE theirs (note text)")
    path, _ = await backup(plain_spine.owner.conninfo(), tmp_path)
    with other.database() as restored:
        assert (await restore(restored.owner.conninfo(), path)).left == ("theirs",)


async def test_columns_that_are_none_of_ours_are_refused_whole(plain_spine: TestDatabase, other: DatabaseServer, tmp_path: Path) -> None:
    with psycopg.connect(plain_spine.owner.conninfo()) as connection:
        connection.execute("ALTER TABLE site ADD COLUMN theirs text")
    path, _ = await backup(plain_spine.owner.conninfo(), tmp_path)
    with other.database() as restored:
        with pytest.raises(SchemaError, match="table site has columns that this schema does not have"):
            await restore(restored.owner.conninfo(), path)
        assert is_empty(restored)


async def test_a_manifest_without_a_schema_is_no_backup(plain_spine: TestDatabase, plain_database: TestDatabase, tmp_path: Path) -> None:
    _, manifest = await backup(plain_spine.owner.conninfo(), tmp_path)
    bare = tmp_path / "bare.zip"
    with backup_file.written(bare) as writer:
        writer.finish(structs.replace(manifest, files=(), tables=()))
    with pytest.raises(StorageError, match=r"is no whole backup \(no schema\)"):
        await restore(plain_database.owner.conninfo(), bare)


@pytest.mark.timeout(900 if FULL else 120)
async def test_a_restore_cut_off_at_any_request_leaves_nothing_and_can_be_repeated(
    spine: TestDatabase, other: DatabaseServer, tmp_path: Path
) -> None:
    catalogue.fill(spine)
    path, _ = await backup(spine.owner.conninfo(), tmp_path)
    with other.database() as restored:
        wire = WireCutter(restored.owner)
        async with wire.opened() as conninfo:
            await restore(conninfo, path)
    every = [(at, moment) for at in range(1, wire.requests) for moment in Moment]  # after the last, its COMMIT, it is whole
    for at, moment in some(every, 3, spine.kind, other.kind):
        with other.database() as restored:
            cutter = WireCutter(restored.owner, at, moment)
            async with cutter.opened() as conninfo:
                with suppress(StorageError):
                    await restore(conninfo, path)
                assert cutter.cut.is_set()
            assert is_empty(restored), f"after request {at}, {moment}"
            await restore(restored.owner.conninfo(), path)
            assert rows(restored) == rows(spine)
    note("restore cut at a request", of=spine.kind, on=other.kind, requests=wire.requests)


async def test_of_two_restores_at_once_one_is_refused(spine: TestDatabase, other: DatabaseServer, tmp_path: Path) -> None:
    catalogue.fill(spine)
    path, _ = await backup(spine.owner.conninfo(), tmp_path)
    with other.database() as restored:
        both = await asyncio.gather(*(restore(restored.owner.conninfo(), path) for _ in range(2)), return_exceptions=True)
        assert sorted(type(each).__name__ for each in both) == ["Restored", "SchemaError"]
        assert rows(restored) == rows(spine)
