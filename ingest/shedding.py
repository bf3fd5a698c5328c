"""a queue's state → whether a gateway's newest pack is turned away: so that one gateway's flood does not keep the others' readings waiting.

Turned away means acknowledged to the broker, but neither stored nor receipted: the pack is still in its gateway's outbox and comes again.
That is only safe, and only done, where all of this holds:

- it is a pack of readings from a gateway whose heartbeat told of an outbox: whoever waits for no receipt only waits;
- its sequence is the greatest of its boot so far: what comes again is always taken, so that no pack is turned away twice and none is
  condemned for want of receipts, and resends have a budget of bytes at the gateway;
- the gateway has more than half again its fair share of what waits, and an eighth of the bound;
- the queue has been crowded for `patience_s` while the database kept taking: a stall is nobody's flood, and what it left gets as long
  again to drain.
"""

from typing import Final

import structlog

UNFAIR: Final = 1.5
LEAST: Final = 0.125
STALL_S: Final = 2.0
"""A transaction that takes longer is a stall of the database."""
LONGEST_GRACE_S: Final = 60.0
START: Final = 60.0
"""Patience, times so much, for what waited at the broker before the start."""
_EPISODE_S: Final = 10.0
_BOOTS: Final = 8

_log = structlog.get_logger()


class Crowd:
    """Since when the queue is crowded although the database keeps taking."""

    def __init__(self, patience_s: float, now: float) -> None:
        self._patience_s = patience_s
        self._easy_at = now + START * patience_s
        self._begun = now
        self._flying = 0

    def easy(self, now: float) -> None:
        """The queue is all but empty."""
        self._easy_at = max(self._easy_at, now)

    def began(self, now: float) -> None:
        """A batch is taken: its transaction begins at once, or when the one before has ended."""
        if not self._flying:
            self._begun = now
        self._flying += 1

    def settled(self, now: float) -> None:
        """The oldest that was taken has ended."""
        if (stall := now - self._begun) > STALL_S:
            self._easy_at = max(self._easy_at, now + min(stall, LONGEST_GRACE_S))
        self._begun = now
        self._flying -= 1

    def lasts(self, now: float) -> bool:
        """Return whether somebody's flood must be the reason."""
        stalled = self._flying > 0 and now - self._begun > STALL_S
        return not stalled and now - self._easy_at >= self._patience_s


class Behaviour:
    """What one gateway did so far: whether it has an outbox, the greatest sequence of each boot, how much was turned away lately."""

    __slots__ = ("_newest", "_shed", "_shed_at", "keeps")

    def __init__(self) -> None:
        self.keeps = False
        self._newest: dict[str, int] = {}
        self._shed = 0
        self._shed_at = 0.0

    def sent(self, boot: str, seq: int) -> None:
        """Remember that a pack came."""
        if seq > self._newest.get(boot, -1):
            if len(self._newest) >= _BOOTS and boot not in self._newest:
                del self._newest[next(iter(self._newest))]
            self._newest[boot] = seq

    def is_new(self, boot: str, seq: int) -> bool:
        """Return whether a pack has never come before."""
        return seq > self._newest.get(boot, -1)

    def shed(self, gateway: str, now: float) -> None:
        """Count a pack that was turned away; say so once per episode."""
        if not self._shed:
            _log.warning("a gateway floods: its newest packs wait in its outbox until there is room", gateway=gateway)
        self._shed += 1
        self._shed_at = now

    def look(self, gateway: str, now: float) -> None:
        """End an episode that is over."""
        if self._shed and now - self._shed_at > _EPISODE_S:
            _log.info("the flood is over", gateway=gateway, shed=self._shed)
            self._shed = 0


def is_unfair(share: float, total: float, gateways: int, bound: float) -> bool:
    """Return whether one gateway's `share` of the `total` that waits is too much; all in the same unit."""
    return share > max(bound * LEAST, UNFAIR * total / max(gateways, 1))
