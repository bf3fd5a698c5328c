"""Two that meet in the database: one is held in the middle of its transaction until the other waits for it, then both go on."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, Final

from center.people.audit import _LOCK
from center.store.database import Database
from tests.center.running import eventually

_WAITING: Final = """
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = current_user AND wait_event_type = 'Lock'
"""


async def waiting(database: Database, count: int = 1) -> None:
    """Return once so many sessions wait for another one."""

    async def there() -> bool:
        return bool(await database.rows(_WAITING) == [(count,)])

    await eventually(there)


@asynccontextmanager
async def log_held(database: Database) -> AsyncIterator[None]:
    """Hold the audit log: whoever writes a line, as the last step of their work, waits with everything else done."""
    async with database.transaction() as connection:
        await connection.execute("SELECT pg_advisory_xact_lock(%(lock)s)", {"lock": _LOCK})
        yield


async def crossed(database: Database, first: Coroutine[Any, Any, Any], second: Coroutine[Any, Any, Any]) -> tuple[Any, Any]:
    """Let `second` begin when `first` is done but for its line in the log; return what became of both, errors included."""
    async with log_held(database):
        one = asyncio.create_task(first)
        await waiting(database)
        other = asyncio.create_task(second)
        await waiting(database, 2)
    found = await asyncio.gather(one, other, return_exceptions=True)
    return found[0], found[1]
