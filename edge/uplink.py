"""pack → MQTT QoS 1; receipt → confirm. New packs flow in their order, paced by PUBACK; what gets no receipt is sent again.

A PUBACK is the broker's word, a receipt is ingest's: only that deletes. Resends have a budget, and so has backlog: what earlier boots left
and what gathered while there was no broker. New packs go first.
"""

import asyncio
import contextlib
import secrets
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import structlog

from edge import gauges
from edge.birth import status
from edge.outbox import Outbox
from edge.outbox_store import Stored
from edge.resend import Budget, Policy, Resends, Waiting
from edge.settings import Edge
from wardroom import messages
from wardroom.bus import Incoming, Outgoing, Session
from wardroom.clock import Clock
from wardroom.errors import InvalidMessage, StorageError
from wardroom.messages import GatewayState, PackQuarantinedData, Receipt
from wardroom.settings import Broker
from wardroom.topics import Gateway

_RETRY_S: Final = 1.0
_BREATH_S: Final = 0.05
_FEW: Final = 128
"""So many packs that gathered without a broker still go at once and in their order; more are backlog."""
_SKEW_SAMPLES: Final = 16
_DENOMINATOR: Final = 1_000_000

_log = structlog.get_logger()


def _chance() -> float:
    return secrets.randbelow(_DENOMINATOR) / _DENOMINATOR


class Uplink:
    """The gateway's one MQTT session and what flows through it."""

    def __init__(
        self,
        edge: Edge,
        broker: Broker,
        *,
        outbox: Outbox,
        clock: Clock,
        birth: Callable[[], Outgoing],
        tell: Callable[[PackQuarantinedData], Awaitable[object]],
    ) -> None:
        self._edge = edge
        self._gateway = Gateway(edge.site, edge.gateway)
        self._outbox = outbox
        self._clock = clock
        self._birth = birth
        self._tell = tell
        self._window = asyncio.Semaphore(edge.window)
        self._stir = asyncio.Event()
        self._returned = False
        self._ahead: dict[int, Stored] = {}
        self._skews: deque[float] = deque(maxlen=_SKEW_SAMPLES)
        policy = Policy(edge.resend_first_s, edge.resend_last_s, edge.resend_limit)
        self._resends = Resends(policy, boot=outbox.boot, backlog_upto=outbox.taken, chance=_chance)
        self._session = Session(
            broker=broker,
            client_id=f"edge.{edge.site}.{edge.gateway}",
            on_message=self._received,
            subscriptions=((self._gateway.receipts, 1),),
            will=status(self._gateway, GatewayState.OFFLINE, outbox.boot),
            birth=self._born,
            farewell=(status(self._gateway, GatewayState.STOPPED, outbox.boot),),
            on_connection=self._connection_changed,
        )
        self.resent = 0

    @property
    def connected(self) -> bool:
        """Whether the broker is connected."""
        return self._session.connected

    @property
    def skew_s(self) -> float | None:
        """The gateway's clock minus ingest's, by the receipt that travelled fastest lately; None before the first."""
        return min(self._skews, default=None)

    async def connection(self) -> None:
        """Wait until the broker is connected."""
        await self._session.wait_connected()

    def say(self, message: Outgoing) -> None:
        """Publish what need not arrive; nothing happens while there is no connection."""
        if self._session.connected:
            self._session.publish(message).add_done_callback(_seen)

    def reborn(self) -> None:
        """Publish the birth again: what is measured has changed. Without a connection the next one does it anyway."""
        self.say(self._birth())

    async def run(self) -> None:
        """Send until cancelled; then say farewell."""
        async with self._session, asyncio.TaskGroup() as tasks:
            tasks.create_task(self._send(), name="uplink send")
            tasks.create_task(self._resend(), name="uplink resend")

    async def _send(self) -> None:
        """Publish new packs in their order."""
        while True:
            if self._returned:
                self._returned = False
                self._put_off()
            try:
                packs = await self._outbox.take(self._edge.window)
            except StorageError as error:
                _log.error("outbox cannot be read", detail=str(error))
                await asyncio.sleep(_RETRY_S)
                continue
            for pack in packs:
                await self._publish(pack)

    def _put_off(self) -> None:
        """After a while without a broker: what gathered is backlog, so that nothing new has to queue behind it."""
        if skipped := self._outbox.skip(_FEW):
            self._resends.put_off(*skipped)
            self._stir.set()

    async def _resend(self) -> None:
        """Publish packs again whose receipt is overdue, oldest first, and what earlier boots left."""
        budget = Budget(self._edge.resend_bytes_per_s, self._clock.monotonic())
        while True:
            await self._session.wait_connected()
            try:
                await self._bring_in()
                due = self._resends.due(self._clock.monotonic())
                self._ahead.clear()
                for waiting in due:
                    await self._again(waiting, budget, due[-1].id)
            except StorageError as error:
                _log.error("outbox cannot be read", detail=str(error))
                await asyncio.sleep(_RETRY_S)
            await self._pause()

    async def _bring_in(self) -> None:
        while room := self._resends.room:
            after, upto = self._resends.backlog_after, self._resends.backlog_upto
            packs = await self._outbox.waiting(after, upto, room)
            self._resends.bring_in(packs, packs[-1][0] if len(packs) == room else upto, self._clock.monotonic())

    async def _again(self, waiting: Waiting, budget: Budget, last: int) -> None:
        if self._resends.condemned(waiting):
            await self._set_aside(waiting)
            return
        await self._outbox.quiet()
        if wait_s := budget.wait_s(self._clock.monotonic()):
            await asyncio.sleep(wait_s)
        if not self._resends.is_due(waiting, self._clock.monotonic()):
            return
        pack = await self._loaded(waiting.id, last)
        if pack is None:
            self._resends.forget(waiting)
            return
        budget.spend(pack.size)
        if waiting.sends:
            self.resent += 1
            gauges.RESENT.labels(*gauges.of(self._gateway)).inc()
        await self._publish(pack)

    async def _loaded(self, pack: int, last: int) -> Stored | None:
        """Return one pack by its id, None where it is gone; a window of those after it, up to `last`, is read with it."""
        if pack not in self._ahead:
            self._ahead = {one.id: one for one in await self._outbox.read(pack - 1, last, self._edge.window)}
        return self._ahead.pop(pack, None)

    async def _set_aside(self, waiting: Waiting) -> None:
        self._resends.forget(waiting)
        if await self._outbox.quarantine(waiting.id):
            _log.error("pack was never receipted and is set aside", boot=waiting.boot, seq=waiting.seq, sends=waiting.sends)
            await self._tell(PackQuarantinedData(waiting.boot, waiting.seq, waiting.sends))

    async def _pause(self) -> None:
        """Sleep until a pack may be due, or places for backlog come free; while nothing is watched, until something is sent."""
        self._stir.clear()
        if self._resends.room:
            return
        # a pack sent meanwhile may be due earlier than all others, but not earlier than half the first wait
        due, half_s = self._resends.next_due(), self._edge.resend_first_s / 2
        wait_s = None if due is None else min(max(due - self._clock.monotonic(), _BREATH_S), half_s)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                await self._stir.wait()

    async def _publish(self, pack: Stored) -> None:
        await self._window.acquire()
        while not self._session.connected:
            await self._session.wait_connected()
        acknowledged = self._session.publish(Outgoing(pack.topic, pack.payload))
        acknowledged.add_done_callback(self._acknowledged)
        if not self._resends:
            self._stir.set()
        self._resends.sent(pack.id, pack.boot, pack.seq, self._clock.monotonic())

    def _acknowledged(self, future: "asyncio.Future[None]") -> None:
        self._window.release()
        _seen(future)

    def _received(self, incoming: Incoming) -> None:
        counted = gauges.RECEIPTS
        try:
            receipt = messages.decode(incoming.payload, Receipt)
        except InvalidMessage as error:
            counted.labels(*gauges.of(self._gateway), "unreadable").inc()
            _log.warning("receipt cannot be read", detail=str(error))
        else:
            counted.labels(*gauges.of(self._gateway), "read").inc()
            self._skews.append(self._clock.now_us() / 1_000_000 - receipt.at.timestamp())
            self._resends.settled(receipt.settled, self._clock.monotonic())
            self._outbox.confirm(receipt.settled)
            if self._resends.room:
                self._stir.set()
        self._session.acknowledge(incoming)

    def _born(self) -> Sequence[Outgoing]:
        return (status(self._gateway, GatewayState.ONLINE, self._outbox.boot), self._birth())

    def _connection_changed(self, connected: bool) -> None:  # noqa: FBT001 - the session's callback has this one argument
        gauges.CONNECTED.labels(*gauges.of(self._gateway)).set(connected)
        if connected:
            self._returned = True
            self._resends.reconnected(self._clock.monotonic())


def _seen(future: "asyncio.Future[None]") -> None:
    """Look at a publish's error, which is no news: a pack is sent again for want of a receipt, anything else need not arrive."""
    if not future.cancelled():
        future.exception()
