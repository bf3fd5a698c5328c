"""Messages as gateways send them, with defaults for what a test does not care about."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

import psycopg
from uuid6 import uuid7

from ingest.batch import Batches, Limits, Message
from ingest.dead_letters import Envelope
from ingest.decode import decode
from ingest.receipts import Receipts
from ingest.series import SeriesCache
from ingest.session import DatabaseSession
from ingest.settings import Ingest, Settings
from ingest.writer import Writer
from tests.servers.databases import TestDatabase
from wardroom import messages, senml
from wardroom.bus import Incoming, Outgoing
from wardroom.clock import SystemClock
from wardroom.embedded.ports import free_port
from wardroom.messages import (
    Birth,
    GatewayState,
    Health,
    Name,
    OutboxHealth,
    Outcome,
    QuantityDescription,
    Receipt,
    SensorDescription,
    SensorFault,
    SensorFaultData,
    SensorFaultReason,
    SiteDescription,
    SiteKind,
    Status,
)
from wardroom.senml import Reading
from wardroom.settings import Broker, Listen, Log, Secret
from wardroom.topics import Gateway

NOW_US: Final = 1_800_000_000_000_000
"""2027-01-15 08:00 UTC."""
GATEWAY: Final = Gateway("vp-test", "gw-1")
S: Final = 1_000_000
AT: Final = datetime(2027, 1, 15, 8, 0, 0, 1, tzinfo=UTC)


def reading(value: float = 21.5, at_us: int = NOW_US, quantity: str = "temperature", unit: str = "Cel", sensor: str = "air1") -> Reading:
    return Reading(sensor, quantity, unit, value, at_us)


def incoming(topic: str, payload: bytes, *, qos: int = 1) -> Incoming:
    return Incoming(topic=topic, payload=payload, qos=qos, retain=False, duplicate=False)


def message(topic: str, payload: bytes, received_us: int = NOW_US) -> Message:
    return Message(Envelope(topic, payload, received_us), decode(topic, payload), incoming(topic, payload))


def pack(*readings: Reading, seq: int = 0, received_us: int = NOW_US, boot: str = "b1", gateway: Gateway = GATEWAY) -> Message:
    payload = senml.encode(readings or (reading(),), received_us)
    return message(gateway.pack("readings", boot, seq), payload, received_us)


def fault(*, detail: str = "", number: str | None = None, gateway: Gateway = GATEWAY) -> SensorFault:
    return SensorFault(
        id=number or str(uuid7()),
        source=gateway.prefix,
        time=AT,
        subject="air1",
        data=SensorFaultData("air1", SensorFaultReason.STUCK, detail),
    )


def event(happened: SensorFault, seq: int = 0, gateway: Gateway = GATEWAY) -> Message:
    return message(gateway.pack("events", "b1", seq), messages.encode(happened))


def status(state: GatewayState = GatewayState.ONLINE, *, boot: str = "b1", received_us: int = NOW_US) -> Message:
    return message(GATEWAY.status, messages.encode(Status(state, boot)), received_us)


def birth(*quantities: QuantityDescription, name: str = "Cổng 1") -> Message:
    described = quantities or (QuantityDescription("temperature", "Cel", 60.0),)
    said = Birth(
        boot="b1",
        at=AT,
        software="wardroom 0.1",
        name=Name(name, "Gateway 1"),
        site=SiteDescription(Name("Trụ sở", "Head office"), SiteKind.OFFICE),
        sensors=(SensorDescription("air1", Name("Không khí sảnh", "Lobby air"), described),),
    )
    return message(GATEWAY.birth, messages.encode(said))


def health(received_us: int = NOW_US, uptime_s: float = 1.0) -> Message:
    said = Health(
        boot="b1",
        at=AT,
        uptime_s=uptime_s,
        outbox=OutboxHealth(packs=3, bytes=900, oldest_s=0.5, dropped=0, quarantined=0, resent=0),
        rss_bytes=1,
        disk_free_bytes=2,
    )
    return message(GATEWAY.health, messages.encode(said), received_us)


def settings(database: TestDatabase, *, broker: Broker | None = None, ingest: Ingest | None = None) -> Settings:
    return Settings(
        broker=broker or Broker(username="ingest", password=Secret("unused")),
        database=database.ingest,
        listen=Listen(port=free_port(), token=Secret("metrics")),
        log=Log(level="debug"),
        ingest=ingest or Ingest(),
    )


@dataclass
class Desk:
    """A writer without a broker: what it acknowledges and receipts is kept here."""

    database: TestDatabase
    ingest: Ingest = field(default_factory=Ingest)
    acknowledged: list[Incoming] = field(default_factory=list)
    published: list[Outgoing] = field(default_factory=list)

    def __post_init__(self) -> None:
        clock = SystemClock()
        self.batches = Batches(self.ingest.limits(), clock)
        self.receipts = Receipts(self._publish, clock)
        self.session = DatabaseSession(settings(self.database, ingest=self.ingest))
        self.series = SeriesCache(per_gateway=self.ingest.series_per_gateway)
        self.writer = Writer(
            session=self.session,
            series=self.series,
            batches=self.batches,
            receipts=self.receipts,
            acknowledge=self.acknowledged.extend,
        )

    async def store(self, *batch: Message) -> dict[tuple[str, int], Outcome]:
        """Store one batch and return what its receipts say: (boot, sequence) → outcome."""
        await self.writer.store(batch)
        self.published.clear()
        self.receipts.send()
        return outcomes(self.published)

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """Return what the database holds, seen by a superuser."""
        with psycopg.connect(self.database.superuser) as connection:
            return connection.execute(query.encode()).fetchall()

    def harm(self, statement: str) -> None:
        """Do as a superuser what the product never does."""
        with psycopg.connect(self.database.superuser, autocommit=True) as connection:
            connection.execute(statement.encode())

    def one(self, query: str) -> object:
        return self.rows(query)[0][0]

    def _publish(self, outgoing: Outgoing) -> "asyncio.Future[None]":
        self.published.append(outgoing)
        sent: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        sent.set_result(None)
        return sent


def outcomes(published: Sequence[Outgoing]) -> dict[tuple[str, int], Outcome]:
    """Return what receipts say: (boot, sequence) → outcome."""
    found: dict[tuple[str, int], Outcome] = {}
    for outgoing in published:
        for settled in messages.decode(outgoing.payload, Receipt).settled:
            found |= {(settled.boot, seq): settled.outcome for seq in range(settled.first, settled.last + 1)}
    return found


async def until(true: Callable[[], bool], within_s: float = 20.0) -> None:
    """Return once `true` says so; fails after `within_s`."""
    deadline = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < deadline, "it never happened"
        await asyncio.sleep(0.02)


def limits(*, batch_messages: int = 10, batch_bytes: int = 10_000, queue_messages: int = 20, pace_s: float = 0.0) -> Limits:
    return Limits(batch_messages, batch_bytes, queue_messages, 1_000_000, pace_s)
