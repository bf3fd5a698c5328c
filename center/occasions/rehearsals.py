"""an occasion → nothing left of whoever passed: what a rehearsal made must not be in the record of the day itself."""

from typing import Any, Final
from uuid import UUID

from psycopg import AsyncConnection

_PASSAGES: Final = """
WITH gone AS (DELETE FROM passage WHERE occasion = %(id)s RETURNING evidence),
shots AS (
    DELETE FROM evidence e USING (SELECT DISTINCT evidence FROM gone WHERE evidence IS NOT NULL) AS g
    WHERE e.digest = g.evidence AND NOT EXISTS (SELECT FROM passage p WHERE p.evidence = e.digest AND p.occasion <> %(id)s)
)
SELECT count(*) FROM gone
"""


async def erase(connection: AsyncConnection[Any], occasion: UUID) -> int:
    """Erase the passages, best shots and strangers of an occasion whose row is locked; return how many passages it had."""
    found = await (await connection.execute(_PASSAGES, {"id": occasion})).fetchone()
    await connection.execute("DELETE FROM stranger WHERE occasion = %(id)s", {"id": occasion})
    return int(found[0]) if found else 0
