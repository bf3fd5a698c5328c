"""messages → turns: a queue for each gateway, served round robin by bytes, so that who sends much waits behind itself.

Within a gateway the order stays. A gateway is forgotten once its queue is empty and nothing came from it for `QUIET_S`; that many may be
known, and as many as the bounded queue has messages.
"""

from collections import deque
from typing import Final, Generic, TypeVar

from ingest.shedding import Behaviour

QUIET_S: Final = 30.0
"""Three heartbeats: a gateway that lives is heard in it."""
_LANES: Final = 10_000
"""From so many gateways on, idle ones are forgotten at once."""
_SWEEP_S: Final = 1.0
_TURN_BYTES: Final = 8_192
_MESSAGE_BYTES: Final = 512
"""A message costs the database about as much as so many bytes of readings, whatever is in it."""

T = TypeVar("T")


class Lane(Generic[T]):
    """One gateway's messages, each with its size; `credit`: bytes it may still give in its turn, negative where its last was larger."""

    __slots__ = ("behaviour", "bytes", "credit", "heard", "messages", "name")

    def __init__(self, name: str) -> None:
        self.name = name
        self.messages: deque[tuple[T, int]] = deque()
        self.bytes = 0
        self.credit = 0
        self.heard = 0.0
        self.behaviour = Behaviour()


class Lanes(Generic[T]):
    """Every gateway's lane, and whose turn it is."""

    def __init__(self) -> None:
        self._lanes: dict[str, Lane[T]] = {}
        self._turns: deque[Lane[T]] = deque()
        self._now = self._swept = 0.0
        self.waiting = 0
        self.bytes = 0

    def __len__(self) -> int:
        """Gateways that are known: those that were heard of lately."""
        return len(self._lanes)

    def lane(self, name: str) -> Lane[T]:
        """Return a gateway's lane; it is heard of now."""
        lane = self._lanes.get(name)
        if lane is None:
            lane = self._lanes[name] = Lane(name)
        lane.heard = self._now
        return lane

    def put(self, name: str, message: T, size: int) -> Lane[T]:
        """Add a message of a gateway and return its lane."""
        lane = self._lanes.get(name) or self.lane(name)
        lane.heard = self._now
        if not lane.messages:
            self._turns.append(lane)
        lane.messages.append((message, size))
        lane.bytes += size
        self.waiting += 1
        self.bytes += size
        return lane

    def cut(self, most: int, most_bytes: int) -> list[T]:
        """Take messages in turn until there are `most`, or `most_bytes` are reached."""
        batch: list[T] = []
        turns, left = self._turns, most_bytes
        while turns and left > 0 and len(batch) < most:
            lane = turns[0]
            lane.credit = min(lane.credit + _TURN_BYTES, _TURN_BYTES)
            left -= self._turn(lane, batch, most, left)
            if not lane.messages:
                lane.credit = 0
                turns.popleft()
            elif lane.credit <= 0:
                turns.rotate(-1)
        self.waiting -= len(batch)
        self.bytes -= most_bytes - left
        return batch

    def _turn(self, lane: Lane[T], batch: list[T], most: int, most_bytes: int) -> int:
        """Move one lane's share into the batch; return its bytes."""
        taken, credit, messages = 0, lane.credit, lane.messages
        while messages and credit > 0 and taken < most_bytes and len(batch) < most:
            message, size = messages.popleft()
            batch.append(message)
            taken += size
            credit -= size + _MESSAGE_BYTES
        lane.credit = credit
        lane.bytes -= taken
        return taken

    def sweep(self, now: float) -> None:
        """Forget who was not heard of for long; looks once a second."""
        self._now = now
        if now - self._swept < _SWEEP_S:
            return
        self._swept = now
        crowded = len(self._lanes) > _LANES
        for lane in list(self._lanes.values()):
            lane.behaviour.look(lane.name, now)
            if not lane.messages and (crowded or now - lane.heard > QUIET_S):
                del self._lanes[lane.name]


def lane_of(topic: str) -> str:
    """Return the name of a topic's lane: the gateway's prefix, so far as there is one."""
    end = topic.find("/", topic.find("/", 5) + 1)
    return topic[:end] if end > 0 else ""
