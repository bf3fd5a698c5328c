"""an advisory lock's number → held or not, tried again and again for a bounded time: whoever tries keeps nobody else waiting."""

import asyncio
from typing import Final

from ingest.database import Connection

INGESTERS: Final = 0x5741_5244_0003
"""The advisory lock of running ingesters ("WARD", 3): alone by a lone one and by an upgrade, together by members of a sharing group."""
_TRY_EVERY_S: Final = 0.2
_HOLDERS: Final = """
SELECT array_agg(DISTINCT pid ORDER BY pid) FROM pg_locks
WHERE locktype = 'advisory' AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND (classid::bigint << 32) + objid::bigint = %s"""


async def taken(connection: Connection, number: int, *, within_s: float, together: bool = False) -> bool:
    """Take the lock until the connection ends; return False where others held it for `within_s`. `together`: with all who say so."""
    attempt = f"SELECT pg_try_advisory_lock{'_shared' if together else ''}(%s)"
    deadline = asyncio.get_running_loop().time() + within_s
    while True:
        cursor = await connection.execute(attempt, (number,))
        if (row := await cursor.fetchone()) and row[0]:
            return True
        if asyncio.get_running_loop().time() > deadline:
            return False
        await asyncio.sleep(_TRY_EVERY_S)


async def holders(connection: Connection, number: int) -> list[int]:
    """Return the server processes of the sessions that hold the lock."""
    cursor = await connection.execute(_HOLDERS.encode(), (number,))
    row = await cursor.fetchone()
    return list(row[0] or ()) if row else []
