"""batch → database, idempotent, one transaction; then acknowledge and send receipts.

While the database cannot be used the batch is kept and tried again; nothing is acknowledged, so nothing more comes in than the queue holds.
A message whose data the database refuses, or that is too much work for it, is found by halving its batch and becomes a dead letter; the
others are stored.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from random import SystemRandom
from typing import Final, TypeVar

import structlog

from ingest import counters, rows
from ingest.batch import Batches, Message
from ingest.database import TOO_HEAVY, Connection, mapped
from ingest.decode import Rejected, rejected
from ingest.merge import Merged, merge
from ingest.receipts import Receipts
from ingest.series import SeriesCache
from ingest.session import DatabaseSession
from wardroom import topics
from wardroom.bus import Incoming
from wardroom.errors import InvalidMessage, SchemaError, StorageError, StorageFull

_FIRST_S: Final = 0.1
_LONGEST_S: Final = 5.0
_HEAVY_TRIES: Final = 3
"""A lone message that is too much for the database so often is a dead letter."""
T = TypeVar("T")

_log = structlog.get_logger()
_random = SystemRandom()


class Writer:
    """Takes batches, stores them, and only then says so."""

    def __init__(
        self,
        *,
        session: DatabaseSession,
        series: SeriesCache,
        batches: Batches,
        receipts: Receipts,
        acknowledge: Callable[[Sequence[Incoming]], None],
    ) -> None:
        self._session = session
        self._batches = batches
        self._receipts = receipts
        self._acknowledge = acknowledge
        self._series = series
        self.fault: StorageError | None = None

    async def open(self) -> None:
        """Wait until the database can be used; raises what no waiting mends: an unfit schema, another ingest."""
        await self._patiently(self._ready, starting=True, heavy_tries=0)

    async def run(self) -> None:
        """Store batches until cancelled."""
        while True:
            batch = await self._batches.take()
            counters.QUEUE.set(self._batches.held)
            await self.store(batch)
            self._batches.confirm(batch)
            self._acknowledge([message.incoming for message in batch])

    async def store(self, batch: Sequence[Message]) -> None:
        """Store messages and note their receipts, as often as it takes."""
        try:
            merged = await self._patiently(lambda: self._attempt(batch), heavy_tries=_HEAVY_TRIES if len(batch) == 1 else 1)
        except InvalidMessage as error:
            await self._store_apart(batch, error)
            return
        for pack, outcome in merged.outcomes:
            self._receipts.settle(pack, outcome)
        counters.settled(batch, merged)
        _log.debug("batch stored", messages=len(batch), readings=merged.inserted, duplicates=merged.duplicates)

    async def _attempt(self, batch: Sequence[Message]) -> Merged:
        connection = await self._ready()
        with counters.BATCH.time(), mapped():
            series = await self._series.find(connection, rows.wanted(batch))
            return await merge(connection, rows.build(batch, series))

    async def _ready(self) -> Connection:
        connection, new = await self._session.ready()
        if new:
            self._series.clear()
        return connection

    async def _patiently(self, step: Callable[[], Awaitable[T]], *, starting: bool = False, heavy_tries: int = 1) -> T:
        """Return what `step` returns, trying again as long as the database cannot be used; InvalidMessage where it is too much for it."""
        pause = _FIRST_S
        while True:
            try:
                result = await step()
            except StorageError as error:
                if starting and isinstance(error, SchemaError):
                    raise
                self.fault = error
                counters.RETRIES.inc()
                _note(error, self._batches.held)
                await self._session.recover()
                heavy_tries -= error.key == TOO_HEAVY
                if heavy_tries == 0:
                    raise InvalidMessage(error.key, **error.data) from error
                await asyncio.sleep(_random.uniform(pause / 2, pause))
                pause = min(pause * 2, _LONGEST_S)
            else:
                self.fault = None
                return result

    async def _store_apart(self, batch: Sequence[Message], error: InvalidMessage) -> None:
        """Store a batch in which the database refuses something: in halves, down to the one message, which is buried."""
        if len(batch) > 1:
            middle = len(batch) // 2
            await self.store(batch[:middle])
            await self.store(batch[middle:])
            return
        message = batch[0]
        if isinstance(message.decoded, Rejected):
            _log.error("message could not even be kept as a dead letter", topic=message.envelope.topic[:200], reason=str(error))
            return
        place = topics.parse(message.envelope.topic)
        await self.store((replace(message, decoded=rejected(error, place)),))


def _note(error: StorageError, held: int) -> None:
    if isinstance(error, StorageFull):
        _log.error("database full: nothing is acknowledged until there is space again", waiting=held, reason=str(error))
    else:
        _log.warning("database cannot be used, trying again", waiting=held, reason=str(error))
