"""The embedded PostgreSQL: durable, signed in to, up again after everything, data kept."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest

from tests.servers.places import remove_home, silent
from wardroom.embedded import binaries
from wardroom.embedded.cluster import HOST, Cluster
from wardroom.embedded.folders import prepare
from wardroom.embedded.ports import free_port
from wardroom.embedded.postgres import Postgres
from wardroom.embedded.provision import CENTER, INGEST, OWNER, Roles
from wardroom.errors import EmbeddedError

pytestmark = pytest.mark.servers

ROLES = Roles(owner="o'w\\n", ingest="in gest", center='c"')


@pytest.fixture
async def folder(tmp_path: Path) -> AsyncIterator[Path]:
    made = tmp_path / "a demo" / "database"
    yield made
    remove_home(prepare(made, silent))


def _postgres(folder: Path) -> Postgres:
    return Postgres(folder, free_port(), log=folder.parent / "database.log", announce=silent)


def _connect(postgres: Postgres, role: str, password: str) -> psycopg.Connection:
    return psycopg.connect(host=HOST, port=postgres.port, dbname="wardroom", user=role, password=password, autocommit=True)


async def test_it_is_provisioned_kept_and_found_again(folder: Path) -> None:
    async with _postgres(folder) as postgres:
        for _ in range(2):  # idempotent
            await postgres.provision(ROLES)
        with _connect(postgres, OWNER, ROLES.owner) as owner:
            owner.execute("CREATE TABLE kept (v vector(3))")
            owner.execute("INSERT INTO kept VALUES ('[1,2,3]')")
    async with _postgres(folder) as postgres:
        await postgres.provision(ROLES)
        with _connect(postgres, OWNER, ROLES.owner) as owner:
            assert owner.execute("SELECT v::text FROM kept").fetchone() == ("[1,2,3]",)


async def test_everybody_signs_in_and_may_only_what_is_granted(folder: Path) -> None:
    async with _postgres(folder) as postgres:
        await postgres.provision(ROLES)
        for role, password in ROLES.passwords().items():
            with _connect(postgres, role, password) as connection:
                assert connection.execute("SELECT current_user").fetchone() == (role,)
            with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
                _connect(postgres, role, "wrong")
        with pytest.raises(psycopg.OperationalError, match="no password supplied"):
            psycopg.connect(host=HOST, port=postgres.port, dbname="postgres", user="postgres")
        for role, password in ((INGEST, ROLES.ingest), (CENTER, ROLES.center)):
            with _connect(postgres, role, password) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("CREATE TABLE mine (x int)")


async def test_a_changed_password_is_set(folder: Path) -> None:
    async with _postgres(folder) as postgres:
        await postgres.provision(ROLES)
        await postgres.provision(Roles(owner="new", ingest=ROLES.ingest, center=ROLES.center))
        _connect(postgres, OWNER, "new").close()
        with pytest.raises(psycopg.OperationalError):
            _connect(postgres, OWNER, ROLES.owner)


async def test_what_was_committed_outlives_a_kill_and_the_supervision_starts_it_again(folder: Path) -> None:
    async with _postgres(folder) as postgres:
        await postgres.provision(ROLES)
        with _connect(postgres, OWNER, ROLES.owner) as owner:
            owner.execute("CREATE TABLE kept AS SELECT 42 AS x")
            before = postgres.pid
            assert before is not None
            os.kill(before, 9)
        async with asyncio.timeout(20):
            while postgres.process.restarts == 0:  # noqa: ASYNC110 - nobody but this test waits for it
                await asyncio.sleep(0.01)
            await postgres.process.wait_ready()
        assert postgres.pid != before
        with _connect(postgres, OWNER, ROLES.owner) as owner:
            assert owner.execute("SELECT x FROM kept").fetchone() == (42,)


async def test_it_is_durable_and_reached_by_tcp_alone(folder: Path) -> None:
    wanted = {
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "listen_addresses": HOST,
        "unix_socket_directories": "",
        "password_encryption": "scram-sha-256",
        "data_checksums": "on",
    }
    async with _postgres(folder) as postgres:
        with psycopg.connect(postgres.superuser) as connection:
            for name, value in wanted.items():
                assert connection.execute("SELECT current_setting(%s)", (name,)).fetchone() == (value,), name
            methods = {row[0] for row in connection.execute("SELECT auth_method FROM pg_hba_file_rules").fetchall()}
        assert methods == {"scram-sha-256"}


async def test_the_superusers_password_is_the_owners_alone(folder: Path) -> None:
    async with _postgres(folder) as postgres:
        file = postgres.cluster.place.path / "superuser"
        assert file.stat().st_mode & 0o777 == 0o600
        assert postgres.cluster.password not in (folder.parent / "database.log").read_text(encoding="utf-8")
        assert postgres.cluster.password not in repr(postgres.cluster)


async def test_a_stale_lock_whose_number_is_another_process_now_stops_nothing(folder: Path) -> None:
    async with _postgres(folder) as postgres:
        data = postgres.cluster.data
    lock = data / "postmaster.pid"
    lock.write_text(f"{os.getpid()}\n{data}\n1\n{postgres.port}\n\n{HOST}\n  1 2\nready   \n", encoding="utf-8")
    os.chown(lock, postgres.cluster.place.owner.uid, postgres.cluster.place.owner.gid)
    async with _postgres(folder) as again:
        assert again.pid is not None


async def test_an_interrupted_creation_is_begun_anew(folder: Path) -> None:
    place = prepare(folder, silent)
    (place.path / "data.part" / "base").mkdir(parents=True)
    async with _postgres(folder) as postgres:
        assert postgres.pid is not None
    assert not (place.path / "data.part").exists()


async def test_a_taken_port_is_one_clear_sentence(folder: Path) -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(EmbeddedError, match=f"port {port} for the database is taken"):
            await Postgres(folder, port, log=folder.parent / "log", announce=silent).__aenter__()


async def test_a_second_server_on_the_same_data_is_refused(folder: Path) -> None:
    async with _postgres(folder) as postgres:
        place = postgres.cluster.place
        second = Cluster(place=place, programs=binaries.find(place), port=free_port(), log=folder.parent / "log", patience_s=0.2)
        with pytest.raises(EmbeddedError, match=f"process {postgres.pid}"):
            second.clear_stale()
