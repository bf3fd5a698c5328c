"""one TCP connection to the broker ↔ asyncio: sign in, subscribe, publish, acknowledge; when it is lost it is lost for good.

A paho client does the protocol; its socket is read and written from the event loop, there is no paho thread. Known about paho 2.2:
writing inside a callback deadlocks (`_flush` knows), and it takes two keep-alives to notice a silent peer (so pings are ours).
"""

import asyncio
import contextlib
import socket
import ssl
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Final

import structlog
from paho.mqtt import client as mqtt
from paho.mqtt.enums import MQTTErrorCode
from paho.mqtt.reasoncodes import ReasonCode

from wardroom import dial
from wardroom.errors import BrokerGone, BrokerRefused, WardroomError
from wardroom.metrics import BUGS
from wardroom.packets import Incoming, Outgoing
from wardroom.settings import Broker

ANSWER_S: Final = 10.0
GOODBYE_S: Final = 1.0
READ_BATCH: Final = 64
"""Packets read per turn of the event loop, so that a flood leaves room for everything else."""
SILENT_KEEPALIVES: Final = 1.25
"""After so many keep-alives without a byte the broker is gone; pings go out twice per keep-alive."""
_PINGREQ: Final = b"\xc0\x00"

_log = structlog.get_logger()


class Link:
    """One connection, from dialling to its loss; `lost` resolves with the reason, once; `on_lost` is called at that very moment."""

    def __init__(
        self, *, broker: Broker, client: mqtt.Client, generation: int, on_message: Callable[[Incoming], None], answer_s: float = ANSWER_S
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
        self._pending: dict[int, asyncio.Future[None]] = {}
        self._unwritten: deque[tuple[mqtt.MQTTMessageInfo, asyncio.Future[None]]] = deque()
        self._sock: socket.socket | None = None
        self._watching = self._writing = self._paused = self._in_read = False
        self._packets = 0
        self._heard = self._pinged = self._reading_since = 0.0
        self._tick: asyncio.TimerHandle | None = None

    async def open(self) -> None:
        """Dial and sign in; raises BrokerGone or BrokerRefused."""
        self._sock = await dial.dial(self._client, self._broker)
        client = self._client
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_publish = self._on_publish
        client.on_message = self._on_paho_message
        client.on_disconnect = self._on_disconnect
        client.on_socket_close = lambda _client, _data, _sock: self._unwatch()
        client.on_socket_register_write = lambda _client, _data, _sock: None
        self._watch()
        self._pinged = self._loop.time()
        self._supervise()
        self._flush()
        await self._answer(self._signed_in)

    async def subscribe(self, subscriptions: Sequence[tuple[str, int]]) -> None:
        """Subscribe to all filters at once; raises BrokerRefused where one is not granted."""
        if not subscriptions:
            return
        self._client.subscribe(list(subscriptions))
        self._flush()
        await self._answer(self._granted)
        for (topic_filter, _), reason in zip(subscriptions, self._granted.result(), strict=False):
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
        """Write `message` at once; the future resolves on PUBACK (QoS 0: when written)."""
        future: asyncio.Future[None] = self._loop.create_future()
        if self.lost.done():
            return fail(future, dial.gone(self._broker, self.lost.result()))
        info = self._client.publish(message.topic, message.payload, message.qos, message.retain)
        if info.rc != MQTTErrorCode.MQTT_ERR_SUCCESS:
            return fail(future, BrokerGone("broker.not_written", topic=message.topic, detail=mqtt.error_string(info.rc)))
        if message.qos:
            self._pending[info.mid] = future
        else:
            self._unwritten.append((info, future))
        self._flush()
        return future

    def acknowledge(self, mid: int) -> None:
        """Send the PUBACK of an incoming QoS 1 message."""
        if not self.lost.done():
            self._client.ack(mid, 1)
            self._flush()

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
            self._loop.call_soon(self._readable)

    async def close(self) -> None:
        """Say goodbye, so that no will is sent, and close."""
        if self._sock is not None and not self.lost.done():
            self._client.disconnect()
            self._flush()
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
        self._watching = self._writing = False
        if self._sock is not None:
            self._loop.remove_reader(self._sock.fileno())
            self._loop.remove_writer(self._sock.fileno())
            self._sock = None

    def _readable(self) -> None:
        """Read packets until there are none, or a batch is full; then write what reading them made."""
        if not self._watching:
            return
        self._heard = self._loop.time()
        self._in_read = True
        try:
            for _ in range(READ_BATCH):
                before = self._packets
                self._client.loop_read()
                if self._packets == before or not self._watching:
                    break
        except Exception:  # noqa: BLE001 - the top of the read loop: logged with its traceback, counted, and the connection is replaced
            BUGS.labels("link").inc()
            _log.exception("mqtt read failed")
            self.drop("read failed")
        finally:
            self._in_read = False
        if isinstance(self._sock, ssl.SSLSocket) and self._sock.pending():  # decrypted already: the selector does not see it
            self._loop.call_soon(self._readable)
        self._flush()

    def _flush(self) -> None:
        """Write what is queued; never inside a paho callback."""
        if self._in_read or self.lost.done():
            return
        self._client.loop_write()
        while self._unwritten and self._unwritten[0][0].is_published():
            resolve(self._unwritten.popleft()[1])
        wanted = self._client.want_write()
        if self._sock is None or wanted == self._writing:
            return
        self._writing = wanted
        if wanted:
            self._loop.add_writer(self._sock.fileno(), self._flush)
        else:
            self._loop.remove_writer(self._sock.fileno())

    def _supervise(self) -> None:
        """Ping the broker twice per keep-alive; give a silent one up."""
        if self._sock is None or self.lost.done():
            return
        now, keepalive = self._loop.time(), self._broker.keepalive_s
        if self._watching and now - self._heard > keepalive * SILENT_KEEPALIVES:
            self.drop(f"silent for {now - self._heard:.1f} s")
            return
        if now - self._pinged >= keepalive / 2 and not self._client.want_write():
            self._pinged = now
            try:
                with contextlib.suppress(BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):  # noticed by its silence
                    self._sock.send(_PINGREQ)
            except OSError as error:
                self.drop(str(error))
                return
        self._tick = self._loop.call_later(min(1.0, keepalive / 8), self._supervise)

    def _on_connect(self, _client: object, _data: object, _flags: object, reason: ReasonCode, _properties: object) -> None:
        self._packets += 1
        if reason.is_failure:
            address = f"{self._broker.host}:{self._broker.port}"
            fail(self._signed_in, BrokerRefused("broker.refused", broker=address, user=self._broker.username, detail=str(reason)))
        else:
            resolve(self._signed_in)

    def _on_subscribe(self, _client: object, _data: object, _mid: int, reasons: list[ReasonCode], _properties: object) -> None:
        self._packets += 1
        if not self._granted.done():
            self._granted.set_result(reasons)

    def _on_publish(self, _client: object, _data: object, mid: int, _reason: ReasonCode, _properties: object) -> None:
        if self._in_read and (future := self._pending.pop(mid, None)):  # outside a read it is a written QoS 0 message
            self._packets += 1
            resolve(future)

    def _on_paho_message(self, _client: object, _data: object, message: mqtt.MQTTMessage) -> None:
        self._packets += 1
        try:
            topic = message.topic
        except UnicodeDecodeError:
            topic = "\ufffd"
        incoming = Incoming(topic, bytes(message.payload), message.qos, message.retain, message.dup, message.mid, self.generation)
        try:
            self._on_message(incoming)
        except Exception:  # noqa: BLE001 - a bug in one handler must not end the connection: logged with its traceback and counted
            BUGS.labels("on_message").inc()
            _log.exception("message handler failed", topic=topic)

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
        waiting = [*self._pending.values(), *(future for _, future in self._unwritten)]
        self._pending.clear()
        self._unwritten.clear()
        for future in waiting:
            fail(future, dial.gone(self._broker, reason))


def _nothing() -> None:
    """Nobody wants to know."""


def resolve(future: asyncio.Future[None]) -> None:
    """Resolve a future whose owner may have cancelled it."""
    if not future.done():
        future.set_result(None)


def fail(future: asyncio.Future[None], error: WardroomError) -> asyncio.Future[None]:
    """Fail a future whose owner may have cancelled it or never look at it; return it."""
    if not future.done():
        future.set_exception(error)
        future.exception()
    return future
