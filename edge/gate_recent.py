"""greetings as they are said → those of the last seconds once more, for a screen that was away meanwhile; a page ignores what it knows.

Bounded: the last `MOST`, and of a visit the last word. Whoever is listed no longer is not greeted again.
"""

from collections import OrderedDict
from collections.abc import Collection
from typing import Final

from wardroom.live import LiveGreeting

FRESH_US: Final = 20_000_000
"""Whoever was greeted longer ago is not before the screen any more: as a page counts it."""
MOST: Final = 200


class Recent:
    """The last greetings of all gates."""

    def __init__(self, *, most: int = MOST) -> None:
        self._most = most
        self._said: OrderedDict[str, LiveGreeting] = OrderedDict()

    def __len__(self) -> int:
        """Return how many are remembered."""
        return len(self._said)

    def put(self, greeting: LiveGreeting) -> None:
        """Remember one."""
        self._said[greeting.id] = greeting
        self._said.move_to_end(greeting.id)
        while len(self._said) > self._most:
            self._said.popitem(last=False)

    def of(self, gate: str, now_us: int) -> list[LiveGreeting]:
        """Return those of a gate that are fresh, in the order they were said; what is not is forgotten."""
        for one in list(self._said.values()):
            if abs(now_us - one.at_us) > FRESH_US:  # a clock that was set back makes none fresh for ever
                del self._said[one.id]
        return [one for one in self._said.values() if one.gate == gate]

    def only(self, names: Collection[str]) -> None:
        """Forget the greetings of all others than these."""
        self._said = OrderedDict((visit, one) for visit, one in self._said.items() if one.name in names)
