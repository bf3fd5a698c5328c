from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import msgspec
import pytest

from center.people import vault
from center.settings import People
from tests.center.occasions.hall import GATEWAY, SITE, Hall
from tests.center.running import RunningCenter, pages, settings
from tests.servers.broker import TestBroker
from tests.servers.databases import TestDatabase
from wardroom.topics import Gateway


@pytest.fixture
async def center(migrated: TestDatabase, broker: TestBroker, tmp_path: Path) -> AsyncIterator[RunningCenter]:
    """A center with a key of people's data."""
    vault.make_key(tmp_path / "people.key")
    made = settings(migrated.center, broker.broker("center"), web=pages(tmp_path / "web"))
    made = msgspec.structs.replace(made, people=People(key=str(tmp_path / "people.key")))
    async with RunningCenter(made, migrated) as running:
        yield running


@pytest.fixture
async def hall(center: RunningCenter) -> Hall:
    """An occasion with a list and a gate of the gateway, planned."""
    return await Hall.plan(center.room)


@pytest.fixture
async def gateway(center: RunningCenter) -> AsyncIterator[httpx.AsyncClient]:
    """The gateway of the hall's gates, with its token."""
    token = await center.room.access.make_gateway_token(Gateway(SITE, GATEWAY), "a test")
    async with httpx.AsyncClient(base_url=f"{center.url}/api/v1/gateway", headers={"authorization": f"Bearer {token}"}) as client:
        yield client
