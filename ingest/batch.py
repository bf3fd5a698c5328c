"""messages → batch by size or age: put, take, confirm.

While the writer is idle what is there goes at once; while it writes, the next batch gathers. Under a steady flow batches begin at least
`pace_s` apart (a message's greatest age here while the database keeps up), or as soon as one is full. What is put and not yet confirmed is
bounded: above the bound `overfull` asks the subscriber to stop reading, and nothing is dropped.
"""

import asyncio
from collections import deque
from dataclasses import dataclass

from ingest.dead_letters import Envelope
from ingest.decode import Decoded
from wardroom.bus import Incoming
from wardroom.clock import Clock


@dataclass(frozen=True, slots=True)
class Message:
    """One MQTT message on its way: as it came, what it says, and what to acknowledge in the end."""

    envelope: Envelope
    decoded: Decoded
    incoming: Incoming


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one batch and the whole queue may hold; bytes are those on the wire."""

    batch_messages: int
    batch_bytes: int
    queue_messages: int
    queue_bytes: int
    pace_s: float


class Batches:
    """The queue between the subscriber and the writer, handed out in batches."""

    def __init__(self, limits: Limits, clock: Clock) -> None:
        self._limits = limits
        self._clock = clock
        self._waiting: deque[Message] = deque()
        self._some = asyncio.Event()
        self._enough = asyncio.Event()
        self._held = 0
        self._held_bytes = 0
        self._waiting_bytes = 0
        self._begun = float("-inf")

    @property
    def held(self) -> int:
        """Messages put and not yet confirmed."""
        return self._held

    @property
    def full(self) -> bool:
        """True from the bound on: take in nothing that may be lost."""
        return self._held >= self._limits.queue_messages or self._held_bytes >= self._limits.queue_bytes

    @property
    def overfull(self) -> bool:
        """True above the bound: stop reading. A broker whose in-flight window is the bound stops sending before."""
        return self._held > self._limits.queue_messages or self._held_bytes >= self._limits.queue_bytes

    @property
    def roomy(self) -> bool:
        """True where half the bound is free again: go on reading."""
        return self._held * 2 <= self._limits.queue_messages and self._held_bytes * 2 <= self._limits.queue_bytes

    def put(self, message: Message) -> None:
        """Add a message; never refuses, because what was read cannot be unread."""
        size = len(message.envelope.payload)
        self._waiting.append(message)
        self._waiting_bytes += size
        self._held += 1
        self._held_bytes += size
        self._some.set()
        if self._waiting_bytes >= self._limits.batch_bytes or len(self._waiting) >= self._limits.batch_messages:
            self._enough.set()

    async def take(self) -> tuple[Message, ...]:
        """Wait for messages and return the next batch, in the order they came."""
        await self._some.wait()
        wait = self._begun + self._limits.pace_s - self._clock.monotonic()
        if wait > 0:
            try:
                async with asyncio.timeout(wait):
                    await self._enough.wait()
            except TimeoutError:
                pass
        self._begun = self._clock.monotonic()
        return self._cut()

    async def filled(self) -> None:
        """Wait until a whole batch is there to be taken."""
        await self._enough.wait()

    def confirm(self, batch: tuple[Message, ...]) -> None:
        """Forget a batch: it is settled."""
        self._held -= len(batch)
        self._held_bytes -= sum(len(message.envelope.payload) for message in batch)

    def _cut(self) -> tuple[Message, ...]:
        batch: list[Message] = []
        size = 0
        while self._waiting and len(batch) < self._limits.batch_messages and size < self._limits.batch_bytes:
            message = self._waiting.popleft()
            batch.append(message)
            size += len(message.envelope.payload)
        self._waiting_bytes -= size
        if not self._waiting:
            self._some.clear()
        if self._waiting_bytes < self._limits.batch_bytes and len(self._waiting) < self._limits.batch_messages:
            self._enough.clear()
        return tuple(batch)
