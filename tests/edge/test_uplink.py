import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from edge.birth import birth
from edge.outbox import Outbox
from edge.uplink import Uplink
from tests.edge.factories import edge, reading
from tests.edge.fake_ingest import FakeIngest
from tests.edge.waiting import until
from tests.servers.broker import TestBroker
from wardroom import messages
from wardroom.clock import SystemClock
from wardroom.messages import Birth, GatewayState, Outcome, PackQuarantinedData, Settled, Status
from wardroom.settings import Broker, Secret
from wardroom.topics import Gateway, PackTopic

pytestmark = pytest.mark.servers

QUICK = {"resend_first_s": 0.2, "resend_last_s": 0.8}


class Running:
    """An outbox and its uplink at work."""

    def __init__(self, outbox: Outbox, uplink: Uplink, told: list[PackQuarantinedData]) -> None:
        self.outbox = outbox
        self.uplink = uplink
        self.told = told

    async def put(self, count: int, start: int = 0) -> None:
        for number in range(start, start + count):
            await self.outbox.put((reading(float(number)),))

    async def empty(self, within_s: float = 15.0) -> None:
        async def nothing_left() -> bool:
            return (await self.outbox.stats()).packs == 0

        await until(nothing_left, within_s)


@asynccontextmanager
async def running(folder: Path, broker: Broker, gateway: Gateway, **changed: Any) -> AsyncIterator[Running]:
    settings, clock = edge(folder, site=gateway.site, gateway=gateway.gateway, **(QUICK | changed)), SystemClock()
    told: list[PackQuarantinedData] = []

    async def tell(data: PackQuarantinedData) -> None:
        told.append(data)

    async with Outbox(file=folder / "outbox.db", gateway=gateway, limit_bytes=2**26, clock=clock) as outbox:
        uplink = Uplink(
            settings,
            broker,
            outbox=outbox,
            clock=clock,
            birth=lambda: birth(settings, (), boot=outbox.boot, now_us=clock.now_us()),
            tell=tell,
        )
        task = asyncio.create_task(uplink.run())
        try:
            yield Running(outbox, uplink, told)
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


def place(broker: TestBroker, name: str) -> tuple[Gateway, Broker]:
    return Gateway("vp-uplink", name), broker.add_gateway("vp-uplink", name)


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


async def test_a_lost_receipt_means_the_same_bytes_again(broker: TestBroker, tmp_path: Path) -> None:
    gateway, account = place(broker, "lost-receipt")
    async with FakeIngest(broker.broker("ingest"), gateway) as ingest, running(tmp_path, account, gateway) as edge_:
        seen: dict[int, int] = {}

        def second_time_only(pack: PackTopic) -> bool:
            seen[pack.seq] = seen.get(pack.seq, 0) + 1
            return seen[pack.seq] > 1

        ingest.answers = second_time_only
        await edge_.put(20)
        await edge_.empty()

        assert sorted(ingest.sequences(edge_.outbox.boot)) == sorted([*range(20), *range(20)])
        bytes_of: dict[int, set[bytes]] = {}
        for pack, payload in ingest.got:
            bytes_of.setdefault(pack.seq, set()).add(payload)
        assert all(len(payloads) == 1 for payloads in bytes_of.values())
        assert edge_.uplink.resent == 20


async def test_what_a_broker_took_and_forgot_is_sent_again(broker: TestBroker, tmp_path: Path) -> None:
    gateway, account = place(broker, "forgot")
    async with running(tmp_path, account, gateway) as edge_:
        await edge_.uplink.connection()
        await edge_.put(20)
        await asyncio.sleep(0.3)  # nobody is subscribed: the broker acknowledges and throws away
        async with FakeIngest(broker.broker("ingest"), gateway) as ingest:
            await edge_.empty()

            assert set(ingest.sequences(edge_.outbox.boot)) == set(range(20))


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


async def test_what_an_earlier_boot_left_is_sent_under_that_boot(broker: TestBroker, tmp_path: Path) -> None:
    gateway, account = place(broker, "earlier")
    async with Outbox(file=tmp_path / "outbox.db", gateway=gateway, limit_bytes=2**26, clock=SystemClock()) as before:
        for number in range(1_500):
            await before.put((reading(float(number)),))

    async with FakeIngest(broker.broker("ingest"), gateway) as ingest, running(tmp_path, account, gateway) as edge_:
        await edge_.put(5)
        await edge_.empty(within_s=30.0)

        assert ingest.sequences(before.boot) == list(range(1_500))
        assert ingest.sequences(edge_.outbox.boot) == list(range(5))
        assert edge_.uplink.resent == 0


async def test_backlog_keeps_its_budget_and_new_packs_overtake_it(broker: TestBroker, tmp_path: Path) -> None:
    gateway, account = place(broker, "budget")
    async with Outbox(file=tmp_path / "outbox.db", gateway=gateway, limit_bytes=2**26, clock=SystemClock()) as before:
        for number in range(40):
            await before.put(tuple(reading(float(n)) for n in range(number, number + 20)))
        backlog_bytes = (await before.stats()).bytes

    rate = backlog_bytes // 4
    async with (
        FakeIngest(broker.broker("ingest"), gateway) as ingest,
        running(tmp_path, account, gateway, resend_bytes_per_s=rate) as edge_,
    ):
        began = asyncio.get_running_loop().time()
        await until(lambda: len(ingest.got) >= 5)
        await edge_.put(10)
        await until(lambda: len(ingest.sequences(edge_.outbox.boot)) == 10)
        overtaken = 40 - len(ingest.sequences(before.boot))
        await edge_.empty()

        assert overtaken > 10
        assert asyncio.get_running_loop().time() - began > 2.5


async def test_a_pack_nobody_receipts_is_set_aside_while_others_are_not(broker: TestBroker, tmp_path: Path) -> None:
    gateway, account = place(broker, "poison")
    async with (
        FakeIngest(broker.broker("ingest"), gateway) as ingest,
        running(tmp_path, account, gateway, resend_limit=2, resend_first_s=0.1, resend_last_s=0.1) as edge_,
    ):
        ingest.answers = lambda pack: pack.seq != 3
        await edge_.put(6)
        number = 6
        with capture_logs():
            while not edge_.told:
                await edge_.put(1, start=number)
                number += 1
                await asyncio.sleep(0.02)
        await edge_.empty()

        assert edge_.told == [PackQuarantinedData(edge_.outbox.boot, 3, 3)]
        assert ingest.sequences(edge_.outbox.boot).count(3) == 3
        assert (await edge_.outbox.stats()).quarantined == 1


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


async def test_an_outbox_that_cannot_be_read_for_a_while_is_read_again(broker: TestBroker, tmp_path: Path) -> None:
    gateway, account = place(broker, "unreadable")
    async with FakeIngest(broker.broker("ingest"), gateway) as ingest, running(tmp_path, account, gateway) as edge_:
        ingest.answers = lambda _: False
        await edge_.put(3)
        await until(lambda: len(ingest.got) == 3)
        with capture_logs() as logs:
            await edge_.outbox._in_thread(lambda: edge_.outbox._store._connection.execute("ALTER TABLE pack RENAME TO elsewhere"))
            await until(lambda: any(log["event"] == "outbox cannot be read" for log in logs))
            await edge_.outbox._in_thread(lambda: edge_.outbox._store._connection.execute("ALTER TABLE elsewhere RENAME TO pack"))
        ingest.answers = lambda _: True
        await edge_.empty()


async def test_a_pack_that_went_from_the_disk_is_not_missed(broker: TestBroker, tmp_path: Path) -> None:
    gateway, account = place(broker, "went")
    async with FakeIngest(broker.broker("ingest"), gateway) as ingest, running(tmp_path, account, gateway) as edge_:
        ingest.answers = lambda _: False
        await edge_.put(1)
        await until(lambda: len(ingest.got) == 1)
        edge_.outbox.confirm([Settled(edge_.outbox.boot, 0, 0, Outcome.STORED)])
        await until(lambda: len(edge_.uplink._resends) == 0)

        assert edge_.uplink.resent == 0
