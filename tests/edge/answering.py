"""Ingest without its database: it reads every gateway's packs, acknowledges and receipts as the real one does, and may be away."""

import asyncio
from collections import Counter, deque
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from ingest.receipts import Receipts
from wardroom import topics
from wardroom.bus import Incoming, Session
from wardroom.clock import Clock, SystemClock
from wardroom.messages import Outcome
from wardroom.settings import Broker
from wardroom.topics import PackTopic

_BATCH = 500
_PACE_S = 0.02


@dataclass
class Seen:
    """What came: packs by identity, with repeats; messages and bytes by the second they came in."""

    packs: Counter[PackTopic] = field(default_factory=Counter)
    latencies_s: dict[PackTopic, float] = field(default_factory=dict)
    messages: Counter[int] = field(default_factory=Counter)
    bytes: Counter[int] = field(default_factory=Counter)

    def peak(self, counted: Counter[int], since: float) -> int:
        """Return the most that came in one second, from the monotonic time `since` on."""
        return max((count for second, count in counted.items() if second >= int(since)), default=0)

    @property
    def again(self) -> int:
        """Messages whose pack had come before."""
        return sum(self.packs.values()) - len(self.packs)


class Answering:
    """The stand-in; while `away` it acknowledges nothing, so that the broker keeps what it may not send."""

    def __init__(self, broker: Broker, site: str, *, clock: Clock | None = None) -> None:
        self.away = False
        self.seen = Seen()
        self._clock = clock or SystemClock()
        self._waiting: deque[tuple[Incoming, PackTopic]] = deque()
        self._some = asyncio.Event()
        self.session = Session(
            broker=broker,
            client_id=f"answering-{site}",
            on_message=self._received,
            subscriptions=((f"ward/{site}/+/readings/+/+", 1), (f"ward/{site}/+/events/+/+", 1)),
        )
        self._receipts = Receipts(self.session.publish, self._clock)
        self._tasks = asyncio.TaskGroup()
        self._running: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        await self._tasks.__aenter__()
        self._running = [self._tasks.create_task(self._receipts.run()), self._tasks.create_task(self._settle())]
        await self.session.__aenter__()
        await self.session.wait_connected()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.session.__aexit__(kind, error, trace)
        for task in self._running:
            task.cancel()
        await self._tasks.__aexit__(kind, error, trace)

    def returns(self) -> None:
        """The database is back: what was held is settled in its order, a batch at a time."""
        self.away = False
        self._some.set()

    def _received(self, incoming: Incoming) -> None:
        place = topics.parse(incoming.topic)
        assert isinstance(place, PackTopic)
        now_us = self._clock.now_us()
        if place not in self.seen.packs:
            self.seen.latencies_s[place] = now_us / 1_000_000 - base_time(incoming.payload)
        self.seen.packs[place] += 1
        second = int(self._clock.monotonic())
        self.seen.messages[second] += 1
        self.seen.bytes[second] += len(incoming.topic) + len(incoming.payload)
        self._waiting.append((incoming, place))
        self._some.set()

    async def _settle(self) -> None:
        while True:
            self._some.clear()
            for _ in range(0 if self.away else min(_BATCH, len(self._waiting))):
                incoming, place = self._waiting.popleft()
                self.session.acknowledge(incoming)
                self._receipts.settle(place, Outcome.STORED)
            if self.away or not self._waiting:
                await self._some.wait()
            await asyncio.sleep(_PACE_S)


def base_time(payload: bytes) -> float:
    """Return when a pack of readings was put, in seconds since 1970; 0 for an event."""
    _, found, rest = payload.partition(b'"bt":')
    return float(rest[: rest.index(b",")].rstrip(b"}")) if found else 0.0
