from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from center.room import Room
from tests.center.running import RunningCenter, pages, settings
from tests.center.ward import Ward
from tests.servers.broker import TestBroker
from tests.servers.databases import TestDatabase
from wardroom.clock import SystemClock
from wardroom.settings import Broker, Database, Secret


@pytest.fixture
def lonely(tmp_path: Path) -> Room:
    """A center whose database and broker are not there, not running."""
    database = Database(host="127.0.0.1", port=1, user="nobody", password=Secret("x"))
    broker = Broker(host="127.0.0.1", port=1, username="nobody", password=Secret("x"))
    return Room.assemble(settings(database, broker, web=pages(tmp_path)), SystemClock())


@pytest.fixture
def migrated(plain_database: TestDatabase) -> TestDatabase:
    return plain_database


@pytest.fixture
async def center(migrated: TestDatabase, broker: TestBroker, tmp_path: Path) -> AsyncIterator[RunningCenter]:
    """A center on a migrated database and the real broker, serving on a port of its own."""
    made = settings(migrated.center, broker.broker("center"), web=pages(tmp_path))
    async with RunningCenter(made, migrated) as running:
        yield running


@pytest.fixture
def ward(center: RunningCenter, broker: TestBroker) -> Ward:
    """A gateway with a site of its own."""
    return Ward(center, broker)
