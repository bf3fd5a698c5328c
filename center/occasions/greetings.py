"""somebody passed → what the gate's screen says to them, or nothing: who was just greeted, and who passed a while ago, is left in peace."""

from collections import OrderedDict
from typing import Final

from wardroom.admission import ADMITTED, Direction, Result
from wardroom.live import LiveGreeting, LivePassage

AGAIN_US: Final = 5 * 60 * 1_000_000
"""Who was greeted anywhere within these microseconds and comes again is not greeted again."""
LATE_US: Final = 30 * 1_000_000
"""Who passed longer ago is not greeted at all: they are not before the screen any more."""
REMEMBERED: Final = 20_000
"""Passages greeted and delegates greeted that are remembered; beyond that the oldest is forgotten."""


class Greetings:
    """Remembers whom it greeted, and when."""

    def __init__(self, *, remembered: int = REMEMBERED) -> None:
        self._bound = remembered
        self._passages: OrderedDict[str, str] = OrderedDict()
        self._delegates: OrderedDict[str, int] = OrderedDict()

    def greet(self, passage: LivePassage, *, photo: bool, now_us: int) -> LiveGreeting | None:
        """Return the greeting for a passage as it counts now, None where there is none to be said."""
        delegate = passage.delegate
        if passage.gate is None or delegate is None:
            return None
        if not self._due(passage, delegate, now_us):
            if passage.direction == Direction.IN and passage.result in ADMITTED:  # greeted before a restart, or by a gate that was alone
                self._greeted(delegate, passage.at_us)
            return None
        self._remember(passage, delegate)
        return LiveGreeting(
            id=passage.id,
            gate=passage.gate,
            occasion=passage.occasion,
            at_us=passage.at_us,
            result=passage.result,
            title=passage.title,
            name=passage.name,
            position=passage.position,
            unit=passage.unit,
            seat=passage.seat,
            photo=photo,
        )

    def _due(self, passage: LivePassage, delegate: str, now_us: int) -> bool:
        if passage.direction != Direction.IN or self._passages.get(passage.id) == delegate or now_us - passage.at_us > LATE_US:
            return False
        if passage.result in ADMITTED:
            return True
        greeted_us = self._delegates.get(delegate)
        return passage.result == Result.ALREADY and (greeted_us is None or passage.at_us - greeted_us > AGAIN_US)

    def _remember(self, passage: LivePassage, delegate: str) -> None:
        self._passages[passage.id] = delegate
        self._greeted(delegate, passage.at_us)

    def _greeted(self, delegate: str, at_us: int) -> None:
        self._delegates[delegate] = max(at_us, self._delegates.pop(delegate, 0))
        for kept in (self._passages, self._delegates):
            if len(kept) > self._bound:
                kept.popitem(last=False)
