"""a sighting of a gateway whose clock is behind → the same on our clock, by as much as both its heartbeat and its way say.

Otherwise whoever passes is put before the opening, or before their revocation, and is greeted by nobody. An event that waited for the
network keeps its instant: how the clock stood when it was made is not known.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from psycopg import AsyncConnection

from center.occasions.sightings import Sighting

BEHIND_S: Final = 5.0
"""Less is the way, not the clock, and puts nobody in a wrong place."""
_SKEW: Final = """
SELECT (health ->> 'clock_skew_s')::float8 FROM gateway WHERE (site, id) = (%(site)s, %(gateway)s)
"""


async def on_our_clock(connection: AsyncConnection[Any], seen: Sighting) -> Sighting:
    """Return the sighting with its instant as our clock would have had it."""
    if seen.offline or seen.late_s < BEHIND_S:
        return seen
    values = {"site": seen.place.site, "gateway": seen.place.gateway}
    row = await (await connection.execute(_SKEW, values)).fetchone()
    behind_s = -(row[0] or 0.0) if row else 0.0
    if behind_s < BEHIND_S:
        return seen
    return replace(seen, at=min(seen.at + timedelta(seconds=min(behind_s, seen.late_s)), seen.received))
