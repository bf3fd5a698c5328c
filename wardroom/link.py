"""one TCP connection to the broker ↔ asyncio: sign in, subscribe, publish, acknowledge; when it is lost it is lost for good.

paho signs in and subscribes; messages and acknowledgements, of which there are thousands a second, go through `codec`. The socket is
read and written from the event loop, there is no paho thread. What is written in one turn of the loop goes out together at its end.
"""

import asyncio
import socket
from collections.abc import Callable, Sequence
from typing import Any, Final

import structlog
from paho.mqtt.reasoncodes import ReasonCode

from wardroom import codec, dial
from wardroom.errors import BrokerGone, BrokerRefused, WardroomError
from wardroom.handshake import Handshake
from wardroom.metrics import BUGS
from wardroom.outflow import NOT_NOW, Outflow, resolve
from wardroom.packets import Incoming, Outgoing
from wardroom.settings import Broker

ANSWER_S: Final = 10.0
GOODBYE_S: Final = 1.0
READ_BATCH: Final = 64
"""Packets handled per turn of the event loop, so that a flood leaves room for everything else."""
READ_BYTES: Final = 65_536
"""Taken from the socket at once: more than a TLS record, so that nothing stays behind decrypted, where the selector does not see it."""
PENDING_LIMIT: Final = 10_000
"""Publishes without an acknowledgement; above it a publish fails at once."""
UNSENT_LIMIT: Final = 32 * 2**20
"""Bytes the socket has not taken; above it a publish fails at once."""
SILENT_KEEPALIVES: Final = 1.25
"""After so many keep-alives without a byte the broker is gone; pings go out twice per keep-alive."""

_MID_LIMIT: Final = 65_535
_SUBSCRIBE_MID: Final = 1
"""The packet id paho gives the only SUBSCRIBE; messages take theirs from the next on."""
_HANDSHAKE: Final = (codec.CONNACK, codec.SUBACK, codec.PINGRESP)

_log = structlog.get_logger()


class Link:
    """One connection, from dialling to its loss; `lost` resolves with the reason, once; `on_lost` is called at that very moment."""

    def __init__(
        self, *, broker: Broker, client: Handshake, generation: int, on_message: Callable[[Incoming], None], answer_s: float = ANSWER_S
    ) -> None:
        self._answer_s = answer_s
        self.generation = generation
        self._broker = broker
        self._client = client
        self._on_message = on_message
        self._loop = asyncio.get_running_loop()
        self.on_lost: Callable[[], None] = _nothing
        self.lost: asyncio.Future[str] = self._loop.create_future()
        self._signed_in: asyncio.Future[None] = self._loop.create_future()
        self._granted: asyncio.Future[list[ReasonCode]] = self._loop.create_future()
        self._sock: socket.socket | None = None
        self._reader = codec.Reader()
        self._mid = _SUBSCRIBE_MID
        self._pending: dict[int, asyncio.Future[None]] = {}
        self._out = Outflow(on_error=self.drop)
        self._watching = self._paused = self._handling = False
        self._heard = self._pinged = self._reading_since = 0.0
        self._tick: asyncio.TimerHandle | None = None

    async def open(self) -> None:
        """Dial and sign in; raises BrokerGone or BrokerRefused."""
        client = self._client
        self._sock = await dial.dial(client, self._broker)
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_disconnect = self._on_disconnect
        client.on_socket_close = lambda _client, _data, _sock: self._unwatch()
        self._out.attach(self._sock)
        self._watch()
        self._pinged = self._loop.time()
        self._supervise()
        self._out.put(client.written())
        await self._answer(self._signed_in)

    async def subscribe(self, subscriptions: Sequence[tuple[str, int]]) -> None:
        """Subscribe to all filters at once; raises BrokerRefused where one is not granted, BrokerGone for half an answer."""
        if not subscriptions:
            return
        self._client.subscribe(list(subscriptions))
        self._out.put(self._client.written())
        await self._answer(self._granted)
        granted = self._granted.result()
        if len(granted) != len(subscriptions):
            raise dial.gone(self._broker, f"it answered {len(granted)} of {len(subscriptions)} subscriptions")
        for (topic_filter, _), reason in zip(subscriptions, granted, strict=True):
            if reason.is_failure:
                raise BrokerRefused("broker.subscription_refused", topic=topic_filter, user=self._broker.username)

    async def _answer(self, answer: "asyncio.Future[Any]") -> None:
        """Wait for the broker's answer; the time limit rests while reading is paused."""
        while not answer.done():
            done, _ = await asyncio.wait({answer, self.lost}, timeout=self._answer_s, return_when=asyncio.FIRST_COMPLETED)
            if not done and not self._paused and self._loop.time() - self._reading_since >= self._answer_s:
                raise dial.gone(self._broker, f"no answer in {self._answer_s:g} s")
            if self.lost.done() and not answer.done():
                raise dial.gone(self._broker, self.lost.result())
        answer.result()

    def publish(self, message: Outgoing) -> asyncio.Future[None]:
        """Write `message` at the end of this turn of the event loop; the future resolves on PUBACK (QoS 0: when written)."""
        future: asyncio.Future[None] = self._loop.create_future()
        if self.lost.done():
            return fail(future, dial.gone(self._broker, self.lost.result()))
        if (message.qos and len(self._pending) >= PENDING_LIMIT) or self._out.waiting > UNSENT_LIMIT:
            detail = f"{len(self._pending):,} messages and {self._out.waiting:,} bytes wait already"
            return fail(future, BrokerGone("broker.not_written", topic=message.topic, detail=detail))
        self._out.put(codec.message(message, self._next_mid() if message.qos else 0))
        if message.qos:
            self._pending[self._mid] = future
        else:
            self._out.mark(future)
        return future

    def _next_mid(self) -> int:
        self._mid = self._mid % _MID_LIMIT + 1
        while self._mid in self._pending:
            self._mid = self._mid % _MID_LIMIT + 1
        return self._mid

    def acknowledge(self, mid: int) -> None:
        """Send the PUBACK of an incoming QoS 1 message."""
        if not self.lost.done():
            self._out.put(codec.acknowledgement(mid))

    def pause(self) -> None:
        """Stop reading: the network and the broker hold what comes. Pings go on."""
        self._paused = True
        if self._watching and self._sock is not None:
            self._watching = False
            self._loop.remove_reader(self._sock.fileno())

    def resume(self) -> None:
        """Go on reading."""
        if self._paused:
            self._paused = False
            self._watch()
            self._handle_soon()

    async def close(self) -> None:
        """Say goodbye, so that no will is sent, and close; what still comes is left to the broker."""
        if self._sock is not None and not self.lost.done():
            self._on_message = _leave
            self._out.put(codec.DISCONNECT)
            await asyncio.wait({self.lost}, timeout=GOODBYE_S)
        self.drop("closed")

    def drop(self, reason: str) -> None:
        """Close without goodbye: the broker sends the will."""
        self._unwatch()
        dial.close(self._client)
        self._lose(reason)

    def _watch(self) -> None:
        if self._sock is not None and not self._paused and not self.lost.done():
            self._heard = self._reading_since = self._loop.time()
            self._watching = True
            self._loop.add_reader(self._sock.fileno(), self._readable)

    def _unwatch(self) -> None:
        """Take the socket from the event loop, before it is closed."""
        self._watching = False
        if self._sock is not None:
            self._loop.remove_reader(self._sock.fileno())
            self._sock = None
        self._out.detach()

    def _readable(self) -> None:
        """Read once; what was read before is handled first."""
        if not self._watching or self._handling or self._sock is None:
            return
        self._heard = self._loop.time()
        try:
            data = self._sock.recv(READ_BYTES)
        except NOT_NOW:
            return
        except OSError as error:
            self.drop(str(error))
            return
        if not data:
            self.drop("closed by the broker")
            return
        self._reader.feed(data)
        self._handle()

    def _handle_soon(self) -> None:
        if not self._handling:
            self._handling = True
            self._loop.call_soon(self._handle)

    def _handle(self) -> None:
        """Handle packets until there are none, reading is paused, or a batch is full."""
        self._handling = False
        try:
            for _ in range(READ_BATCH):
                packet = self._reader.take() if self._watching else None
                if packet is None:
                    break
                self._dispatch(packet)
            else:
                self._handle_soon()
        except codec.Malformed as error:
            self.drop(f"the broker sent {error}")
        except Exception:  # noqa: BLE001 - the top of the read loop: logged with its traceback, counted, and the connection is replaced
            BUGS.labels("link").inc()
            _log.exception("mqtt read failed")
            self.drop("read failed")

    def _dispatch(self, packet: codec.Packet) -> None:
        kind = packet.first & 0xF0
        if kind == codec.PUBLISH:
            self._take(codec.read_message(packet, self.generation))
        elif kind == codec.PUBACK:
            if future := self._pending.pop(codec.read_acknowledged(packet), None):
                resolve(future)
        elif packet.first in _HANDSHAKE:
            self._client.hand(packet.whole())
        else:
            raise codec.Malformed(f"a packet that begins with {packet.first:#04x}")

    def _take(self, incoming: Incoming) -> None:
        try:
            self._on_message(incoming)
        except Exception:  # noqa: BLE001 - a bug in one handler must not end the connection: logged with its traceback and counted
            BUGS.labels("on_message").inc()
            _log.exception("message handler failed", topic=incoming.topic)

    def _supervise(self) -> None:
        """Ping the broker twice per keep-alive; give a silent one up."""
        if self._sock is None or self.lost.done():
            return
        now, keepalive = self._loop.time(), self._broker.keepalive_s
        if self._watching and now - self._heard > keepalive * SILENT_KEEPALIVES:
            self.drop(f"silent for {now - self._heard:.1f} s")
            return
        if now - self._pinged >= keepalive / 2 and not self._out.waiting:
            self._pinged = now
            self._out.put(codec.PINGREQ)
        self._tick = self._loop.call_later(min(1.0, keepalive / 8), self._supervise)

    def _on_connect(self, _client: object, _data: object, _flags: object, reason: ReasonCode, _properties: object) -> None:
        if reason.is_failure:
            address = f"{self._broker.host}:{self._broker.port}"
            fail(self._signed_in, BrokerRefused("broker.refused", broker=address, user=self._broker.username, detail=str(reason)))
        else:
            resolve(self._signed_in)

    def _on_subscribe(self, _client: object, _data: object, _mid: int, reasons: list[ReasonCode], _properties: object) -> None:
        if not self._granted.done():
            self._granted.set_result(reasons)

    def _on_disconnect(self, _client: object, _data: object, _flags: object, reason: ReasonCode, _properties: object) -> None:
        self._lose(str(reason))

    def _lose(self, reason: str) -> None:
        """Mark the connection lost and fail whatever waits for it."""
        if self.lost.done():
            return
        self.lost.set_result(reason)
        self.on_lost()
        if self._tick is not None:
            self._tick.cancel()
        waiting = [*self._pending.values(), *self._out.abandon()]
        self._pending.clear()
        for future in waiting:
            fail(future, dial.gone(self._broker, reason))


def _nothing() -> None:
    """Nobody wants to know."""


def _leave(_incoming: Incoming) -> None:
    """Take no message: unacknowledged, it comes again."""


def fail(future: asyncio.Future[None], error: WardroomError) -> asyncio.Future[None]:
    """Fail a future whose owner may have cancelled it or never look at it; return it."""
    if not future.done():
        future.set_exception(error)
        future.exception()
    return future
