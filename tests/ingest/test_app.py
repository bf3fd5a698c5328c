"""The whole path with a real broker and a real database: MQTT in, rows and receipts out, whatever is killed meanwhile."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
import pytest

from ingest.app import App
from ingest.settings import Ingest
from tests.ingest.factories import S, reading, settings, until
from tests.ingest.process import Process
from tests.ingest.wire import GatewayWire
from tests.servers.broker import TestBroker
from tests.servers.databases import TestDatabase
from tests.servers.running import Running
from wardroom.clock import SystemClock
from wardroom.messages import GatewayState, Outcome
from wardroom.topics import Gateway

pytestmark = pytest.mark.servers

STORED = Outcome.STORED


@pytest.fixture
def gateway() -> Gateway:
    """A gateway no other test has."""
    return Gateway(f"site-{secrets.token_hex(4)}", "gw-1")


@asynccontextmanager
async def running(database: TestDatabase, broker: TestBroker, ingest: Ingest | None = None) -> AsyncIterator[App]:
    """An ingest in this process, connected."""
    app = App(settings(database, broker=broker.broker("ingest"), ingest=ingest), clock=SystemClock())
    task = asyncio.create_task(app.run())
    try:
        await until(lambda: app.connected or task.done())
        yield app
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def query(database: TestDatabase, text: str) -> list[tuple[object, ...]]:
    with psycopg.connect(database.superuser) as connection:
        return connection.execute(text.encode()).fetchall()


def values(database: TestDatabase, gateway: Gateway) -> list[object]:
    text = f"SELECT value FROM reading JOIN series ON id = series_id WHERE site = '{gateway.site}' ORDER BY time"
    return [value for (value,) in query(database, text)]


async def test_a_reading_becomes_a_row_and_its_pack_is_receipted(spine: TestDatabase, broker: TestBroker, gateway: Gateway) -> None:
    async with running(spine, broker) as app, GatewayWire(broker, gateway) as wire:
        now = SystemClock().now_us()
        await wire.say(GatewayState.ONLINE)
        await wire.send(0, reading(21.5, now))
        await wire.send(1, reading(22.5, now + 1), reading(23.5, now + 2))
        await until(lambda: len(wire.settled) == 2)
        assert wire.settled == {("b1", 0): STORED, ("b1", 1): STORED}
        assert values(spine, gateway) == [21.5, 22.5, 23.5]
        assert query(spine, f"SELECT state FROM gateway WHERE site = '{gateway.site}'") == [("online",)]
        assert app.fault() is None


async def test_a_bad_message_is_kept_receipted_and_hurts_nobody(plain_spine: TestDatabase, broker: TestBroker, gateway: Gateway) -> None:
    async with running(plain_spine, broker), GatewayWire(broker, gateway) as wire:
        now = SystemClock().now_us()
        await wire.raw(gateway.pack("readings", "b1", 0), b"rubbish")
        await wire.raw(gateway.pack("events", "b1", 1), b"{}")
        await wire.raw(gateway.health, b"\x00")
        await wire.send(2, reading(1.0, now))
        await until(lambda: len(wire.settled) == 3)
        dead = Outcome.DEAD_LETTERED
        assert wire.settled == {("b1", 0): dead, ("b1", 1): dead, ("b1", 2): STORED}
        reasons = query(plain_spine, f"SELECT reason FROM dead_letter WHERE site = '{gateway.site}' ORDER BY reason")
        assert reasons == [("wire.bad_event",), ("wire.not_json",), ("wire.not_json",)]


async def test_what_comes_while_ingest_is_away_waits_at_the_broker(plain_spine: TestDatabase, broker: TestBroker, gateway: Gateway) -> None:
    now = SystemClock().now_us()
    async with running(plain_spine, broker):
        pass
    async with GatewayWire(broker, gateway) as wire:
        for seq in range(20):
            await wire.send(seq, reading(float(seq), now + seq))
        async with running(plain_spine, broker):
            await until(lambda: len(wire.settled) == 20)
    assert values(plain_spine, gateway) == [float(seq) for seq in range(20)]


async def test_ingest_killed_in_mid_stream_loses_and_doubles_nothing(spine: TestDatabase, broker: TestBroker, gateway: Gateway) -> None:
    now, packs = SystemClock().now_us(), 300
    async with GatewayWire(broker, gateway) as wire:
        async with Process(settings(spine, broker=broker.broker("ingest"))) as first:
            for seq in range(packs):
                await wire.send(seq, reading(float(seq), now + seq), reading(-1.0, now + seq, "noise", "dB"))
                if seq == packs // 2:
                    await until(lambda: bool(wire.settled))
                    first.kill()
        assert len(wire.settled) < packs
        async with Process(settings(spine, broker=broker.broker("ingest"))):
            await until(lambda: len(values(spine, gateway)) == 2 * packs)
    own = f"WHERE site = '{gateway.site}'"
    assert query(spine, f"SELECT seq FROM delivery {own} ORDER BY seq") == [(seq,) for seq in range(packs)]
    assert query(spine, f"SELECT missing FROM delivery_gap {own}") == [(0,)]


async def test_a_database_stopped_under_load_loses_nothing(
    spine: TestDatabase, broker: TestBroker, gateway: Gateway, database_server: Running
) -> None:
    now, packs = SystemClock().now_us(), 400
    async with running(spine, broker) as app, GatewayWire(broker, gateway) as wire:
        for seq in range(packs):
            await wire.send(seq, reading(float(seq), now + seq))
            if seq == 100:
                database_server.stop()
                await until(lambda: app.fault() is not None)
        assert len(wire.settled) < packs
        assert "database" in str(app.fault())
        database_server.start()
        await until(lambda: len(wire.settled) == packs)
        assert values(spine, gateway) == [float(seq) for seq in range(packs)]
        assert app.fault() is None


async def test_a_small_queue_stops_reading_and_goes_on(plain_spine: TestDatabase, broker: TestBroker, gateway: Gateway) -> None:
    now, packs = SystemClock().now_us(), 300
    small = Ingest(queue_messages=10, batch_messages=4)
    async with running(plain_spine, broker, small), GatewayWire(broker, gateway) as wire:
        with psycopg.connect(plain_spine.superuser) as blocker:
            blocker.execute("LOCK TABLE delivery IN EXCLUSIVE MODE")
            for seq in range(packs):
                await wire.send(seq, reading(float(seq), now + seq))
            await asyncio.sleep(0.2)
            assert not wire.settled
        await until(lambda: len(wire.settled) == packs)
    assert values(plain_spine, gateway) == [float(seq) for seq in range(packs)]


async def test_sharing_ingesters_divide_the_work_and_one_may_die(spine: TestDatabase, broker: TestBroker, gateway: Gateway) -> None:
    now, packs = SystemClock().now_us(), 300
    chosen = settings(spine, broker=broker.broker("ingest"), ingest=Ingest(sharing=f"group-{gateway.site}"))
    async with GatewayWire(broker, gateway) as wire, Process(chosen) as first, Process(chosen) as second:
        await asyncio.gather(first.connected(), second.connected())
        sent = {seq: reading(float(seq), now + seq) for seq in range(packs)}
        for seq in range(packs // 2):
            await wire.send(seq, sent[seq])
        await until(lambda: len(wire.settled) == packs // 2)
        assert first.batches() > 0
        assert second.batches() > 0
        first.kill()
        for seq in range(packs // 2, packs):
            await wire.send(seq, sent[seq])
        await asyncio.sleep(0.5)
        for seq in range(packs):  # what the dead member had taken comes again, as the outbox resends it
            if ("b1", seq) not in wire.settled:
                await wire.send(seq, sent[seq])
        await until(lambda: len(wire.settled) == packs)
    assert values(spine, gateway) == [float(seq) for seq in range(packs)]


async def test_sharing_members_hear_retained_status(plain_spine: TestDatabase, broker: TestBroker, gateway: Gateway) -> None:
    async with GatewayWire(broker, gateway) as wire:
        await wire.say(GatewayState.ONLINE)
        async with running(plain_spine, broker, Ingest(sharing=f"group-{gateway.site}")):
            state = f"SELECT state FROM gateway WHERE site = '{gateway.site}'"
            await until(lambda: query(plain_spine, state) == [("online",)])


async def test_a_second_lone_ingest_refuses_to_start(plain_spine: TestDatabase, broker: TestBroker) -> None:
    chosen = settings(plain_spine, broker=broker.broker("ingest"))
    async with Process(chosen) as first:
        await first.connected()
        async with Process(chosen) as second:
            assert await second.ended() == 2
            sentence = second.errors()
    assert "ingest.sharing: another ingest writes to database" in sentence
    assert "Traceback" not in sentence


async def test_a_stopped_ingest_ends_cleanly(plain_spine: TestDatabase, broker: TestBroker, gateway: Gateway) -> None:
    async with GatewayWire(broker, gateway) as wire, Process(settings(plain_spine, broker=broker.broker("ingest"))) as process:
        await process.connected()
        await wire.send(0, reading(1.0, SystemClock().now_us() - S))
        await until(lambda: bool(wire.settled))
        process.stop()
        assert await process.ended() == 0
        assert "Traceback" not in process.errors()
