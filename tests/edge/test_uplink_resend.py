import asyncio
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from edge.outbox import Outbox
from tests.edge.factories import reading
from tests.edge.fake_ingest import FakeIngest
from tests.edge.uplinks import place, running
from tests.edge.waiting import until
from tests.servers.broker import TestBroker
from wardroom.clock import SystemClock
from wardroom.messages import Outcome, PackQuarantinedData, Settled
from wardroom.topics import PackTopic

pytestmark = pytest.mark.servers


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


async def test_what_gathered_without_a_broker_is_backlog_and_new_packs_overtake_it(broker: TestBroker, tmp_path: Path) -> None:
    gateway, account = place(broker, "new-first")
    async with (
        FakeIngest(broker.broker("ingest"), gateway) as ingest,
        running(tmp_path, account, gateway, waiting=2_000, window=10, resend_bytes_per_s=100_000) as edge_,
    ):
        await until(lambda: len(ingest.got) >= 100)
        await edge_.put(20, start=2_000)
        await until(lambda: 2_019 in ingest.sequences(edge_.outbox.boot))
        overtaken = 2_020 - len(ingest.got)
        await edge_.empty(within_s=30.0)
        came = ingest.sequences(edge_.outbox.boot)

    assert overtaken > 1_000
    assert [seq for seq in came if seq < 2_000] == list(range(2_000))
    assert edge_.uplink.resent == 0


async def test_few_packs_that_gathered_without_a_broker_go_at_once_in_their_order(broker: TestBroker, tmp_path: Path) -> None:
    gateway, account = place(broker, "few")
    async with (
        FakeIngest(broker.broker("ingest"), gateway) as ingest,
        running(tmp_path, account, gateway, waiting=60, resend_bytes_per_s=1_024) as edge_,
    ):
        await edge_.empty(within_s=5.0)

        assert ingest.sequences(edge_.outbox.boot) == list(range(60))


async def test_backlog_is_not_held_up_between_its_portions(broker: TestBroker, tmp_path: Path) -> None:
    gateway, account = place(broker, "portions")
    async with (
        FakeIngest(broker.broker("ingest"), gateway) as ingest,
        running(tmp_path, account, gateway, waiting=4_000, resend_bytes_per_s=2**24, resend_first_s=20.0) as edge_,
    ):
        await edge_.empty(within_s=9.0)

        assert len(ingest.got) == 4_000


async def test_an_ingest_that_is_away_gets_every_pack_once_and_hears_of_few_again(broker: TestBroker, tmp_path: Path) -> None:
    gateway, account = place(broker, "away")
    async with FakeIngest(broker.broker("ingest"), gateway) as ingest, running(tmp_path, account, gateway) as edge_:
        ingest.answers = lambda _: False
        await edge_.put(500)
        await asyncio.sleep(4.0)
        tried = edge_.uplink.resent
        ingest.answers = lambda _: True
        await edge_.empty()

        assert 3 <= tried <= 8
        assert len(ingest.got) <= 500 + 2 * 500


async def test_a_reconnect_is_no_storm_of_resends(broker: TestBroker, tmp_path: Path) -> None:
    gateway, account = place(broker, "storm")
    async with FakeIngest(broker.broker("ingest"), gateway) as ingest, running(tmp_path, account, gateway, resend_first_s=1.0) as edge_:
        ingest.answers = lambda _: False
        await edge_.put(30)
        await until(lambda: len(ingest.got) == 30)
        broker.kill()
        await asyncio.sleep(1.3)  # all of them come due meanwhile
        broker.start()
        await edge_.uplink.connection()
        await asyncio.sleep(0.4)

        assert edge_.uplink.resent == 0
        ingest.answers = lambda _: True
        await edge_.empty()


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
