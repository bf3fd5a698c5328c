"""faces of one frame → the few worth an embedding: new ones first, then those not decided yet; who is decided is looked at again rarely.

An embedding costs as much as finding all the faces of a frame, so each frame has a budget of them.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Budget:
    """How much is embedded.

    `per_frame`: faces in one frame. `again_s`: at least so long between two looks at somebody undecided or in doubt; `rarely_s`: at
    somebody decided, or undecided after `tries` looks. `better`: a face so many times better than the last best one is worth a look at
    once, and all the tries again: who comes nearer was not given up for having been far away.
    """

    per_frame: int = 2
    again_s: float = 0.15
    rarely_s: float = 5.0
    tries: int = 15
    better: float = 1.3


@dataclass(frozen=True, slots=True)
class Candidate:
    """A usable face of this frame. `worth`: how good a picture it is, greater is better. `decided`: whether its track has a decision.

    `doubted`: its last look did not confirm the name its track has. It is looked at like a new one until a look does, or the name is gone:
    somebody else may stand there, and would keep the name for as long as nobody looks.
    """

    track: int
    worth: float
    decided: bool
    doubted: bool = False


@dataclass(slots=True)
class _Looks:
    count: int
    seconds: float
    best: float


class Attention:
    """Remembers when each track was looked at; a track is forgotten when it ends."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self._looks: dict[int, _Looks] = {}

    def chosen(self, candidates: Sequence[Candidate], seconds: float) -> tuple[int, ...]:
        """Return the indexes of the candidates to embed now, the most urgent first, and remember that they were looked at."""
        due = [index for index, candidate in enumerate(candidates) if self._due(candidate, seconds)]
        due.sort(key=lambda index: self._urgency(candidates[index], seconds), reverse=True)
        for index in due[: self.budget.per_frame]:
            self._look(candidates[index], seconds)
        return tuple(due[: self.budget.per_frame])

    def first(self, track: int) -> bool:
        """Return whether the last look at a track was its first, or its first so good."""
        looks = self._looks.get(track)
        return looks is not None and looks.count == 1

    def again(self, track: int) -> None:
        """Look at a track as at a new one: what was known about it does not hold any more."""
        self._looks.pop(track, None)

    def ended(self, tracks: Collection[int]) -> None:
        """Forget tracks."""
        for track in tracks:
            self._looks.pop(track, None)

    def __len__(self) -> int:
        """Return how many tracks are remembered."""
        return len(self._looks)

    def _due(self, candidate: Candidate, seconds: float) -> bool:
        looks = self._looks.get(candidate.track)
        if looks is None or candidate.worth >= self.budget.better * looks.best:
            return True
        settled = not candidate.doubted and (candidate.decided or looks.count >= self.budget.tries)
        return seconds - looks.seconds >= (self.budget.rarely_s if settled else self.budget.again_s)

    def _urgency(self, candidate: Candidate, seconds: float) -> tuple[bool, bool, float, float]:
        looks = self._looks.get(candidate.track)
        waited = seconds - looks.seconds if looks else 0.0
        return looks is None, candidate.doubted or not candidate.decided, waited, candidate.worth

    def _look(self, candidate: Candidate, seconds: float) -> None:
        looks = self._looks.setdefault(candidate.track, _Looks(0, seconds, 0.0))
        if candidate.worth >= self.budget.better * looks.best:
            looks.count, looks.best = 0, candidate.worth
        looks.count, looks.seconds = looks.count + 1, seconds
