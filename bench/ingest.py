"""messages → the database: decoded, stored settled by ingest's own writer, against a bare binary COPY of the same rows."""

import asyncio
import logging
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import structlog

from bench import copying
from bench.copying import Wire
from bench.result import Result, paired
from ingest import migrate
from ingest.batch import Batches, Message
from ingest.database import Connection, connected
from ingest.dead_letters import Envelope
from ingest.decode import decode
from ingest.receipts import Receipts
from ingest.series import SeriesCache
from ingest.session import DatabaseSession
from ingest.settings import Ingest, Settings
from ingest.writer import Writer
from tests.servers.databases import TestDatabase
from tests.servers.postgresql import embedded
from wardroom.bus import Incoming, Outgoing
from wardroom.clock import SystemClock
from wardroom.settings import Broker, Listen, Secret

_ROUNDS: Final = 5
_SINGLES_IN_BATCH: Final = 1_000
_LIMIT: Final = "bare binary COPY of the same rows, in one transaction"


async def measure(*, quick: bool) -> list[Result]:
    """Store 200,000 readings a round in packs of 100 and 20,000 one by one; a first round warms up."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    rounds, share = (1, 4) if quick else (_ROUNDS, 1)
    with tempfile.TemporaryDirectory() as folder, embedded(Path(folder)) as (server, _), server.database() as database:
        await migrate.upgrade(database.owner.conninfo())
        async with connected(database.owner.conninfo(), program="bench", statement_timeout_s=60) as connection:
            packs = [await _round(database, connection, copying.packs(2_000 // share, 100), copying.BATCH) for _ in range(rounds + 1)]
            ones = [await _round(database, connection, copying.packs(20_000 // share, 1), _SINGLES_IN_BATCH) for _ in range(rounds + 1)]
    return [_result("ingest: packs of 100", packs[1:]), _result("ingest: single readings", ones[1:])]


def _result(name: str, rounds: Sequence[tuple[float, float, float]]) -> Result:
    result = paired(name, "readings/s", _LIMIT, [(ours, limit) for ours, limit, _ in rounds])
    batched = paired(name, "readings/s", "", [(ours, limit) for ours, _, limit in rounds])
    result.figures.update({"copy_in_batches_per_s": batched.limit, "ratio_to_copy_in_batches": batched.ratio})
    return result


async def _round(database: TestDatabase, connection: Connection, wire: Wire, at_once: int) -> tuple[float, float, float]:
    """Return readings/s: ours, the bare COPY's, and the bare COPY's in batches about as large as ours."""
    await connection.execute(copying.EMPTY)
    ours = await _ours(database, wire)
    rows = await copying.stored(connection)
    return ours * len(rows), await copying.bare(connection, rows, len(rows)), await copying.bare(connection, rows, at_once)


async def _ours(database: TestDatabase, wire: Wire) -> float:
    """Return 1 / the seconds from the first message to the last acknowledgement."""
    ingest, clock = Ingest(), SystemClock()
    batches = Batches(ingest.limits(), clock)
    settings = Settings(broker=Broker(username="-", password=Secret("-")), database=database.ingest, listen=Listen(port=1), ingest=ingest)
    session, receipts = DatabaseSession(settings), Receipts(_publish, clock)
    counted = _Counted()
    writer = Writer(session=session, series=SeriesCache(), batches=batches, receipts=receipts, acknowledge=counted.take)
    await writer.open()
    tasks = asyncio.create_task(writer.run()), asyncio.create_task(receipts.run())
    began = time.perf_counter()
    for topic, payload, sent_us in wire:
        incoming = Incoming(topic, payload, 1, retain=False, duplicate=False)
        batches.put(Message(Envelope(topic, payload, sent_us), decode(topic, payload), incoming))
        counted.put += 1
        if batches.full:
            await counted.room(ingest.queue_messages // 2)
        elif counted.put % _YIELD == 0:
            await asyncio.sleep(0)
    await counted.room(0)
    took = time.perf_counter() - began
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await session.close()
    return 1 / took


_YIELD: Final = 4
"""Messages put before the event loop gets its turn."""


class _Counted:
    """Stands in for the broker's in-flight window."""

    def __init__(self) -> None:
        self.put = 0
        self._settled = 0
        self._some = asyncio.Event()

    def take(self, settled: Sequence[Incoming]) -> None:
        self._settled += len(settled)
        self._some.set()

    async def room(self, held: int) -> None:
        """Wait until no more than `held` messages are on their way."""
        while self.put - self._settled > held:
            self._some.clear()
            await self._some.wait()


def _publish(_outgoing: Outgoing) -> "asyncio.Future[None]":
    sent: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    sent.set_result(None)
    return sent
