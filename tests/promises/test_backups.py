"""A backup taken in the middle of the work is one whole moment of it, and the work goes on from it on either kind of server.

Gateways send while it is taken. Restored into an empty database it holds for every pack either all or nothing of it; ingest and center
start on it; what a gateway sends again is stored once. What was confirmed to a gateway after the backup is gone: no backup can help that.
"""

import asyncio
import itertools
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psycopg
import pytest

from ingest import migrate
from ingest.backup import backup
from ingest.restore import restore
from tests.center.running import RunningCenter, pages
from tests.center.running import settings as center_settings
from tests.ingest.factories import S, reading, settings, until
from tests.ingest.process import Process
from tests.ingest.wire import GatewayWire
from tests.promises.scale import FULL, note
from tests.servers.broker import TestBroker
from tests.servers.databases import DatabaseServer, TestDatabase
from tests.servers.running import Running
from wardroom.senml import Reading
from wardroom.topics import Gateway

pytestmark = [pytest.mark.servers, pytest.mark.processes, pytest.mark.timeout(600 if FULL else 180)]

PACKS: Final = 3_000 if FULL else 100
EACH: Final = 20
WHOLE: Final = {
    "packs of which a part is missing": """
        SELECT count(*) FROM delivery d WHERE records <> (
            SELECT count(*) FROM reading WHERE value = d.seq AND series_id = (
                SELECT id FROM series s WHERE (s.site, s.gateway) = (d.site, d.gateway)
            )
        )""",
    "readings of no pack": """
        SELECT count(*) FROM reading r JOIN series s ON s.id = r.series_id WHERE NOT EXISTS (
            SELECT FROM delivery d WHERE (d.site, d.gateway) = (s.site, s.gateway) AND d.seq = r.value
        )""",
    "boots that are miscounted": """
        SELECT count(*) FROM delivery_boot b WHERE count <> (
            SELECT count(*) FROM delivery d WHERE (d.site, d.gateway, d.boot) = (b.site, b.gateway, b.boot)
        )""",
    "series whose latest is not their latest": """
        SELECT count(*) FROM series s WHERE (SELECT max(time) FROM reading WHERE series_id = s.id) IS DISTINCT FROM
            (SELECT time FROM latest WHERE series_id = s.id)""",
}


@pytest.fixture(params=["postgresql", "timescaledb"])
def other(request: pytest.FixtureRequest) -> DatabaseServer:
    """The server to restore on."""
    server, running = request.getfixturevalue(f"{request.param}_server")
    assert isinstance(running, Running)
    running.start()
    made: DatabaseServer = server
    return made


@dataclass
class Sender:
    """A gateway that sends packs and knows which were confirmed; a pack's readings have its number as their value."""

    wire: GatewayWire
    from_us: int
    sent: int = 0
    stopped: bool = False
    _next: "itertools.count[int]" = field(default_factory=itertools.count)

    def pack(self, seq: int) -> tuple[Reading, ...]:
        return tuple(reading(float(seq), self.from_us + (seq * EACH + number) * S) for number in range(EACH))

    async def run(self) -> None:
        """Send until told to stop, never more than a hundred ahead of the receipts."""
        while not self.stopped:
            seq = next(self._next)
            await self.wire.send(seq, *self.pack(seq))
            self.sent = seq + 1
            await until(lambda: self.sent - len(self.wire.settled) < 100)

    async def resend(self, packs: range) -> None:
        """Send packs again, and wait until all are confirmed."""
        self.wire.settled.clear()
        for seq in packs:
            await self.wire.send(seq, *self.pack(seq))
        await until(lambda: len(self.wire.settled) >= len(packs), within_s=60)


def an_hour_ago_us() -> int:
    return time.time_ns() // 1_000 - 3_600 * S


@asynccontextmanager
async def sending(broker: TestBroker, *gateways: Gateway) -> AsyncIterator[list[Sender]]:
    """Have gateways send while the context lasts; leave when everything is confirmed."""
    async with GatewayWire(broker, gateways[0]) as one, GatewayWire(broker, gateways[1]) as two:
        senders = [Sender(wire, an_hour_ago_us()) for wire in (one, two)]
        async with asyncio.TaskGroup() as tasks:
            for sender in senders:
                tasks.create_task(sender.run())
            yield senders
            for sender in senders:
                sender.stopped = True
        for sender in senders:
            await until(lambda sender=sender: len(sender.wire.settled) == sender.sent, within_s=60)  # type: ignore[misc]


def one(database: TestDatabase, query: str) -> int:
    with psycopg.connect(database.superuser) as connection:
        row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return int(row[0])


def check_whole(database: TestDatabase) -> None:
    assert {name: one(database, query) for name, query in WHOLE.items()} == dict.fromkeys(WHOLE, 0)


async def test_a_backup_taken_in_the_middle_of_the_work_is_a_moment_the_work_goes_on_from(
    database: TestDatabase, other: DatabaseServer, broker: TestBroker, tmp_path: Path
) -> None:
    await migrate.upgrade(database.owner.conninfo())
    site = f"site-{secrets.token_hex(4)}"
    gateways = Gateway(site, "gw-1"), Gateway(site, "gw-2")
    with other.database() as restored:
        async with Process(settings(database, broker=broker.broker("ingest"))) as ingest:
            await ingest.connected()
            async with sending(broker, *gateways) as senders:
                await until(lambda: min(sender.sent for sender in senders) > PACKS // 2, within_s=120)
                path, manifest = await backup(database.owner.conninfo(), tmp_path)
                before = [sender.sent for sender in senders]
                await until(lambda: all(sender.sent > sent + 50 for sender, sent in zip(senders, before, strict=True)), within_s=120)
        check_whole(database)
        held = {rows.table: rows.rows for rows in manifest.tables}
        await restore(restored.owner.conninfo(), path)

        check_whole(restored)
        assert one(restored, "SELECT count(*) FROM reading") == held["reading"] < one(database, "SELECT count(*) FROM reading")
        sent = sum(sender.sent for sender in senders)
        lost = sent - one(restored, "SELECT count(*) FROM delivery")
        assert lost >= 100  # confirmed to the gateways after the backup, and so deleted there
        await go_on(restored, broker, senders, tmp_path)
        assert one(restored, "SELECT count(*) FROM delivery") == sent
        assert one(restored, "SELECT count(*) FROM reading") == sent * EACH
        check_whole(restored)
    note("backup in the middle of the work", of=database.kind, on=other.kind, packs=sent, after_the_backup=lost)


async def go_on(restored: TestDatabase, broker: TestBroker, senders: list[Sender], folder: Path) -> None:
    """Have ingest and a center start on the database, gateways send everything again, and a person look at it."""
    made = center_settings(restored.center, broker.broker("center"), web=pages(folder / "web"))
    async with Process(settings(restored, broker=broker.broker("ingest"))) as ingest, RunningCenter(made, restored) as center:
        await ingest.connected()
        for sender in senders:
            async with GatewayWire(broker, sender.wire.gateway) as wire:
                await Sender(wire, sender.from_us).resend(range(sender.sent))
        answer = (await center.client.get("/api/v1/series")).raise_for_status().json()
    gateways = {sender.wire.gateway for sender in senders}
    seen = {Gateway(series["site"], series["gateway"]) for series in answer["items"]}
    assert seen >= gateways  # the broker has others' births too, which a restored ingest reads like any other
