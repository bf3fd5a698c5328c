"""An outbox and its uplink at work, for tests with a real broker."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from edge.birth import birth
from edge.outbox import Outbox
from edge.uplink import Uplink
from tests.edge.factories import edge, reading
from tests.edge.waiting import until
from tests.servers.broker import TestBroker
from wardroom.clock import SystemClock
from wardroom.messages import PackQuarantinedData
from wardroom.settings import Broker
from wardroom.topics import Gateway

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

    async def empty(self, within_s: float = 30.0) -> None:
        async def nothing_left() -> bool:
            return (await self.outbox.stats()).packs == 0

        await until(nothing_left, within_s)


@asynccontextmanager
async def running(folder: Path, broker: Broker, gateway: Gateway, *, waiting: int = 0, **changed: Any) -> AsyncIterator[Running]:
    """Run an outbox and its uplink; `waiting` packs are put before the uplink begins."""
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
        at_work = Running(outbox, uplink, told)
        await at_work.put(waiting)
        task = asyncio.create_task(uplink.run())
        try:
            yield at_work
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


def place(broker: TestBroker, name: str) -> tuple[Gateway, Broker]:
    return Gateway("vp-uplink", name), broker.add_gateway("vp-uplink", name)
