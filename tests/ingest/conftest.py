"""A database with the schema, and a writer on it."""

from collections.abc import AsyncIterator

import pytest

from ingest import migrate
from tests.ingest.factories import Desk
from tests.servers.databases import TestDatabase


@pytest.fixture
async def spine(database: TestDatabase) -> TestDatabase:
    """A database with this program's schema, on each server."""
    await migrate.upgrade(database.owner.conninfo())
    return database


@pytest.fixture
async def plain_spine(plain_database: TestDatabase) -> TestDatabase:
    """The same on the embedded PostgreSQL only, for what no extension changes."""
    await migrate.upgrade(plain_database.owner.conninfo())
    return plain_database


@pytest.fixture
async def desk(spine: TestDatabase) -> AsyncIterator[Desk]:
    """A writer on a database with the schema, without a broker."""
    made = Desk(spine)
    yield made
    await made.session.close()
