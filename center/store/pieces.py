"""many rows → all of them, a piece at a time: between two pieces the event loop does other things."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import Final, TypeVar

from psycopg import AsyncCursor

T = TypeVar("T")

PIECE: Final = 200
"""Rows that are made in a millisecond or two."""


async def fetched(cursor: AsyncCursor[T]) -> list[T]:
    """Return every row of a query that was run."""
    found: list[T] = []
    while rows := await cursor.fetchmany(PIECE):
        found += rows
        await asyncio.sleep(0)
    return found


async def in_turn(rows: Iterable[T]) -> AsyncIterator[T]:
    """Yield rows one by one, and give way after each piece of them."""
    for number, row in enumerate(rows, start=1):
        yield row
        if number % PIECE == 0:
            await asyncio.sleep(0)
