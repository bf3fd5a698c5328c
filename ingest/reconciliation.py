"""readings against their rollups → how many buckets differ: what does is noted, and so computed anew by the next refresh."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from ingest.database import Connection

STEP: Final = timedelta(hours=1)
"""What one transaction compares; a day with the last of its hours."""
PAUSE_S: Final = 0.05
"""The longest rest after a step; it is as long as the step took: batches have half of the disk's time, and empty hours cost nothing."""


@dataclass(frozen=True, slots=True)
class Compared:
    """What a comparison found; hours and days are both buckets."""

    buckets: int = 0
    mismatched: int = 0


Tell = Callable[[datetime, int], None]
"""Is told until when was compared, and how many buckets."""


async def reconcile(connection: Connection, *, pause_s: float = PAUSE_S, tell: Tell = lambda _until, _buckets: None) -> Compared:
    """Compare everything that is kept in `reading` and is in the rollups; each step is a transaction."""
    cursor = await connection.execute("SELECT greatest(floor, least(done, reading_begins())), done FROM rollup_state")
    ((start, done),) = await cursor.fetchall()
    buckets = mismatched = 0
    clock = asyncio.get_running_loop()
    while start < done:
        began = clock.time()
        end = min(start + STEP, done)
        compared, wrong = await _step(connection, start, end)
        buckets, mismatched = buckets + compared, mismatched + wrong
        start = end
        tell(end, buckets)
        await asyncio.sleep(min(pause_s, clock.time() - began))
    return Compared(buckets, mismatched)


async def _step(connection: Connection, start: datetime, end: datetime) -> tuple[int, int]:
    cursor = await connection.execute("SELECT compared, mismatched FROM rollup_compare(%s, %s)", (start, end))
    ((compared, wrong),) = await cursor.fetchall()
    return int(compared), int(wrong)
