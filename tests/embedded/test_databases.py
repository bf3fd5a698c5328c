"""The tests' own databases: each test's alone, and no other database is ever touched."""

import msgspec
import psycopg
import pytest

from tests.servers.databases import DatabaseServer, NotATestDatabase, TestDatabase, drop
from tests.servers.running import Running
from wardroom.embedded.provision import Roles


@pytest.mark.parametrize("name", ["wardroom", "postgres", "wardroom_test_", "wardroom_test_template", "xwardroom_test_0123456789ab"])
def test_a_name_that_is_no_tests_is_refused(name: str) -> None:
    roles = Roles(owner="o", ingest="i", center="c")
    with pytest.raises(NotATestDatabase, match=name):
        TestDatabase(kind="postgresql", name=name, host="127.0.0.1", port=1, roles=roles, superuser="")
    with pytest.raises(NotATestDatabase, match=name):
        drop("host=127.0.0.1 port=1", name)


@pytest.mark.servers
def test_a_test_gets_a_database_with_its_roles_and_extensions(database: TestDatabase) -> None:
    for settings in (database.owner, database.ingest, database.center):
        with psycopg.connect(settings.conninfo()) as connection:
            assert connection.execute("SELECT current_user, current_database()").fetchone() == (settings.user, database.name)
            extensions = {row[0] for row in connection.execute("SELECT extname FROM pg_extension").fetchall()}
        assert "vector" in extensions
        assert ("timescaledb" in extensions) is (database.kind == "timescaledb")


@pytest.mark.servers
@pytest.mark.parametrize("name", ["postgres", "template1"])
def test_the_servers_own_databases_are_closed_to_the_roles(database: TestDatabase, name: str) -> None:
    for settings in (database.owner, database.ingest, database.center):
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(msgspec.structs.replace(settings, name=name).conninfo())


@pytest.mark.servers
def test_a_killed_server_comes_back_with_the_data(database: TestDatabase, database_server: Running) -> None:
    with psycopg.connect(database.owner.conninfo(), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS x")
    database_server.kill()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(database.owner.conninfo())
    database_server.start()
    with psycopg.connect(database.owner.conninfo()) as connection:
        assert connection.execute("SELECT x FROM kept").fetchone() == (1,)


@pytest.mark.servers
def test_a_database_goes_with_its_test(postgresql_server: tuple[DatabaseServer, Running]) -> None:
    server, running = postgresql_server
    running.start()
    with server.database() as made:
        open_connection = psycopg.connect(made.owner.conninfo())
    open_connection.close()
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(made.owner.conninfo())
