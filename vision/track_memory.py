"""track → what is remembered of it, forgotten when the track ends, after an age, and beyond a number: the one map keyed by track.

A track that is not seen for `max_age_s` of frame time leaves; beyond `limit` tracks the one not seen for longest leaves.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Final, Generic, TypeVar

T = TypeVar("T")
MAX_AGE_S: Final = 30.0
LIMIT: Final = 256


class TrackMemory(Generic[T]):
    """Remembers one thing for each track."""

    def __init__(self, make: Callable[[], T], *, max_age_s: float = MAX_AGE_S, limit: int = LIMIT) -> None:
        self._make = make
        self._max_age_s = max_age_s
        self._limit = limit
        self._kept: OrderedDict[int, tuple[float, T]] = OrderedDict()

    def __len__(self) -> int:
        """Return how many tracks are remembered."""
        return len(self._kept)

    def __iter__(self) -> Iterator[tuple[int, T]]:
        """Yield every track, the one not seen for longest first."""
        return ((track, thing) for track, (_, thing) in list(self._kept.items()))

    def seen(self, track: int, seconds: float) -> T:
        """Return what is remembered of a track that is in the frame of `seconds`: something new for a new one."""
        last, thing = self._kept.pop(track) if track in self._kept else (seconds, self._make())
        self._kept[track] = max(last, seconds), thing
        if len(self._kept) > self._limit:
            self._kept.popitem(last=False)
        return thing

    def get(self, track: int) -> T | None:
        """Return what is remembered of a track, None where nothing is."""
        found = self._kept.get(track)
        return None if found is None else found[1]

    def ended(self, track: int) -> T | None:
        """Forget a track and return what was remembered."""
        found = self._kept.pop(track, None)
        return None if found is None else found[1]

    def expired(self, seconds: float) -> list[tuple[int, T]]:
        """Forget the tracks that were last seen too long before `seconds`, and return them."""
        old = [track for track, (last, _) in self._kept.items() if seconds - last > self._max_age_s]
        return [(track, self._kept.pop(track)[1]) for track in old]
