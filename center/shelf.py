"""key + value + number → what changed since any number, newest change last, without looking at what did not."""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Shelf(Generic[K, V]):
    """Values by key, ordered by the number of their last change; bounded: a new key beyond `limit` is refused, known ones go on."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._items: OrderedDict[K, tuple[int, V]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._items)

    def get(self, key: K) -> V | None:
        found = self._items.get(key)
        return None if found is None else found[1]

    def put(self, key: K, value: V, seq: int) -> bool:
        """Keep `value` as changed at `seq`, False where there is no room for its key."""
        if key not in self._items and len(self._items) >= self._limit:
            return False
        self._items[key] = (seq, value)
        self._items.move_to_end(key)
        return True

    def take_oldest(self) -> int:
        """Keep the one that changed longest ago no more; return the number of its change."""
        _, (seq, _value) = self._items.popitem(last=False)
        return seq

    def erase(self, which: Callable[[V], bool]) -> bool:
        """Keep these no more; return whether there were any."""
        gone = [key for key, (_, value) in self._items.items() if which(value)]
        for key in gone:
            del self._items[key]
        return bool(gone)

    def values(self) -> Iterator[V]:
        return (value for _, value in self._items.values())

    def since(self, seq: int) -> list[V]:
        """Return what changed after `seq`, the oldest change first; costs only what it returns."""
        found = []
        for changed, value in reversed(self._items.values()):
            if changed <= seq:
                break
            found.append(value)
        found.reverse()
        return found
