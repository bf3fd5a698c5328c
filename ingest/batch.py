"""messages → batch by size or age: put, take, confirm.

While the writer is idle what is there goes at once; while it writes, the next batch gathers. Under a steady flow batches begin at least
`pace_s` apart (a message's greatest age here while the database keeps up), or as soon as one is full. Gateways take turns, so that each
batch has something of everyone's; a gateway's own messages stay in their order. What is put and not yet confirmed is bounded: above the
bound `overfull` asks the subscriber to stop reading, and nothing is dropped but what `shed` turns away before it is put.
"""

import asyncio
from dataclasses import dataclass
from typing import Final

from msgspec import Struct

from ingest import shedding
from ingest.dead_letters import Envelope
from ingest.decode import Decoded, Happening, Readings, Report
from ingest.lanes import Lanes, lane_of
from ingest.shedding import Crowd
from wardroom import topics
from wardroom.bus import Incoming
from wardroom.clock import Clock
from wardroom.errors import InvalidTopic
from wardroom.messages import Health
from wardroom.topics import PackTopic

_PACKS: Final = (Readings, Happening)


class Message(Struct, frozen=True, gc=False):
    """One MQTT message on its way: as it came, what it says, and what to acknowledge in the end."""

    envelope: Envelope
    decoded: Decoded
    incoming: Incoming


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one batch and the whole queue may hold; bytes are those on the wire. `shed_after_s`: see `ingest.shedding`."""

    batch_messages: int
    batch_bytes: int
    queue_messages: int
    queue_bytes: int
    pace_s: float
    shed_after_s: float = 0.5


class Batches:
    """The queue between the subscriber and the writer, handed out in batches."""

    def __init__(self, limits: Limits, clock: Clock) -> None:
        self._limits = limits
        self._clock = clock
        self._lanes: Lanes[Message] = Lanes()
        self._crowd = Crowd(limits.shed_after_s, clock.monotonic())
        self._some = asyncio.Event()
        self._enough = asyncio.Event()
        self._held = 0
        self._held_bytes = 0
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
        """True where half the bound is free."""
        return self._held * 2 <= self._limits.queue_messages and self._held_bytes * 2 <= self._limits.queue_bytes

    @property
    def readable(self) -> bool:
        """True where a fifth of the bound is free again: go on reading, so that the next batch is there before this one is stored."""
        return self._held * 5 <= self._limits.queue_messages * 4 and self._held_bytes * 5 <= self._limits.queue_bytes * 4

    def put(self, message: Message) -> None:
        """Add a message; never refuses, because what was read cannot be unread."""
        size = len(message.envelope.payload)
        lane = self._lanes.put(lane_of(message.envelope.topic), message, size)
        decoded = message.decoded
        if isinstance(decoded, _PACKS):
            lane.behaviour.sent(decoded.topic.boot, decoded.topic.seq)
        elif isinstance(decoded, Report) and isinstance(decoded.report, Health):
            lane.behaviour.keeps = True
        self._held += 1
        self._held_bytes += size
        self._some.set()
        if self._lanes.bytes >= self._limits.batch_bytes or self._lanes.waiting >= self._limits.batch_messages:
            self._enough.set()

    def overheard(self, message: Message) -> None:
        """Take note of a message that is not put for want of room."""
        if isinstance(message.decoded, Report) and isinstance(message.decoded.report, Health):
            self._lanes.lane(lane_of(message.envelope.topic)).behaviour.keeps = True

    def shed(self, topic: str) -> bool:
        """Return whether a message that came is turned away instead of put, and if so remember it; false while there is room."""
        if self.roomy or not self._crowd.lasts(self._clock.monotonic()):
            return False
        try:
            place = topics.parse(topic)
        except InvalidTopic:
            return False
        if not isinstance(place, PackTopic) or place.kind != "readings":
            return False
        lane = self._lanes.lane(lane_of(topic))
        if not lane.behaviour.keeps or not lane.behaviour.is_new(place.boot, place.seq):
            return False
        share, total = self._cost(len(lane.messages), lane.bytes), self._cost(self._lanes.waiting, self._lanes.bytes)
        if not shedding.is_unfair(share, total, len(self._lanes), self._limits.queue_bytes):
            return False
        lane.behaviour.sent(place.boot, place.seq)
        lane.behaviour.shed(lane.name, self._clock.monotonic())
        return True

    async def take(self) -> tuple[Message, ...]:
        """Wait for messages and return the next batch: the gateways in turn, each one's in the order they came."""
        await self._some.wait()
        wait = self._begun + self._limits.pace_s - self._clock.monotonic()
        if wait > 0:
            try:
                async with asyncio.timeout(wait):
                    await self._enough.wait()
            except TimeoutError:
                pass
        self._begun = now = self._clock.monotonic()
        self._lanes.sweep(now)
        self._look(now)
        self._crowd.began(now)
        return self._cut()

    async def filled(self) -> None:
        """Wait until a whole batch is there to be taken."""
        await self._enough.wait()

    def confirm(self, batch: tuple[Message, ...]) -> None:
        """Forget a batch: it is settled."""
        self._held -= len(batch)
        self._held_bytes -= sum(len(message.envelope.payload) for message in batch)
        now = self._clock.monotonic()
        self._crowd.settled(now)
        self._look(now)

    def _look(self, now: float) -> None:
        if self._cost(self._held, self._held_bytes) <= self._limits.queue_bytes * shedding.LEAST:
            self._crowd.easy(now)

    def _cost(self, messages: int, size: int) -> float:
        """Return what messages take of the queue, in bytes: as much in its number of messages as in its bytes."""
        return size + messages * self._limits.queue_bytes / self._limits.queue_messages

    def _cut(self) -> tuple[Message, ...]:
        batch = self._lanes.cut(self._limits.batch_messages, self._limits.batch_bytes)
        if not self._lanes.waiting:
            self._some.clear()
        if self._lanes.bytes < self._limits.batch_bytes and self._lanes.waiting < self._limits.batch_messages:
            self._enough.clear()
        return tuple(batch)
