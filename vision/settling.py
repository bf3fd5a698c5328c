"""what every look says → what counts: a state that changes only after it has been seen long enough, twice at least."""

from dataclasses import dataclass
from typing import Final

LOOKS: Final = 2
"""Looks that have to agree, however far apart they are."""
TICK_S: Final = 1e-6
"""Seconds that make no difference: what is left of the difference of two times."""


@dataclass(slots=True)
class Settling:
    """A state, true or false, with inertia. It becomes true after `rise_s` of looks that all say so, false after `fall_s`."""

    rise_s: float
    fall_s: float
    now: bool = False
    since: float = 0.0
    """When the looks began that led to the last change, or may lead to the next."""
    _looks: int = 0

    @property
    def doubted(self) -> bool:
        """Return whether the last look said otherwise."""
        return self._looks > 0

    def changed(self, seen: bool, seconds: float) -> bool:  # noqa: FBT001 - it is the thing itself
        """Take a look at `seconds`; return whether the state changed with it."""
        if seen == self.now:
            self._looks = 0
            return False
        if not self._looks or seconds < self.since:
            self.since, self._looks = seconds, 0
        self._looks += 1
        if self._looks < LOOKS or seconds - self.since < (self.rise_s if seen else self.fall_s) - TICK_S:
            return False
        self.now, self._looks = seen, 0
        return True
