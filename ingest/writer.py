"""batch → database, idempotent, one transaction; then acknowledge and send receipts.

While the database cannot be used the batch is kept and tried again; nothing is acknowledged, so nothing more comes in than the queue holds.
A message whose data the database refuses, or that is too much work for it, is found by halving its batch and becomes a dead letter; the
others are stored.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from random import SystemRandom
from typing import Final, TypeVar

import structlog
from msgspec.structs import replace

from ingest import counters, rows
from ingest.batch import Batches, Message
from ingest.database import TOO_HEAVY, Connection, mapped
from ingest.decode import Readings, Rejected, rejected
from ingest.filing import Filing
from ingest.merge import Merged, merge
from ingest.receipts import Receipts
from ingest.series import SeriesCache, Shelf
from ingest.session import DatabaseSession
from wardroom import topics
from wardroom.bus import Incoming
from wardroom.errors import InvalidMessage, SchemaError, StorageError, StorageFull

_FIRST_S: Final = 0.1
_LONGEST_S: Final = 5.0
_HEAVY_TRIES: Final = 3
"""A lone message that is too much for the database so often is a dead letter."""
_AT_ONCE: Final = 500
"""Readings whose rows are built before the event loop gets its turn: less than a millisecond."""
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
        self._filing = Filing()
        self._connections = 0
        self._built: tuple[int, rows.Rows] | None = None
        self.fault: StorageError | None = None

    async def open(self) -> None:
        """Wait until the database can be used; raises what no waiting mends: an unfit schema, another ingest."""
        await self._patiently(self._ready, starting=True, heavy_tries=0)

    async def run(self) -> None:
        """Store batches until cancelled; while the database works on one, the next is made ready if there is a full one."""
        batch = await self._next()
        while True:
            async with asyncio.TaskGroup() as tasks:
                settling = tasks.create_task(self._settle(batch), name="settling")
                following = await self._next_if_full(settling)
            batch = following or await self._next()

    async def _next(self) -> tuple[Message, ...]:
        batch = await self._batches.take()
        counters.QUEUE.set(self._batches.held)
        await self._make_ready(batch)
        return batch

    async def _next_if_full(self, settling: "asyncio.Task[None]") -> tuple[Message, ...] | None:
        """Return the next batch as soon as there is a full one, None once `settling` is done: what is not full grows meanwhile."""
        filled = asyncio.ensure_future(self._batches.filled())
        try:
            await asyncio.wait({settling, filled}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            filled.cancel()
        return None if settling.done() else await self._next()

    async def _make_ready(self, batch: Sequence[Message]) -> None:
        """Build a batch's rows from what is known, a little at a time, so that the database does not wait for its next statement."""
        connections, built, readings = self._connections, rows.Rows(batch), 0
        for index, message in enumerate(batch):
            rows.add(built, index, self._series.shelf)
            readings += len(message.decoded.pack.names) if isinstance(message.decoded, Readings) else 1
            if readings >= _AT_ONCE:
                readings = 0
                await asyncio.sleep(0)
        rows.seal(built)
        self._built = (connections, built)

    async def _settle(self, batch: tuple[Message, ...]) -> None:
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
            built = self._ready_rows(batch) or rows.build(batch, self._series.shelf)
            if built.missing:
                found = await self._series.find(connection, rows.wanted(batch))
                built = rows.build(batch, lambda gateway: found.get(gateway) or Shelf())
            return await merge(connection, built, self._filing)

    def _ready_rows(self, batch: Sequence[Message]) -> rows.Rows | None:
        """Return the rows of a batch that was made ready, once, and only while their ids are this connection's."""
        if self._built is None or self._built[1].batch is not batch:
            return None
        (connections, built), self._built = self._built, None
        return built if connections == self._connections else None

    async def _ready(self) -> Connection:
        connection, new = await self._session.ready()
        if new:
            self._connections += 1
            self._series.clear()
            self._filing.clear()
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
                self._filing.clear()
                counters.RETRIES.inc()
                _note(error, self._batches.held)
                await self._session.recover()
                heavy_tries -= error.key == TOO_HEAVY
                if heavy_tries == 0 and error.key == TOO_HEAVY:
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
