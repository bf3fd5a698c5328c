import asyncio
from collections.abc import AsyncIterator

import pytest

from center.papers import fonts
from center.room import Room
from tests.center.occasions.conftest import hall, room
from tests.center.occasions.hall import Hall
from tests.center.papers.desk import Desk

__all__ = ["desk", "hall", "room"]


@pytest.fixture
async def desk(room: Room, hall: Hall) -> AsyncIterator[Desk]:
    """Somebody who imports lists into the hall's occasion."""
    working = asyncio.create_task(room.imports.run(), name="imports")
    yield Desk(room, hall)
    working.cancel()
    await asyncio.wait([working])
    room.uploads.close()


@pytest.fixture(scope="session")
def letters() -> None:
    """The fonts that the front end's build puts in its folder."""
    if not (fonts.SHIPPED / "fonts").is_dir():
        pytest.skip("the front end is not built, and with it come the fonts: make web")
    fonts.load()
