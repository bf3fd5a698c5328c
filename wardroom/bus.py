"""A session with the broker that survives its connections: back-off, resubscribe, birth on every connect, last will, farewell.

Nothing is queued while it is disconnected: the outbox is the queue.
"""

import asyncio
import random
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Final, Self

import structlog

from wardroom import dial, metrics
from wardroom.errors import BrokerError, BrokerRefused
from wardroom.link import Link, fail
from wardroom.packets import Incoming, Outgoing
from wardroom.settings import Broker

__all__ = ["Incoming", "Outgoing", "Session"]

BACKOFF_S: Final = (0.5, 30.0)
STEADY_S: Final = 10.0
"""A connection that lasted this long was a good one: the next back-off starts again from the least."""
FAREWELL_S: Final = 2.0

CONNECTED: Final = metrics.gauge("wardroom_broker_connected", "1 while the session is signed in and subscribed.", ("client",))
CONNECTIONS: Final = metrics.counter("wardroom_broker_connections_total", "Connection attempts by their end.", ("client", "result"))

_log = structlog.get_logger()
_random = random.SystemRandom()


class Session:
    """An MQTT 3.1.1 session: an async context manager that keeps a connection until it is left.

    `birth` is published on every connect once the subscriptions are granted; `on_connection` hears every change. A bug in the
    session's task ends the `async with` block with an ExceptionGroup.
    """

    def __init__(  # noqa: PLR0913 - keyword-only, each with one meaning; a settings object would only rename them
        self,
        *,
        broker: Broker,
        client_id: str,
        on_message: Callable[[Incoming], None],
        subscriptions: Sequence[tuple[str, int]] = (),
        will: Outgoing | None = None,
        birth: Callable[[], Sequence[Outgoing]] | None = None,
        farewell: Sequence[Outgoing] = (),
        clean: bool = True,
        on_connection: Callable[[bool], None] | None = None,
    ) -> None:
        self._broker = broker
        self._client_id = client_id
        self._on_message = on_message
        self._subscriptions = subscriptions
        self._will = will
        self._birth = birth
        self._farewell = farewell
        self._clean = clean
        self._on_connection = on_connection
        self._link: Link | None = None
        self._generation = 0
        self._leaving = False
        self._told = False
        self._connected = asyncio.Event()
        self._reading = asyncio.Event()
        self._reading.set()
        self._group = asyncio.TaskGroup()
        self._task: asyncio.Task[None] | None = None
        self._log = _log.bind(client=client_id)

    async def __aenter__(self) -> Self:
        await self._group.__aenter__()
        self._task = self._group.create_task(self._run(), name=f"mqtt session {self._client_id}")
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._leaving = True
        try:
            await self._say_goodbye()
        finally:
            if self._task is not None:
                self._task.cancel()
            if kind is None or not issubclass(kind, asyncio.CancelledError):
                kind = error = trace = None  # the block's own error stays itself; only the session's task is the group's business
            await self._group.__aexit__(kind, error, trace)

    async def _say_goodbye(self) -> None:
        if (link := self._link) is not None:
            link.resume()
            goodbyes = [self.publish(message) for message in self._farewell]
            if goodbyes:
                await asyncio.wait(goodbyes, timeout=FAREWELL_S)
            await link.close()

    @property
    def connected(self) -> bool:
        """Whether the session is signed in and every subscription granted."""
        return self._connected.is_set()

    async def wait_connected(self) -> None:
        """Return once `connected`."""
        await self._connected.wait()

    def publish(self, message: Outgoing) -> asyncio.Future[None]:
        """Write `message` in this turn of the event loop; the future resolves on PUBACK (QoS 0: when written), or holds BrokerGone."""
        if self._link is None or not self.connected:
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            return fail(future, dial.gone(self._broker, "not connected"))
        return self._link.publish(message)

    def acknowledge(self, incoming: Incoming) -> None:
        """Acknowledge a QoS 1 message; does nothing for a connection that is gone: the broker sends the message again."""
        if incoming.qos and self._link is not None and self._link.generation == incoming.generation:
            self._link.acknowledge(incoming.mid)

    def pause(self) -> None:
        """Stop reading the socket, so that the broker keeps what it has; no new connection is made meanwhile."""
        self._reading.clear()
        if self._link is not None:
            self._link.pause()

    def resume(self) -> None:
        """Go on reading."""
        self._reading.set()
        if self._link is not None:
            self._link.resume()

    async def _run(self) -> None:
        """Keep a connection: the one loop of the session."""
        attempt = 0
        loop = asyncio.get_running_loop()
        while not self._leaving:
            await self._reading.wait()
            began = loop.time()
            try:
                await self._connection()
            except BrokerError as error:
                if self._leaving:
                    return
                result = "refused" if isinstance(error, BrokerRefused) else "lost" if self._told else "unreachable"
                self._log.warning("broker connection ended", result=result, reason=str(error))
                CONNECTIONS.labels(self._client_id, result).inc()
            finally:
                self._tell(connected=False)
            attempt = 0 if loop.time() - began > STEADY_S else attempt
            await asyncio.sleep(backoff(attempt))
            attempt += 1

    async def _connection(self) -> None:
        """Make one connection and stay until it is lost; raises BrokerError, always."""
        client = dial.new_client(self._broker, self._client_id, clean=self._clean, will=self._will)
        self._generation += 1
        link = Link(broker=self._broker, client=client, generation=self._generation, on_message=self._on_message)
        link.on_lost = self._connected.clear
        self._link = link
        try:
            await link.open()
            await link.subscribe(self._subscriptions)
            CONNECTIONS.labels(self._client_id, "connected").inc()
            self._log.info("broker connected", broker=f"{self._broker.host}:{self._broker.port}")
            for message in self._birth() if self._birth else ():
                link.publish(message)
            if not link.lost.done():
                self._connected.set()
                self._tell(connected=True)
            raise dial.gone(self._broker, await link.lost)
        finally:
            link.drop("left")
            self._link = None

    def _tell(self, *, connected: bool) -> None:
        """Say a change to the gauge and to `on_connection`."""
        if connected == self._told:
            return
        self._told = connected
        CONNECTED.labels(self._client_id).set(connected)
        if self._on_connection is not None:
            self._on_connection(connected)


def backoff(attempt: int, bounds: tuple[float, float] = BACKOFF_S) -> float:
    """Return how long to wait before connection attempt `attempt` (0, 1, …): doubling to the most, with jitter."""
    least, most = bounds
    return min(most, least * 2.0 ** min(attempt, 16)) * _random.uniform(0.5, 1.0)
