"""A gateway that floods: valid packs as fast as the broker takes them, an outbox in memory, resends of what got no receipt, a heartbeat."""

import asyncio
import time
from collections import OrderedDict
from types import TracebackType
from typing import Final, Self

from tests.ingest.factories import health
from tests.servers.broker import TestBroker
from wardroom import messages, senml
from wardroom.bus import Incoming, Outgoing, Session
from wardroom.clock import SystemClock
from wardroom.messages import Receipt
from wardroom.senml import Reading
from wardroom.topics import Gateway

BOOT: Final = "b1"
_WINDOW: Final = 1_000
_AT_ONCE: Final = 20


class Flooder:
    """Publishes `packs` packs of `records` readings; `unanswered` is its outbox."""

    def __init__(self, broker: TestBroker, gateway: Gateway, *, packs: int, records: int, resend_s: float = 1.0, hold: int = 2_000) -> None:
        self.unanswered: OrderedDict[int, bytes] = OrderedDict()
        self.packs = packs
        self._gateway = gateway
        self._records = records
        self._resend_s = resend_s
        self._hold = hold
        self._window = asyncio.Semaphore(_WINDOW)
        self._session = Session(
            broker=broker.add_gateway(gateway.site, gateway.gateway),
            client_id=f"{gateway.site}.{gateway.gateway}",
            on_message=self._received,
            subscriptions=((gateway.receipts, 1),),
        )

    async def __aenter__(self) -> Self:
        await self._session.__aenter__()
        await self._session.wait_connected()
        await self._session.publish(Outgoing(self._gateway.health, health().envelope.payload, qos=0))
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._session.__aexit__(kind, error, trace)

    async def flood(self) -> float:
        """Publish everything once; return the packs per second."""
        began, now_us = time.monotonic(), SystemClock().now_us()
        for seq in range(self.packs):
            first_us = now_us + seq * self._records
            readings = [Reading("meter", "current", "A", float(seq), first_us + index) for index in range(self._records)]
            self.unanswered[seq] = senml.encode(readings, SystemClock().now_us())
            await self._publish(seq)
            if seq % _AT_ONCE == 0:
                await asyncio.sleep(0)
        return self.packs / (time.monotonic() - began)

    async def settle(self) -> None:
        """Send again, a few at a time and oldest first, until every pack has its receipt."""
        while self.unanswered:
            await asyncio.sleep(self._resend_s)
            for seq in list(self.unanswered)[: self._hold]:
                await self._publish(seq)

    async def _publish(self, seq: int) -> None:
        if (payload := self.unanswered.get(seq)) is None:
            return
        await self._window.acquire()
        sent = self._session.publish(Outgoing(self._gateway.pack("readings", BOOT, seq), payload))
        sent.add_done_callback(self._acknowledged)

    def _acknowledged(self, sent: "asyncio.Future[None]") -> None:
        self._window.release()
        sent.exception()

    def _received(self, incoming: Incoming) -> None:
        for settled in messages.decode(incoming.payload, Receipt).settled:
            for seq in range(settled.first, settled.last + 1):
                self.unanswered.pop(seq, None)
        self._session.acknowledge(incoming)
