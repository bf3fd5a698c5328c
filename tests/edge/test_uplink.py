import asyncio
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from tests.edge.fake_ingest import FakeIngest
from tests.edge.uplinks import place, running
from tests.edge.waiting import until
from tests.servers.broker import TestBroker
from wardroom import messages
from wardroom.clock import SystemClock
from wardroom.messages import Birth, GatewayState, Outcome, Settled, Status
from wardroom.settings import Broker, Secret
from wardroom.topics import Gateway

pytestmark = pytest.mark.servers


async def test_packs_arrive_in_order_once_and_leave_the_outbox_on_their_receipt(broker: TestBroker, tmp_path: Path) -> None:
    gateway, account = place(broker, "in-order")
    async with FakeIngest(broker.broker("ingest"), gateway) as ingest, running(tmp_path, account, gateway) as edge_:
        await edge_.put(200)
        await edge_.empty()

        assert ingest.sequences(edge_.outbox.boot) == list(range(200))
        assert edge_.uplink.resent == 0


async def test_a_window_of_one_still_lets_everything_through(broker: TestBroker, tmp_path: Path) -> None:
    gateway, account = place(broker, "window")
    async with FakeIngest(broker.broker("ingest"), gateway) as ingest, running(tmp_path, account, gateway, window=1) as edge_:
        await edge_.put(50)
        await edge_.empty()

        assert ingest.sequences(edge_.outbox.boot) == list(range(50))


async def test_a_puback_deletes_nothing(broker: TestBroker, tmp_path: Path) -> None:
    gateway, account = place(broker, "puback")
    async with FakeIngest(broker.broker("ingest"), gateway) as ingest, running(tmp_path, account, gateway, resend_first_s=60.0) as edge_:
        ingest.answers = lambda _: False
        await edge_.put(10)
        await until(lambda: len(ingest.got) == 10)
        await asyncio.sleep(0.2)

        assert (await edge_.outbox.stats()).packs == 10


async def test_nothing_is_lost_when_the_broker_is_killed_and_comes_back(broker: TestBroker, tmp_path: Path) -> None:
    gateway, account = place(broker, "killed")
    async with FakeIngest(broker.broker("ingest"), gateway) as ingest, running(tmp_path, account, gateway) as edge_:
        await edge_.put(100)
        broker.kill()
        await edge_.put(100, start=100)
        await until(lambda: not edge_.uplink.connected)
        await edge_.put(100, start=200)
        broker.start()
        await edge_.empty(within_s=30.0)

        assert set(ingest.sequences(edge_.outbox.boot)) == set(range(300))


async def test_the_clock_s_skew_comes_from_the_fastest_receipt(broker: TestBroker, tmp_path: Path) -> None:
    gateway, account = place(broker, "skew")
    async with FakeIngest(broker.broker("ingest"), gateway) as ingest, running(tmp_path, account, gateway) as edge_:
        assert edge_.uplink.skew_s is None
        await edge_.uplink.connection()
        now_us = SystemClock().now_us()
        for late_s in (40, 30, 35):
            ingest.receipt([Settled("none", 0, 0, Outcome.STORED)], at_us=now_us - late_s * 1_000_000)
        await until(lambda: len(edge_.uplink._skews) == 3)

        assert edge_.uplink.skew_s == pytest.approx(30.0, abs=1.0)


async def test_a_receipt_that_is_none_does_no_harm(broker: TestBroker, tmp_path: Path) -> None:
    gateway, account = place(broker, "nonsense")
    async with FakeIngest(broker.broker("ingest"), gateway) as ingest, running(tmp_path, account, gateway) as edge_:
        ingest.answers = lambda _: False
        await edge_.put(1)
        await until(lambda: len(ingest.got) == 1)
        with capture_logs() as logs:
            ingest.send(b"{nonsense")
            await until(lambda: any(log["event"] == "receipt cannot be read" for log in logs))
        ingest.answers = lambda _: True
        await edge_.empty()


async def test_status_and_birth_are_retained_on_every_connect_and_a_farewell_says_stopped(broker: TestBroker, tmp_path: Path) -> None:
    gateway, account = place(broker, "states")
    async with running(tmp_path, account, gateway) as edge_:
        await edge_.uplink.connection()
        async with FakeIngest(broker.broker("ingest"), gateway) as watcher:
            await until(lambda: len(watcher.said) >= 2)
            said = dict(watcher.said)
            assert messages.decode(said["status"], Status) == Status(GatewayState.ONLINE, edge_.outbox.boot)
            assert messages.decode(said["birth"], Birth).boot == edge_.outbox.boot

            broker.kill()
            broker.start()
            watcher.said.clear()
            await until(lambda: {"status", "birth"} <= {channel for channel, _ in watcher.said})
            edge_.uplink.reborn()
            await until(lambda: [channel for channel, _ in watcher.said].count("birth") >= 2)

    async with FakeIngest(broker.broker("ingest"), gateway) as watcher:
        await until(lambda: ("status", messages.encode(Status(GatewayState.STOPPED, edge_.outbox.boot))) in watcher.said)


async def test_without_a_broker_the_outbox_waits_and_nothing_breaks(tmp_path: Path) -> None:
    nowhere = Broker(port=1, username="nobody", password=Secret("nothing"))
    async with running(tmp_path, nowhere, Gateway("vp-uplink", "nowhere")) as edge_:
        await edge_.put(10)
        edge_.uplink.reborn()
        await asyncio.sleep(0.1)

        assert not edge_.uplink.connected
        assert (await edge_.outbox.stats()).packs == 10
