"""packs without a receipt, and the time → which to send again now, which to set aside. Pure: time and chance are arguments.

Only so many packs are watched one by one; the others, and those earlier boots left, stay on the disk as *backlog*, a range of ids that is
brought in as places come free. A pack's failures only count while ingest answers for other packs: an absent ingest condemns nobody.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from wardroom.messages import Settled

WATCHED: Final = 1_000
_DOUBLINGS: Final = 30


@dataclass(frozen=True, slots=True)
class Policy:
    """When a pack is sent again (seconds), and how many unanswered resends condemn it."""

    first_s: float = 5.0
    last_s: float = 300.0
    limit: int = 20


@dataclass(slots=True)
class Waiting:
    """A pack that was sent, or is backlog (`sends` 0), and has no receipt."""

    id: int
    boot: str
    seq: int
    sends: int
    due: float
    sent_at: float
    unanswered: int = 0


class Resends:
    """Every pack without a receipt, in memory or as backlog."""

    def __init__(self, policy: Policy, *, backlog_upto: int, chance: Callable[[], float], watched: int = WATCHED) -> None:
        self._policy = policy
        self._chance = chance
        self._limit = watched
        self._waiting: dict[tuple[str, int], Waiting] = {}
        self._receipt_at = float("-inf")
        self.backlog_after = 0
        self.backlog_upto = backlog_upto

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def room(self) -> int:
        """How many packs of the backlog may be brought in now: none before half of the places are free."""
        free = self._limit - len(self._waiting)
        return free if self.backlog_after < self.backlog_upto and free >= self._limit // 2 else 0

    def sent(self, pack: int, boot: str, seq: int, now: float) -> None:
        """Watch a pack that was sent at `now`, for the first time or again; where all places are taken it becomes backlog."""
        waiting = self._waiting.get((boot, seq))
        if waiting is None:
            if len(self._waiting) >= self._limit:
                self._to_backlog(pack)
                return
            waiting = self._waiting[boot, seq] = Waiting(pack, boot, seq, 0, now, now)
        waiting.unanswered += self._passed_over(waiting)
        waiting.sends += 1
        waiting.sent_at = now
        waiting.due = now + self._wait(waiting.sends)

    def bring_in(self, packs: Iterable[tuple[int, str, int]], upto: int, now: float) -> None:
        """Watch packs of the backlog: all there are in its range up to `upto`; they are due at once."""
        for pack, boot, seq in packs:
            self._waiting.setdefault((boot, seq), Waiting(pack, boot, seq, 0, now, now))
        self.backlog_after = upto

    def settled(self, ranges: Iterable[Settled], now: float) -> None:
        """Forget packs that a receipt at `now` names."""
        self._receipt_at = now
        for settled in ranges:
            if settled.last - settled.first < len(self._waiting):
                found = [(settled.boot, seq) for seq in range(settled.first, settled.last + 1)]
            else:
                found = [key for key in self._waiting if key[0] == settled.boot and settled.first <= key[1] <= settled.last]
            for key in found:
                self._waiting.pop(key, None)

    def forget(self, waiting: Waiting) -> None:
        """Stop watching a pack: it was set aside, or dropped from the disk."""
        self._waiting.pop((waiting.boot, waiting.seq), None)

    def reconnected(self, now: float) -> None:
        """Give every pack that was sent the normal first wait again: the receipt may have been lost with the connection."""
        for waiting in self._waiting.values():
            if waiting.sends:
                waiting.due = max(waiting.due, now + self._wait(1))

    def due(self, now: float) -> list[Waiting]:
        """Return the packs to send again, oldest first."""
        return sorted((waiting for waiting in self._waiting.values() if waiting.due <= now), key=lambda waiting: waiting.id)

    def next_due(self) -> float | None:
        """Return when the next pack is due, None where none is watched."""
        return min((waiting.due for waiting in self._waiting.values()), default=None)

    def is_due(self, waiting: Waiting, now: float) -> bool:
        """Return whether a pack that was due still is: no receipt came, and it was not put off."""
        return (waiting.boot, waiting.seq) in self._waiting and waiting.due <= now

    def condemned(self, waiting: Waiting) -> bool:
        """Return whether a due pack has had its resends, all of them in vain while others got receipts."""
        return waiting.unanswered + self._passed_over(waiting) > self._policy.limit

    def _passed_over(self, waiting: Waiting) -> bool:
        """Whether ingest answered since this pack was sent, but not for it."""
        return waiting.sends > 0 and self._receipt_at > waiting.sent_at

    def _wait(self, sends: int) -> float:
        doubled: float = self._policy.first_s * 2 ** min(sends - 1, _DOUBLINGS)
        return min(self._policy.last_s, doubled) * (0.75 + 0.5 * self._chance())

    def _to_backlog(self, pack: int) -> None:
        if self.backlog_after >= self.backlog_upto:
            self.backlog_after = pack - 1
        self.backlog_after = min(self.backlog_after, pack - 1)
        self.backlog_upto = max(self.backlog_upto, pack)


class Budget:
    """Bytes a second, as a debt: whoever has sent waits until what it sent is paid off; one second's worth may be saved."""

    def __init__(self, bytes_per_s: int, now: float) -> None:
        self._rate = bytes_per_s
        self._level = float(bytes_per_s)
        self._at = now

    def wait_s(self, now: float) -> float:
        """Return how long to wait before the next bytes may go."""
        self._level = min(float(self._rate), self._level + (now - self._at) * self._rate)
        self._at = now
        return max(0.0, -self._level / self._rate)

    def spend(self, size: int) -> None:
        """Take `size` bytes out."""
        self._level -= size
