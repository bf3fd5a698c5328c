"""stored events, from where the check-in stopped reading → settled one by one: what came while no center ran, or the live way dropped.

`seq` is in the order of the commits, so reading on from the last one misses nothing. What a passage has been told of already is passed
over; a bad event is counted and left behind; while the database is gone the place stays where it is. Any number of centers may do the same.
"""

import asyncio
from typing import Any, Final

import structlog

from center.fields import EARLIEST, LATEST
from center.occasions.arrivals import SETTLED, Arrivals
from center.occasions.sightings import KINDS, Told, of_row
from center.store.database import Database
from wardroom.errors import InvalidMessage, StorageError
from wardroom.topics import Gateway

EVERY_S: Final = 2.0
_AT_ONCE: Final = 500

_EVENTS: Final = f"""
SELECT e.seq, e.type, e.id, e.site, e.gateway, least(greatest(e.time, '{EARLIEST}'), '{LATEST}'), e.received, e.offline, CASE
    WHEN e.type = ANY(%(kinds)s)
     AND EXISTS (SELECT FROM gate g WHERE (g.site, g.gateway, g.camera) = (e.site, e.gateway, e.data ->> 'camera'))
     AND NOT EXISTS (
        SELECT FROM passage p WHERE p.told >= e.id
        AND p.id = CASE WHEN e.data ->> 'visit' ~ '^[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}$' THEN (e.data ->> 'visit')::uuid END)
    THEN e.data END
FROM event e WHERE e.seq > (SELECT seq FROM checkin_cursor) ORDER BY e.seq LIMIT %(limit)s
"""
"""A time that no clock shows, which Python could not read, must not hide what comes after it."""
_ON: Final = "UPDATE checkin_cursor SET seq = %(seq)s WHERE seq < %(seq)s"

_log = structlog.get_logger()


class CatchingUp:
    """Reads the table of events."""

    def __init__(self, *, database: Database, arrivals: Arrivals) -> None:
        self._database = database
        self._arrivals = arrivals

    async def run(self) -> None:
        """Every few seconds read on."""
        while True:
            try:
                while await self.round():
                    pass
            except StorageError as error:
                _log.warning("check-in does not catch up yet", reason=str(error))
            await asyncio.sleep(EVERY_S)

    async def round(self) -> bool:
        """Settle some of what is new, remember how far that was; return whether there may be more. Raises StorageError."""
        rows = await self._database.rows(_EVENTS, {"kinds": list(KINDS), "limit": _AT_ONCE})
        done = 0
        try:
            for row in rows:
                if row[-1] is not None:
                    await self._take(row)
                done = row[0]
        finally:
            if done:
                await self._database.change(_ON, {"seq": done})
        return len(rows) == _AT_ONCE

    async def _take(self, row: tuple[Any, ...]) -> None:
        _seq, kind, event, site, gateway, time, received, offline, data = row
        try:
            told = Told(event=event, place=Gateway(site, gateway), time=time, received=received, offline=offline)
            seen = of_row(kind, told, data)
        except InvalidMessage as error:
            SETTLED.labels("caught_up", "refused").inc()
            _log.warning("stored event is no sighting", id=str(event), reason=str(error))
            return
        await self._arrivals.settle(seen, "caught_up")
