"""A database with the schema, and a writer on it."""

from collections.abc import AsyncIterator

import pytest

from tests.ingest.factories import Desk
from tests.servers.databases import TestDatabase


@pytest.fixture
def spine(database: TestDatabase) -> TestDatabase:
    """A database with this program's schema, on each server."""
    return database


@pytest.fixture
def plain_spine(plain_database: TestDatabase) -> TestDatabase:
    """The same on the embedded PostgreSQL only, for what no extension changes."""
    return plain_database


@pytest.fixture
async def desk(spine: TestDatabase) -> AsyncIterator[Desk]:
    """A writer on a database with the schema, without a broker."""
    made = Desk(spine)
    yield made
    await made.session.close()
