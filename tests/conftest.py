"""Fixtures of every test: real servers, once a session, and a database of its own for each test.

A server that cannot be had skips its tests with the reason; with ``WARDROOM_TESTS_MUST_RUN=1`` such a skip is a failure.
"""

import logging
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

import pytest
import structlog

from tests.servers.broker import TestBroker
from tests.servers.databases import DatabaseServer, TestDatabase
from tests.servers.postgresql import embedded
from tests.servers.running import Running
from tests.servers.timescaledb import NoTimescale, community_root, timescaledb
from wardroom.embedded.mosquitto import find_program
from wardroom.errors import EmbeddedError

pytest_plugins = ("tests.servers.must_run",)

Server = tuple[DatabaseServer, Running]


@pytest.fixture(autouse=True)
def _log_as_before() -> Iterator[None]:
    """What a command that ran in this process logs to is closed after its test: the next one gets what was there before."""
    root, events = logging.getLogger(), structlog.get_config()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.configure(**events)


@pytest.fixture(scope="session")
def broker_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestBroker]:
    """A Mosquitto with the product's rights, up for the whole session; take `broker` instead, which starts it again if a test broke it."""
    if find_program("mosquitto") is None or find_program("mosquitto_passwd") is None:
        pytest.skip("Mosquitto is not installed")
    server = TestBroker(tmp_path_factory.mktemp("broker"))
    server.start()
    yield server
    server.remove()


@pytest.fixture
def broker(broker_server: TestBroker) -> TestBroker:
    """The session's Mosquitto, up. Sites and gateways of a test should be the test's own: retained messages outlive it."""
    broker_server.start()
    return broker_server


@contextmanager
def _had(server: AbstractContextManager[Server]) -> Iterator[Server]:
    """Start a server, or skip with the reason why it cannot be had."""
    with ExitStack() as stack:
        try:
            started = stack.enter_context(server)
        except (NoTimescale, EmbeddedError) as reason:
            pytest.skip(str(reason))
        yield started


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The embedded PostgreSQL."""
    with _had(embedded(tmp_path_factory.mktemp("postgresql"))) as server:
        yield server


@pytest.fixture(scope="session")
def timescaledb_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """TimescaleDB from Debian's packages."""
    with _had(timescaledb(tmp_path_factory.mktemp("timescaledb"))) as server:
        yield server


@pytest.fixture(scope="session")
def community_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """TimescaleDB's community edition; there is no such kind of database where the environment names none."""
    with _had(timescaledb(tmp_path_factory.mktemp("community"), community_root(), "community")) as server:
        yield server


@pytest.fixture(params=["postgresql", "timescaledb", *(["community"] if community_root() else [])])
def database(request: pytest.FixtureRequest) -> Iterator[TestDatabase]:
    """A database of the test's own, once on each server: empty, or with the schema where the test asks for `spine`."""
    server, running = request.getfixturevalue(f"{request.param}_server")
    running.start()
    with server.database(schema="spine" in request.fixturenames) as made:
        yield made


@pytest.fixture
def plain_database(postgresql_server: Server, request: pytest.FixtureRequest) -> Iterator[TestDatabase]:
    """The same on the embedded PostgreSQL: empty, or with the schema where the test asks for `plain_spine` or `migrated`."""
    server, running = postgresql_server
    running.start()
    with server.database(schema=not {"plain_spine", "migrated"}.isdisjoint(request.fixturenames)) as made:
        yield made


@pytest.fixture
def database_server(database: TestDatabase, request: pytest.FixtureRequest) -> Running:
    """The process behind `database`, to stop, kill and start again."""
    running: Running = request.getfixturevalue(f"{database.kind}_server")[1]
    return running


@pytest.fixture(scope="session")
def testdata() -> Path:
    """The folder of real pictures and models."""
    folder = os.environ.get("WARDROOM_TESTDATA")
    if not folder:
        pytest.skip("WARDROOM_TESTDATA names no folder of pictures and models")
    return Path(folder)
