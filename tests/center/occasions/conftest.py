from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from center.room import Room
from tests.center.occasions.hall import Hall
from tests.center.occasions.rooms import furnished
from tests.servers.databases import TestDatabase


@pytest.fixture
async def room(migrated: TestDatabase, tmp_path: Path) -> AsyncIterator[Room]:
    """A center's parts on a database, with a key, without a broker and without a server."""
    room = furnished(migrated, tmp_path)
    async with room.database:
        yield room


@pytest.fixture
async def hall(room: Room) -> Hall:
    """An occasion with a list and a gate, planned."""
    return await Hall.plan(room)
