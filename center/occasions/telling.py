"""passages that changed → the hub's screens: told at once by the center that changed them, within seconds by every other center."""

import asyncio
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog

from center.hub import Hub
from center.occasions.greetings import Greetings
from center.occasions.passages import Passages, Shown
from center.store.database import Database
from wardroom.clock import Clock
from wardroom.errors import StorageError

EVERY_S: Final = 2.0
_GONE: Final = """
SELECT s.id FROM unnest(%(shown)s::text[]) AS s (id) WHERE NOT EXISTS (SELECT FROM passage p WHERE p.id = s.id::uuid)
"""

_log = structlog.get_logger()


class Telling:
    """Keeps the hub true to the table of passages."""

    def __init__(self, *, database: Database, hub: Hub, clock: Clock) -> None:
        self._database = database
        self._passages = Passages(database)
        self._hub = hub
        self._clock = clock
        self._greetings = Greetings()
        self._since: datetime | None = None

    async def tell(self, passages: Collection[UUID]) -> None:
        """Show these as they are now; raises StorageError."""
        self._show(await self._passages.some(passages))

    async def run(self) -> None:
        """Every few seconds show what changed elsewhere."""
        while True:
            try:
                await self.round()
            except StorageError as error:
                _log.warning("passages not told", reason=str(error))
            await asyncio.sleep(EVERY_S)

    async def round(self) -> None:
        """Show what changed since the last time, at the first time the last there are, and what is there no more no more."""
        ((now,),) = await self._database.rows("SELECT clock_timestamp()")
        gone = await self._gone()
        shown = await self._passages.changed(self._since)
        self._since = now
        self._hub.forget(gone)
        self._show(shown)

    async def _gone(self) -> frozenset[str]:
        """Return the passages that are shown and are in the table no more: erased, here or by another center."""
        rows = await self._database.rows(_GONE, {"shown": self._hub.passages()})
        return frozenset(row[0] for row in rows)

    def _show(self, shown: Iterable[Shown]) -> None:
        now_us = self._clock.now_us()
        made = [(passage, self._greetings.greet(passage, photo=photo, now_us=now_us)) for passage, photo in shown]
        self._hub.pass_by([passage for passage, _ in made])
        self._hub.greet([greeting for _, greeting in made if greeting is not None])
