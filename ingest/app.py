"""settings → the running ingest: subscriber → batches → writer → receipts, one task group."""

import asyncio

from ingest import gaps, retention
from ingest.batch import Batches
from ingest.receipts import Receipts
from ingest.series import SeriesCache
from ingest.session import DatabaseSession
from ingest.settings import Settings
from ingest.subscriber import Subscriber
from ingest.upkeep import Upkeep
from ingest.writer import Writer
from wardroom import health
from wardroom.clock import Clock


class App:
    """One ingest process; `fault` says what keeps it from storing."""

    def __init__(self, settings: Settings, *, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._batches = Batches(settings.ingest.limits(), clock)
        self._subscriber = Subscriber(settings, self._batches, clock)
        self._receipts = Receipts(self._subscriber.session.publish, clock)
        self._database = DatabaseSession(settings)
        self._writer = Writer(
            session=self._database,
            series=SeriesCache(per_gateway=settings.ingest.series_per_gateway),
            batches=self._batches,
            receipts=self._receipts,
            acknowledge=self._subscriber.acknowledge,
        )

    @property
    def connected(self) -> bool:
        """Whether the broker is connected and everything subscribed."""
        return self._subscriber.session.connected

    def fault(self) -> str | None:
        """Return why readings are not being stored now, None if they are."""
        if self._writer.fault is not None:
            return str(self._writer.fault)
        return None if self.connected else "not connected to the broker"

    async def run(self) -> None:
        """Run until cancelled. The broker is asked for messages only once the database can take them.

        Raises ConfigError where another ingest does the work or settings contradict each other, SchemaError where the schema does not fit.
        """
        retention.refuse_unfit(self._settings.retention)
        async with asyncio.TaskGroup() as tasks:
            answering = tasks.create_task(health.serve(self._settings.listen, self.fault), name="health")
            try:
                await self._store()
            finally:
                await self._database.close()
            answering.cancel()

    async def _store(self) -> None:
        await self._writer.open()
        async with self._subscriber.session:
            try:
                await self._work()
            finally:
                self._receipts.send()

    async def _work(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._writer.run(), name="writer")
            tasks.create_task(self._receipts.run(), name="receipts")
            tasks.create_task(gaps.watch(self._settings), name="gaps")
            tasks.create_task(Upkeep(self._settings, clock=self._clock).run(), name="upkeep")
