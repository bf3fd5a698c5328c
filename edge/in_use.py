"""what a camera's eyes need → engines, detectors and galleries, opened once in a process, gone with the last camera that uses it."""

import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar
from weakref import WeakValueDictionary

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Used(Generic[T]):
    """Something in use; whoever uses it keeps this."""

    it: T


class InUse(Generic[T]):
    """Things of one kind by what they were made from. Keeps nothing alive by itself."""

    def __init__(self) -> None:
        self._used: WeakValueDictionary[Hashable, Used[T]] = WeakValueDictionary()
        self._opening = threading.Lock()

    def __len__(self) -> int:
        """Return how many things are in use."""
        return len(self._used)

    def used(self, key: Hashable, opened: Callable[[], T]) -> Used[T]:
        """Return what is in use under `key`, opened now if nothing is; what `opened` raises leaves nothing behind."""
        with self._opening:
            found = self._used.get(key)
            if found is None:
                found = self._used[key] = Used(opened())
            return found
