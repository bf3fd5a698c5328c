"""Resends never take what is live its place, and an absent ingest is met by no storm.

While nobody answers, a pack is sent once and the line hears of few again; when answers come back, what the broker kept is not sent a second
time. One gateway that returns with a day's backlog costs the others nothing, nor its own new readings.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.edge.answering import Answering
from tests.edge.backlogs import BOOT, filled, packs_of
from tests.edge.factories import edge as settings
from tests.edge.uplinks import Running, running
from tests.edge.waiting import until
from tests.promises.scale import FULL, note
from tests.servers.broker import TestBroker
from wardroom.topics import Gateway

pytestmark = [pytest.mark.servers, pytest.mark.timeout(1_200 if FULL else 120)]

LIVE_S = 60.0 if FULL else 3.0
LIVE_EVERY_S = 0.2
BACKLOG_H = 24.0 if FULL else 0.8
GATEWAYS = 40 if FULL else 8
OUTAGE_S = 600.0 if FULL else 5.0
OUTAGE_EVERY_S = 0.5 if FULL else 0.1
WAITS: dict[str, Any] = {"resend_first_s": 5.0, "resend_last_s": 300.0} if FULL else {"resend_first_s": 0.5, "resend_last_s": 30.0}
TRIES = 9 if FULL else 6
"""How often a silent ingest is tried in an outage: after 5, 10, 20 … seconds each, and at the most one more for the blur."""


@asynccontextmanager
async def ward(broker: TestBroker, folder: Path, site: str, count: int, **changed: Any) -> AsyncIterator[list[Running]]:
    async with AsyncExitStack() as stack:
        running_ones = []
        for number in range(count):
            place = Gateway(site, f"gw-{number}")
            account = broker.add_gateway(site, place.gateway)
            running_ones.append(await stack.enter_async_context(running(folder / place.gateway, account, place, **WAITS | changed)))
        for one in running_ones:
            await one.uplink.connection()
        yield running_ones


async def putting(ones: list[Running], seconds: float, every_s: float) -> int:
    """Have each gateway put readings, out of step; return how many packs each put."""
    count = int(seconds / every_s)

    async def one(at_work: Running, delay_s: float) -> None:
        await asyncio.sleep(delay_s)
        for number in range(count):
            await at_work.put(1, start=number)
            await asyncio.sleep(every_s)

    async with asyncio.TaskGroup() as tasks:
        for number, at_work in enumerate(ones):
            tasks.create_task(one(at_work, every_s * number / len(ones)))
    return count


def waits_ms(ingest: Answering, boots: set[str]) -> list[float]:
    return sorted(1_000 * wait_s for place, wait_s in ingest.seen.latencies_s.items() if place.boot in boots)


def figures(waits: list[float]) -> dict[str, float]:
    return {"p50_ms": round(waits[len(waits) // 2], 1), "p99_ms": round(waits[int(len(waits) * 0.99)], 1)}


async def test_a_day_s_backlog_of_one_gateway_costs_the_others_nothing_nor_its_own_new_readings(broker: TestBroker, tmp_path: Path) -> None:
    site, late = "vp-resend", Gateway("vp-resend", "gw-late")
    account = broker.add_gateway(site, late.gateway)
    _, size = await asyncio.to_thread(filled, tmp_path / "late" / "outbox.db", late, BACKLOG_H)
    async with Answering(broker.broker("ingest"), site) as ingest, ward(broker, tmp_path, site, 10) as ten:
        boots = {one.outbox.boot for one in ten}
        await putting(ten, LIVE_S, LIVE_EVERY_S)
        without = waits_ms(ingest, boots)
        ingest.seen.latencies_s.clear()
        async with running(tmp_path / "late", account, late, **WAITS) as returned:
            began = asyncio.get_running_loop().time()
            count = await putting([*ten, returned], LIVE_S, LIVE_EVERY_S)
            left = packs_of(BACKLOG_H) - sum(place.boot == BOOT for place in ingest.seen.packs)
            beside, own = waits_ms(ingest, boots), waits_ms(ingest, {returned.outbox.boot})
            await returned.empty(within_s=600.0)
            drained_s = asyncio.get_running_loop().time() - began
        came = sum(place.boot in boots for place in ingest.seen.packs)
        note(
            "resends starve nobody",
            without=figures(without),
            beside_backlog=figures(beside),
            own_new=figures(own),
            backlog_packs=packs_of(BACKLOG_H),
            drained_s=round(drained_s, 1),
            again=ingest.seen.again,
        )

    assert left > 0, "the backlog was gone before the others had sent"
    assert came == 2 * 10 * count
    assert len(own) == count
    assert sum(place.boot == BOOT for place in ingest.seen.packs) == packs_of(BACKLOG_H)
    assert ingest.seen.again == 0
    assert figures(beside)["p50_ms"] < figures(without)["p50_ms"] + 50
    assert figures(own)["p50_ms"] < figures(without)["p50_ms"] + 100
    assert drained_s < 1.5 * size / settings(tmp_path).resend_bytes_per_s + 10


async def test_a_database_that_returns_after_ten_minutes_meets_no_storm(broker: TestBroker, tmp_path: Path) -> None:
    site = "vp-storm"
    async with Answering(broker.broker("ingest"), site) as ingest, ward(broker, tmp_path, site, GATEWAYS) as all_of_them:
        await putting(all_of_them, 1.0, OUTAGE_EVERY_S)
        ingest.away = True
        count = int(1.0 / OUTAGE_EVERY_S) + await putting(all_of_them, OUTAGE_S, OUTAGE_EVERY_S)
        tried = sum(one.uplink.resent for one in all_of_them)
        waiting = sum([(await one.outbox.stats()).packs for one in all_of_them])
        began = asyncio.get_running_loop().time()
        ingest.returns()
        for one in all_of_them:
            await one.empty(within_s=300.0)
        drained_s = asyncio.get_running_loop().time() - began
        resent = sum(one.uplink.resent for one in all_of_them)
        note(
            "no storm when the database returns",
            gateways=GATEWAYS,
            outage_s=OUTAGE_S,
            packs=GATEWAYS * count,
            waiting=waiting,
            resent_while_away=tried,
            resent_after=resent - tried,
            again=ingest.seen.again,
            drained_s=round(drained_s, 2),
            messages_per_s=ingest.seen.peak(ingest.seen.messages, began),
            bytes_per_s=ingest.seen.peak(ingest.seen.bytes, began),
        )

    assert waiting >= GATEWAYS * (count - int(1.5 / OUTAGE_EVERY_S))
    assert len(ingest.seen.packs) == GATEWAYS * count
    assert tried <= TRIES * GATEWAYS
    assert ingest.seen.again <= TRIES * GATEWAYS


async def test_a_broker_that_forgot_the_outage_gets_each_pack_once_more_and_within_the_budget(broker: TestBroker, tmp_path: Path) -> None:
    site, budget = "vp-forgot", 8_000
    async with ward(broker, tmp_path, site, 4, resend_bytes_per_s=budget) as four:
        count = await putting(four, 4.0, 0.05)  # nobody is subscribed: the broker takes it and throws it away
        size = max([(await one.outbox.stats()).bytes for one in four])
        async with Answering(broker.broker("ingest"), site) as ingest:
            began = asyncio.get_running_loop().time()
            await putting(four, 1.0, 0.2)
            for one in four:
                await one.empty(within_s=60.0)
            drained_s = asyncio.get_running_loop().time() - began
            resent = sum(one.uplink.resent for one in four)
            note("a forgetful broker", packs=4 * count, resent=resent, drained_s=round(drained_s, 2), at_budget_s=round(size / budget, 2))

    assert len(ingest.seen.packs) == 4 * (count + 5)
    assert resent <= 4 * (count + TRIES)
    assert drained_s > size / budget - 0.2


async def test_nothing_is_lost_where_ingest_comes_and_goes(broker: TestBroker, tmp_path: Path) -> None:
    site = "vp-flapping"
    async with Answering(broker.broker("ingest"), site) as ingest, ward(broker, tmp_path, site, 4) as four:

        async def flapping() -> None:
            for _ in range(3):
                ingest.away = True
                await asyncio.sleep(0.7)
                ingest.returns()
                await asyncio.sleep(0.3)

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(flapping())
            putting_task = tasks.create_task(putting(four, 3.0, 0.02))
        for one in four:
            await one.empty(within_s=60.0)
        await until(lambda: len(ingest.seen.packs) == 4 * putting_task.result())

    assert ingest.seen.again <= 4 * putting_task.result() // 10
