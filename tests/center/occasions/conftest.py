from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from center.people import vault
from center.room import Room
from center.settings import People
from tests.center.occasions.hall import Hall
from tests.center.running import pages, settings
from tests.servers.databases import TestDatabase
from wardroom.clock import SystemClock
from wardroom.settings import Broker, Secret


@pytest.fixture
async def room(migrated: TestDatabase, tmp_path: Path) -> AsyncIterator[Room]:
    """A center's parts on a database, with a key, without a broker and without a server."""
    vault.make_key(tmp_path / "people.key")
    broker = Broker(host="127.0.0.1", port=1, username="nobody", password=Secret("x"))
    made = settings(migrated.center, broker, web=pages(tmp_path / "web"))
    made = msgspec.structs.replace(made, people=People(key=str(tmp_path / "people.key")))
    room = Room.assemble(made, SystemClock())
    async with room.database:
        yield room


@pytest.fixture
async def hall(room: Room) -> Hall:
    """An occasion with a list and a gate, planned."""
    return await Hall.plan(room)
