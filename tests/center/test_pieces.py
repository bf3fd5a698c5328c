"""Many rows, and an event loop that goes on meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from center.store.database import Database
from center.store.pieces import PIECE, fetched, in_turn
from tests.servers.databases import TestDatabase

MANY = PIECE * 10 + 1


@asynccontextmanager
async def turns() -> AsyncIterator[list[int]]:
    """Count how often another task has its turn."""
    counted = [0]

    async def count() -> None:
        while True:
            await asyncio.sleep(0)
            counted[0] += 1

    counting = asyncio.create_task(count())
    yield counted
    counting.cancel()


async def test_rows_that_are_written_give_way_between_two_pieces() -> None:
    async with turns() as counted:
        found = [row async for row in in_turn(range(MANY))]

    assert found == list(range(MANY))
    assert counted[0] >= MANY // PIECE - 1


@pytest.mark.servers
async def test_rows_that_are_read_are_whole_and_give_way_between_two_pieces(migrated: TestDatabase) -> None:
    async with Database(migrated.center, connections=1) as database, database.connection() as connection:
        cursor = await connection.execute("SELECT * FROM generate_series(1, %(many)s)", {"many": MANY})
        async with turns() as counted:
            found = await fetched(cursor)

    assert [row[0] for row in found] == list(range(1, MANY + 1))
    assert counted[0] >= MANY // PIECE - 1
