"""A task that is told to end while it waits for a connection ends, also where the connection comes at the same moment."""

import asyncio

import pytest

from center.store.database import Database
from tests.servers.databases import TestDatabase

pytestmark = pytest.mark.servers


@pytest.mark.parametrize("turns", range(12))
async def test_whoever_is_cancelled_as_his_connection_comes_is_cancelled(plain_database: TestDatabase, turns: int) -> None:
    async with Database(plain_database.center, connections=1) as database:

        async def wait() -> None:
            async with database.connection():
                await asyncio.sleep(0)

        async with database.connection():
            waiting = asyncio.create_task(wait(), name="waiting")
            await asyncio.sleep(0.05)
        for _ in range(turns):
            await asyncio.sleep(0)
        ended = waiting.done()
        waiting.cancel()
        await asyncio.wait({waiting}, timeout=30)

        assert ended or waiting.cancelled()
        assert await database.rows("SELECT 1") == [(1,)]
