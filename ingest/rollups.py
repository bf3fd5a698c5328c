"""readings → hours and days that are exact: the refresher, of which one at a time works, however many ingesters there are.

The work is done by the functions of ``schema/views/030_refresh.sql``, each call a transaction: killed between or inside any of them, the
next refresh goes on where the last commit was.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Final

from psycopg.pq import TransactionStatus

from ingest.database import Connection

LOCK: Final = 0x5741_5244_0011
"""The advisory lock of the one who keeps the rollups ("WARD", 17)."""
GRACE: Final = timedelta(minutes=2)
"""An hour is computed so long after it ended: later readings of it are computed again, each."""
STEP: Final = timedelta(hours=1)
"""What one transaction computes: a few seconds' work at thousands of readings a second, however much is to be made up for."""
NOTES: Final = 2_000
"""Hours of series that late readings changed, computed anew in one transaction, at most."""


@asynccontextmanager
async def alone(connection: Connection) -> AsyncIterator[bool]:
    """Hold the refreshers' lock, if nobody else does; yields whether. It is free again at the latest when the connection ends."""
    cursor = await connection.execute("SELECT pg_try_advisory_lock(%s)", (LOCK,))
    ((got,),) = await cursor.fetchall()
    try:
        yield bool(got)
    finally:
        if got and connection.info.transaction_status is TransactionStatus.IDLE:
            await connection.execute("SELECT pg_advisory_unlock(%s)", (LOCK,))


async def refresh(connection: Connection, *, at: datetime | None = None) -> None:
    """Bring hours and days up to `at`, or to now by the database's clock; raises StorageGone where writers held it up for a second."""
    if at is None:
        await connection.execute("SELECT rollup_advance(%s)", (GRACE,))
    else:
        await connection.execute("SELECT rollup_advance(%s, %s)", (GRACE, at))
    while await _answer(connection, "SELECT rollup_step(%s)", STEP) is not None:
        pass
    while await _answer(connection, "SELECT rollup_mend(%s)", NOTES) == NOTES:
        pass


async def lag_s(connection: Connection) -> float:
    """Return how long ago the end of what is in the rollups was, in seconds by the database's clock."""
    cursor = await connection.execute("SELECT extract(epoch FROM now() - done)::float8 FROM rollup_state")
    ((seconds,),) = await cursor.fetchall()
    return float(seconds)


async def _answer(connection: Connection, statement: str, value: object) -> object:
    cursor = await connection.execute(statement.encode(), (value,))
    ((answer,),) = await cursor.fetchall()
    return answer
