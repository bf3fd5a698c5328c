"""a backlog at a real Mosquitto → `wardroom ingest` as a process → PostgreSQL, from its first commit to its last.

QoS 1, a persistent session, acknowledged after the commit. The limit for packs is a bare binary COPY of the rows that are in the table
then; for single readings it is what a bare paho subscriber with manual acknowledgement, which stores nothing, receives of the same.
"""

import asyncio
import logging
import secrets
import statistics
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import psutil
import structlog
from msgspec import Struct

from bench import bare_paho, copying
from bench.copying import Wire
from bench.publishing import ignore, publish
from bench.result import Result, paired
from ingest import migrate
from ingest.database import Connection, connected
from ingest.settings import Ingest, Settings
from ingest.subscriber import CLIENT_ID, subscriptions
from tests.ingest.process import Process
from tests.servers.broker import TestBroker
from tests.servers.databases import TestDatabase
from tests.servers.postgresql import embedded
from tests.servers.running import Running
from wardroom.bus import Outgoing, Session
from wardroom.embedded.access import User
from wardroom.settings import Broker, Listen, Log, Secret

_ROUNDS: Final = 3
_PACKS: Final = 4_000
_SINGLES: Final = 30_000
_POLL_S: Final = 0.02
_WITHIN_S: Final = 120.0
_STORED: Final = "SELECT coalesce(sum(count), 0)::bigint FROM delivery_boot"
_READINGS: Final = "SELECT count(*) FROM reading"


class _Round(Struct, frozen=True):
    """Ours and the limit's rate, and the processor time each of our programs took per message, in µs."""

    ours: float
    limit: float
    cpu_us: Mapping[str, float]


async def measure(*, quick: bool) -> list[Result]:
    """Drain 400,000 readings in packs of 100, then 30,000 one by one."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    rounds, share = (1, 4) if quick else (_ROUNDS, 1)
    with tempfile.TemporaryDirectory() as folder, embedded(Path(folder) / "server") as (server, running), server.database() as database:
        await migrate.upgrade(database.owner.conninfo())
        broker = TestBroker(Path(folder) / "broker")
        broker.start()
        try:
            async with connected(database.owner.conninfo(), program="bench", statement_timeout_s=60) as connection:
                path = _Path(broker, database, running, connection)
                packs = [await path.packs(_PACKS // share) for _ in range(rounds)]
                singles = [await path.singles(_SINGLES // share) for _ in range(rounds)]
        finally:
            broker.remove()
    return [
        _result("backlog: packs of 100", "readings/s", "bare binary COPY of the same rows, in one transaction", packs),
        _result("backlog: single readings", "messages/s", "a bare paho subscriber with manual acknowledgement", singles),
    ]


def _result(name: str, unit: str, limit_is: str, rounds: Sequence[_Round]) -> Result:
    result = paired(name, unit, limit_is, [(each.ours, each.limit) for each in rounds])
    for program in rounds[0].cpu_us:
        result.figures[f"{program}_cpu_us"] = statistics.median(each.cpu_us[program] for each in rounds)
    return result


class _Path:
    """A broker, an ingest that is started for each round, and a database."""

    def __init__(self, broker: TestBroker, database: TestDatabase, server: Running, connection: Connection) -> None:
        self._broker = broker
        self._server = server
        self._connection = connection
        self._load = broker.add_user(User(name="load", password=secrets.token_urlsafe(9), writes=("ward/#",)))
        self._settings = Settings(
            broker=broker.broker("ingest"),
            database=database.ingest,
            listen=Listen(port=1, token=Secret("-")),
            ingest=Ingest(gaps_every_s=3_600),
            log=Log(level="warning"),
        )

    async def packs(self, count: int) -> _Round:
        rate, cpu_us = await self._drained(copying.packs(count, 100))
        rows = await copying.stored(self._connection)
        return _Round(rate * 100, await copying.bare(self._connection, rows, len(rows)), cpu_us)

    async def singles(self, count: int) -> _Round:
        wire = copying.packs(count, 1)
        rate, cpu_us = await self._drained(wire)
        account = self._settings.broker
        bare = await bare_paho.receive(account, lambda: self._publish(wire), subscriptions(None), count)
        return _Round(rate, bare.rate, {**cpu_us, "paho": bare.cpu_us})

    async def _drained(self, wire: Wire) -> tuple[float, Mapping[str, float]]:
        """Return messages/s from the first commit to the last, and the µs of processor time per message."""
        await self._connection.execute(copying.EMPTY)
        await _leave(self._settings.broker)
        await self._publish(wire)
        async with Process(self._settings) as process:
            first, began = await self._committed(1)
            before = self._cpu_s(process.pid)
            last, ended = await self._committed(len(wire))
            after = self._cpu_s(process.pid)
        await self._complete(wire)
        await _end(self._settings.broker)
        return (last - first) / (ended - began), {name: (after[name] - before[name]) / (last - first) * 1e6 for name in after}

    async def _publish(self, wire: Wire) -> None:
        await publish(self._load, [Outgoing(topic, payload) for topic, payload, _ in wire])

    async def _committed(self, count: int) -> tuple[int, float]:
        """Return how many messages are committed, once there are `count`, and when that was seen."""
        async with asyncio.timeout(_WITHIN_S):
            while True:
                row = await (await self._connection.execute(_STORED)).fetchone()
                if row and row[0] >= count:
                    return int(row[0]), time.perf_counter()
                await asyncio.sleep(_POLL_S)

    async def _complete(self, wire: Wire) -> None:
        row = await (await self._connection.execute(_READINGS)).fetchone()
        sent = sum(payload.count(b'"v"') for _, payload, _ in wire)
        if row is None or row[0] != sent:
            raise RuntimeError(f"{sent} readings were sent, {row and row[0]} are stored")

    def _cpu_s(self, ingest: int) -> dict[str, float]:
        """Return the seconds of processor time each program has used so far."""
        server = psutil.Process(self._server.pid)
        programs = {
            "ingest": [psutil.Process(ingest)],
            "broker": [psutil.Process(self._broker.pid)],
            "database": [server, *server.children()],
        }
        return {name: sum(sum(each.cpu_times()[:2]) for each in processes) for name, processes in programs.items()}


async def _leave(account: Broker) -> None:
    """Make ingest's own session anew and leave it: the broker keeps what comes."""
    await _end(account)
    async with Session(broker=account, client_id=CLIENT_ID, on_message=ignore, subscriptions=subscriptions(None), clean=False) as session:
        await session.wait_connected()


async def _end(account: Broker) -> None:
    """End ingest's session at the broker, with what it kept."""
    async with Session(broker=account, client_id=CLIENT_ID, on_message=ignore) as session:
        await session.wait_connected()
