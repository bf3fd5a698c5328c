"""tracks → how many persons passed a camera, of how many a face was seen, was usable, was decided: a bad camera angle shows here.

Counts are of tracks, not of frames: somebody who stands still for a minute counts once.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Funnel:
    """What has passed since the camera began. `refused`: tracks without one usable face, by the gate their last face failed."""

    persons: int = 0
    faces: int = 0
    usable: int = 0
    decided: int = 0
    named: int = 0
    refused: dict[str, int] = field(default_factory=dict)


class Counting:
    """Counts tracks as they reach each step; a track is forgotten when it ends."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._refused: Counter[str] = Counter()
        self._reached: dict[int, set[str]] = {}
        self._gates: dict[int, str] = {}

    def person(self, count: int = 1) -> None:
        """Count persons whose track has just begun."""
        self._counts["persons"] += count

    def face(self, track: int) -> None:
        """Count a face of this track."""
        self._reach(track, "faces")

    def usable(self, track: int) -> None:
        """Count a usable face of this track."""
        self._reach(track, "usable")

    def unusable(self, track: int, gate: str) -> None:
        """Keep why a face of this track was of no use."""
        self._gates[track] = gate

    def decided(self, track: int, *, named: bool) -> None:
        """Count a decision about this track."""
        self._reach(track, "decided")
        if named:
            self._reach(track, "named")

    def ended(self, tracks: Collection[int]) -> None:
        """Forget tracks; those that never had a usable face count under their last gate."""
        for track in tracks:
            gate = self._gates.pop(track, None)
            if gate is not None and "usable" not in self._reached.get(track, ()):
                self._refused[gate] += 1
            self._reached.pop(track, None)

    def seen(self) -> Funnel:
        """Return the counts so far."""
        return Funnel(
            **{name: self._counts[name] for name in ("persons", "faces", "usable", "decided", "named")}, refused=dict(self._refused)
        )

    def __len__(self) -> int:
        """Return how many tracks are remembered."""
        return len(self._reached.keys() | self._gates.keys())

    def _reach(self, track: int, step: str) -> None:
        reached = self._reached.setdefault(track, set())
        if step not in reached:
            reached.add(step)
            self._counts[step] += 1
