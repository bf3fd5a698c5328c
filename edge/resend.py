"""packs without a receipt, and the time → which to send again now, which to set aside. Pure: time and chance are arguments.

A pack is sent again once per sign of life: only after ingest has answered something since the pack's last send. While nothing is answered
one pack at a time is tried, with growing waits, so an absent ingest is met by one copy of each pack in the broker's queue and no more. When
it returns and works through that queue, a pack waits for its turn: it is sent again once one that was sent later has been answered, or
when the answers pause.

Only so many packs are watched one by one; the others, and those that were never sent, stay on the disk as *backlog*, a range of ids that is
brought in as places come free. A pack's failures only count while ingest answers for other packs: an absent ingest condemns nobody.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from wardroom.messages import Settled

WATCHED: Final = 1_000
_DOUBLINGS: Final = 30
_SAVED_S: Final = 0.1
"""More saved budget would be a burst that what is live has to queue behind."""
_NEVER: Final = float("inf")


@dataclass(frozen=True, slots=True)
class Policy:
    """When a pack is sent again (seconds), and how many unanswered resends condemn it."""

    first_s: float = 5.0
    last_s: float = 300.0
    limit: int = 20

    def wait_s(self, sends: int, chance: float) -> float:
        """Return how long to wait after so many sends; `chance` (0 to 1) blurs it by a quarter each way."""
        doubled: float = self.first_s * 2 ** min(max(0, sends - 1), _DOUBLINGS)
        return min(self.last_s, doubled) * (0.75 + 0.5 * chance)


@dataclass(slots=True)
class Waiting:
    """A pack that was sent, or is backlog (`sends` 0), and has no receipt; `newest`: the highest sequence sent by its last send."""

    id: int
    boot: str
    seq: int
    sends: int
    due: float
    sent_at: float
    newest: int = -1
    unanswered: int = 0


@dataclass(slots=True)
class Answers:
    """What ingest has answered: when last, and up to which of this boot's sequences, now and a while ago.

    Several ingests answer out of step; a pack is passed over only by what was answered a first wait ago. `paused`: when packs that were
    sent once have had no answer for so long that the others' turn will not come.
    """

    at: float = -_NEVER
    paused: float = -_NEVER
    upto: int = -1
    upto_before: int = -1
    turned_at: float = -_NEVER

    def note(self, upto: int, now: float, turn_s: float) -> None:
        """Note an answer at `now`; `upto`: the highest sequence of this boot in it, -1 for none."""
        self.at = now
        if now - self.turned_at >= turn_s:
            self.turned_at, self.upto_before = now, self.upto
        self.upto = max(self.upto, upto)


class Resends:
    """Every pack without a receipt, in memory or as backlog. Sequences of `boot` are sent in their order."""

    def __init__(self, policy: Policy, *, boot: str, backlog_upto: int, chance: Callable[[], float], watched: int = WATCHED) -> None:
        self._policy = policy
        self._boot = boot
        self._chance = chance
        self._limit = watched
        self._waiting: dict[tuple[str, int], Waiting] = {}
        self._answers = Answers()
        self._newest = -1
        self._tries = 0
        self._try_at = -_NEVER
        self._overflowed_at = -_NEVER
        self._connected_at = -_NEVER
        self._unsent = (0, backlog_upto)
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
        if boot == self._boot:
            self._newest = max(self._newest, seq)
        waiting = self._waiting.get((boot, seq))
        if waiting is None:
            if len(self._waiting) >= self._limit:
                self._to_backlog(pack - 1, pack)
                self._overflowed_at = now
                return
            waiting = self._waiting[boot, seq] = Waiting(pack, boot, seq, 0, now, now)
        elif waiting.sends and not self._answered(waiting):
            self._tries += 1
            self._try_at = now + self._wait(self._tries + 1)
        waiting.unanswered += self._answered(waiting)
        waiting.sends += 1
        waiting.sent_at = now
        waiting.newest = self._newest
        waiting.due = now + self._wait(waiting.sends)

    def put_off(self, after: int, upto: int) -> None:
        """Take packs with `after` < id ≤ `upto`, which were not sent, into the backlog."""
        first, last = self._unsent
        self._unsent = (after if last <= self.backlog_after else min(first, after), upto)
        self._to_backlog(after, upto)

    def bring_in(self, packs: Iterable[tuple[int, str, int]], upto: int, now: float) -> None:
        """Watch packs of the backlog: all there are in its range up to `upto`. Those that were never sent are due at once."""
        first, last = self._unsent
        sent_at = self._overflowed_at
        for pack, boot, seq in packs:
            if first < pack <= last:
                waiting = Waiting(pack, boot, seq, 0, now, now)
            else:
                waiting = Waiting(pack, boot, seq, 1, sent_at + self._wait(1), sent_at, seq)
            self._waiting.setdefault((boot, seq), waiting)
        self.backlog_after = upto

    def settled(self, ranges: Iterable[Settled], now: float) -> None:
        """Forget packs that a receipt at `now` names."""
        upto, in_turn = -1, self._tries > 0
        for settled in ranges:
            if settled.boot == self._boot:
                upto = max(upto, settled.last)
            in_turn |= any(one is None or one.sends == 1 for one in self._pop(settled))
        self._answers.note(upto, now, self._policy.first_s)
        if in_turn:
            self._answers.paused = now + self._wait(1)
        self._tries, self._try_at = 0, now

    def _pop(self, settled: Settled) -> list[Waiting | None]:
        """Forget what a range names; return that, and None for packs that were not watched."""
        if settled.last - settled.first < len(self._waiting):
            return [self._waiting.pop((settled.boot, seq), None) for seq in range(settled.first, settled.last + 1)]
        found = [key for key in self._waiting if key[0] == settled.boot and settled.first <= key[1] <= settled.last]
        return [*(self._waiting.pop(key) for key in found), None]

    def forget(self, waiting: Waiting) -> None:
        """Stop watching a pack: it was set aside, or dropped from the disk."""
        self._waiting.pop((waiting.boot, waiting.seq), None)

    def reconnected(self, now: float) -> None:
        """Give packs sent over the connection that was lost the normal first wait again: their receipts may have been lost with it.

        Only those: on a line that is never up for a whole first wait the others would never have their turn.
        """
        self._tries, self._try_at = 0, now
        for waiting in self._waiting.values():
            if waiting.sends and waiting.sent_at >= self._connected_at:
                waiting.due = max(waiting.due, now + self._wait(1))
        self._connected_at = now

    def due(self, now: float) -> list[Waiting]:
        """Return the packs to send again, oldest first."""
        tried = self._tried()
        return sorted(
            (waiting for waiting in self._waiting.values() if self._due_at(waiting, tried) <= now), key=lambda waiting: waiting.id
        )

    def next_due(self) -> float | None:
        """Return when the next pack is due, None where none is watched."""
        tried = self._tried()
        return min((self._due_at(waiting, tried) for waiting in self._waiting.values()), default=None)

    def is_due(self, waiting: Waiting, now: float) -> bool:
        """Return whether a pack that was due still is: no receipt came, and it was not put off."""
        if (waiting.boot, waiting.seq) not in self._waiting:
            return False
        sure = waiting.sends == 0 or self._answered(waiting)
        return self._due_at(waiting, None if sure else self._tried()) <= now

    def condemned(self, waiting: Waiting) -> bool:
        """Return whether a due pack has had its resends, all of them in vain while others got receipts."""
        return waiting.unanswered + self._answered(waiting) > self._policy.limit

    def _answered(self, waiting: Waiting) -> bool:
        """Whether ingest answered since this pack was sent, but not for it."""
        return waiting.sends > 0 and self._answers.at > waiting.sent_at

    def _tried(self) -> Waiting | None:
        """Return which pack is tried while nothing is answered: the one whose last send is longest ago."""
        silent = (waiting for waiting in self._waiting.values() if waiting.sends and not self._answered(waiting))
        return min(silent, key=lambda waiting: (waiting.sent_at, waiting.id), default=None)

    def _due_at(self, waiting: Waiting, tried: Waiting | None) -> float:
        if waiting.sends == 0:
            return waiting.due
        if not self._answered(waiting):
            return max(waiting.due, self._try_at) if waiting is tried else _NEVER
        if self._answers.upto_before > waiting.newest:
            return waiting.due
        return max(waiting.due, self._answers.paused)

    def _wait(self, sends: int) -> float:
        return self._policy.wait_s(sends, self._chance())

    def _to_backlog(self, after: int, upto: int) -> None:
        self.backlog_after = after if self.backlog_after >= self.backlog_upto else min(self.backlog_after, after)
        self.backlog_upto = max(self.backlog_upto, upto)


class Budget:
    """Bytes a second, as a debt: whoever has sent waits until what it sent is paid off; a tenth of a second's worth may be saved."""

    def __init__(self, bytes_per_s: int, now: float) -> None:
        self._rate = bytes_per_s
        self._level = bytes_per_s * _SAVED_S
        self._at = now

    def wait_s(self, now: float) -> float:
        """Return how long to wait before the next bytes may go."""
        self._level = min(self._rate * _SAVED_S, self._level + (now - self._at) * self._rate)
        self._at = now
        return max(0.0, -self._level / self._rate)

    def spend(self, size: int) -> None:
        """Take `size` bytes out."""
        self._level -= size
