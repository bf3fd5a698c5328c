"""key + value + number → the last so many, what changed since any number, and whether that is all of it."""

from collections.abc import Callable
from typing import Generic, TypeVar

from center.shelf import Shelf

K = TypeVar("K")
V = TypeVar("V")


class Recent(Generic[K, V]):
    """Values by key, ordered by the number of their last change; bounded: beyond `kept` the one that changed longest ago is forgotten."""

    def __init__(self, kept: int) -> None:
        self._kept = kept
        self._shelf: Shelf[K, V] = Shelf(kept + 1)
        self._forgotten = 0

    def get(self, key: K) -> V | None:
        return self._shelf.get(key)

    def put(self, key: K, value: V, seq: int) -> None:
        """Keep `value` as changed at `seq`."""
        self._shelf.put(key, value, seq)
        if len(self._shelf) > self._kept:
            self._forgotten = self._shelf.take_oldest()

    def reaches(self, seq: int) -> bool:
        """Return whether everything that changed after `seq` is kept."""
        return self._forgotten <= seq

    def since(self, seq: int) -> list[V]:
        return self._shelf.since(seq)

    def last(self, count: int) -> list[V]:
        """Return the last values, the oldest change first."""
        return list(self._shelf.values())[-count:]

    def erase(self, which: Callable[[V], bool]) -> bool:
        """Keep these no more; return whether there were any."""
        return self._shelf.erase(which)
