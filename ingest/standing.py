"""database → how the storage stands: what it is made of, how far the rollups are, what is kept and how much room it takes."""

from dataclasses import dataclass
from datetime import datetime

from ingest import capabilities
from ingest.capabilities import Capabilities
from ingest.database import Connection

_STATE = (
    "SELECT done, extract(epoch FROM now() - done)::float8, floor, reading_begins(), (SELECT count(*) FROM rollup_dirty) FROM rollup_state"
)
_WEEKS = "SELECT count(*) FROM pg_inherits WHERE inhparent = 'reading'::regclass"
_SIZES = """
SELECT name, (
    SELECT coalesce(sum(pg_total_relation_size(relid)), 0)::bigint FROM (
        SELECT name::regclass::oid AS relid UNION SELECT inhrelid FROM pg_inherits WHERE inhparent = name::regclass
    ) AS parts
)
FROM unnest(ARRAY['reading', 'reading_misdated', 'rollup_1h', 'rollup_1d', 'event', 'delivery', 'dead_letter']) AS name"""


@dataclass(frozen=True, slots=True)
class Standing:
    """The figures: `done` is the end of what is in the rollups, `floor` that of what was dropped, sizes are bytes with their indexes."""

    capabilities: Capabilities
    done: datetime
    lag_s: float
    floor: datetime
    begins: datetime | None
    notes: int
    weeks: int
    bytes: dict[str, int]


async def find(connection: Connection) -> Standing:
    """Look at a database that has this program's schema, as its owner."""
    found = await capabilities.find(connection)
    ((done, lag_s, floor, begins, notes),) = await (await connection.execute(_STATE)).fetchall()
    ((weeks,),) = await (await connection.execute(_WEEKS)).fetchall()
    sizes: dict[str, int] = dict(await (await connection.execute(_SIZES)).fetchall())
    return Standing(found, done, lag_s, floor, begins, notes, weeks, sizes)
