"""A flood from one gateway does not starve the others.

One gateway sends valid packs as fast as it can while ten others send ten readings a second each. The others' readings are stored
about as soon as without the flood, all of them and in their order; of the flood nothing is lost: what was turned away came again and was
taken.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from ingest.settings import Ingest
from tests.edge.uplinks import running
from tests.ingest.factories import health, reading, settings, until
from tests.ingest.process import Process
from tests.ingest.wire import GatewayWire
from tests.promises.flood import Flooder
from tests.promises.scale import FULL, note
from tests.promises.store import query
from tests.servers.broker import TestBroker
from tests.servers.databases import TestDatabase
from wardroom.bus import Outgoing
from wardroom.clock import SystemClock
from wardroom.senml import Reading
from wardroom.topics import Gateway

pytestmark = [pytest.mark.servers, pytest.mark.timeout(600 if FULL else 120)]

OTHERS = 10
EVERY_S = 0.1
PACKS, RECORDS = (30_000, 10) if FULL else (6_000, 10)
CALM_S = 10.0 if FULL else 3.0
SHARE = 0.5
"""The others' p99 in the flood, times the flood's own, at most: in one line for all they would be the same, on whatever machine."""
PATIENT: Final[dict[str, Any]] = {"resend_first_s": 1.0, "resend_last_s": 4.0, "resend_limit": 6, "resend_bytes_per_s": 2**21}
STORED = "ALTER TABLE delivery ADD COLUMN stored timestamptz NOT NULL DEFAULT clock_timestamp()"
LATENCY = """
SELECT extract(epoch FROM d.stored - d.sent)::float8 FROM delivery d
WHERE site = '{site}' AND (gateway = 'flood') = {flood} AND seq BETWEEN {first} AND {last} ORDER BY 1"""


class Others:
    """Ten gateways, each with a reading every tenth of a second."""

    def __init__(self, broker: TestBroker, site: str) -> None:
        self.wires = [GatewayWire(broker, Gateway(site, f"gw-{number}")) for number in range(OTHERS)]
        self.seq = 0
        self.stopped = False

    async def send(self) -> None:
        """Send until stopped, then wait for the last receipt."""
        while not self.stopped:
            for wire in self.wires:
                wire.send(self.seq, reading(float(self.seq), SystemClock().now_us()))
            self.seq += 1
            await asyncio.sleep(EVERY_S)
        await until(self.settled, 300 if FULL else 60)

    def settled(self) -> bool:
        return all(len(wire.settled) == self.seq for wire in self.wires)


@asynccontextmanager
async def sending(broker: TestBroker, site: str) -> AsyncIterator[Others]:
    others = Others(broker, site)
    for wire in others.wires:
        await wire.__aenter__()
    task = asyncio.create_task(others.send())
    try:
        yield others
        others.stopped = True
        await task
    finally:
        task.cancel()
        for wire in others.wires:
            await wire.__aexit__(None, None, None)


def p99(latencies: list[float]) -> float:
    return latencies[min(len(latencies) - 1, int(len(latencies) * 0.99))]


def latencies(database: TestDatabase, site: str, first: int, last: int, *, flood: bool = False) -> list[float]:
    rows = query(database, LATENCY.format(site=site, first=first, last=last, flood=flood))
    return [float(str(value)) for (value,) in rows]


async def shed(process: Process) -> float:
    """Return how many packs ingest turned away, by its counter."""
    async with httpx.AsyncClient(headers={"Authorization": "Bearer metrics"}) as client:
        text = (await client.get(f"http://127.0.0.1:{process.port}/metrics")).text
    return sum(float(line.rpartition(" ")[2]) for line in text.splitlines() if line.startswith("wardroom_ingest_shed_total{"))


async def test_a_flood_from_one_gateway_does_not_starve_the_others(plain_spine: TestDatabase, broker: TestBroker) -> None:
    site = f"site-{secrets.token_hex(4)}"
    query(plain_spine, STORED)
    chosen = settings(plain_spine, broker=broker.broker("ingest"), ingest=Ingest(shed_after_s=0.02))
    async with Process(chosen) as ingest:
        await ingest.connected()
        async with sending(broker, site) as others, Flooder(broker, Gateway(site, "flood"), packs=PACKS, records=RECORDS) as flooder:
            await asyncio.sleep(CALM_S)
            flood_begins = others.seq
            rate = await flooder.flood()
            flood_ends = others.seq
            turned_away, backlog = await shed(ingest), len(flooder.unanswered)
            await flooder.settle()
            in_all = await shed(ingest)
    calm, flooded = (
        latencies(plain_spine, site, 0, flood_begins - 2),
        latencies(plain_spine, site, flood_begins, flood_ends),
    )
    own = latencies(plain_spine, site, 0, PACKS, flood=True)
    note(
        "fairness",
        flood_packs_per_s=round(rate),
        shed=turned_away,
        backlog=backlog,
        calm_p99_ms=p99(calm) * 1_000,
        flood_p99_ms=p99(flooded) * 1_000,
        ratio=p99(flooded) / p99(calm),
        own_p99_ms=p99(own) * 1_000,
    )
    for number in range(OTHERS):
        stored = query(
            plain_spine,
            f"SELECT value FROM reading JOIN series ON id = series_id WHERE site = '{site}' AND gateway = 'gw-{number}' ORDER BY time",
        )
        assert [value for (value,) in stored] == [float(seq) for seq in range(others.seq)]
    assert query(plain_spine, f"SELECT count(*) FROM delivery WHERE site = '{site}' AND gateway = 'flood'") == [(PACKS,)]
    assert query(plain_spine, "SELECT count(*) FROM reading JOIN series ON id = series_id WHERE gateway = 'flood'") == [(PACKS * RECORDS,)]
    assert 0 < turned_away <= in_all <= PACKS  # none was turned away twice
    assert p99(flooded) < SHARE * p99(own)


async def test_a_real_gateway_that_floods_is_never_condemned(
    plain_spine: TestDatabase, broker: TestBroker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A driver gone mad: an agent's own outbox and uplink, whose packs are turned away but never set aside, at six resends at most."""
    site = f"site-{secrets.token_hex(4)}"
    gateway, packs, records = Gateway(site, "mad"), 60, 1_500
    monkeypatch.setenv("WARDROOM__INGEST__QUEUE_MESSAGES", "20")
    chosen = settings(plain_spine, broker=broker.broker("ingest"), ingest=Ingest(shed_after_s=0.02))
    account = broker.add_gateway(site, gateway.gateway)
    now_us = SystemClock().now_us()
    async with AsyncExitStack() as stack:
        ingest = await stack.enter_async_context(Process(chosen))
        await ingest.connected()
        await stack.enter_async_context(sending(broker, site))
        mad = await stack.enter_async_context(running(tmp_path, account, gateway, **PATIENT))
        await mad.uplink.connection()
        mad.uplink.say(Outgoing(gateway.health, health().envelope.payload, qos=0))
        await asyncio.sleep(1.5)  # the grace of a start
        for number in range(packs):
            first_us = now_us + number * records
            await mad.outbox.put(tuple(Reading("meter", "current", "A", 1.0, first_us + index) for index in range(records)))
        await mad.empty(within_s=60)
        turned_away = await shed(ingest)
        assert (mad.told, mad.outbox.quarantined, mad.outbox.dropped) == ([], 0, 0)
    assert turned_away > 0
    assert query(plain_spine, "SELECT count(*) FROM reading JOIN series ON id = series_id WHERE gateway = 'mad'") == [(packs * records,)]
    assert query(plain_spine, f"SELECT missing FROM delivery_gap WHERE site = '{site}' AND gateway = 'mad'") == [(0,)]
    note("fairness: a real gateway", packs=packs, shed=turned_away, resent=mad.uplink.resent)
