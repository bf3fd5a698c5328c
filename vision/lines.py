"""tracks → who crossed which line, inward or outward.

The middle of the lower edge of a box has to be on the other side for `settle_s` and in two looks, and the step between the last look on the
one side and the first on the other has to cut the line itself: who walks around its end does not cross it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from vision import polygons
from vision.boxes import feet
from vision.errors import OptionError
from vision.polygons import Point
from vision.settling import Settling
from vision.tracking import Tracked

BAND: Final = 0.005
"""Share of the picture beside a line that belongs to neither side."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line from `start` to `end`, in shares of the picture. Inward is from its left to its right, seen on the way from start to end."""

    name: str
    start: Point
    end: Point
    labels: frozenset[int] | None = None
    """Classes that count here; None: all."""

    def __post_init__(self) -> None:
        """Refuse what is no line."""
        polygons.check(self.name, (self.start, self.end))
        if (self.start[0] - self.end[0]) ** 2 + (self.start[1] - self.end[1]) ** 2 < (2 * BAND) ** 2:
            raise OptionError("line_without_length", line=self.name)


@dataclass(frozen=True, slots=True)
class Crossed:
    """A track went over a line, at `seconds`."""

    line: str
    track: int
    seconds: float
    inward: bool


@dataclass(slots=True)
class _Path:
    """One track and one line. `right.now`: on which side it is; `last`: where it was last seen there; `first`: and first on the other."""

    right: Settling
    last: Point
    first: Point


@dataclass(slots=True)
class _Watched:
    line: Line
    paths: dict[int, _Path] = field(default_factory=dict)


class Lines:
    """Watches the lines of one camera. Keeps one small record for each line and living track."""

    def __init__(self, lines: Sequence[Line], settle_s: float = 0.2) -> None:
        names = [line.name for line in lines]
        for name in names:
            if names.count(name) > 1:
                raise OptionError("zone_twice", zone=name)
        self._settle_s = settle_s
        self._watched = [_Watched(line) for line in lines]

    def update(self, tracked: Tracked, size: tuple[int, int]) -> tuple[Crossed, ...]:
        """Return who crossed in a frame of `size` (width, height)."""
        return tuple(crossed for watched in self._watched for crossed in self._happened(watched, tracked, size))

    def _happened(self, watched: _Watched, tracked: Tracked, size: tuple[int, int]) -> Iterator[Crossed]:
        line = watched.line
        for gone in tracked.ended:
            watched.paths.pop(gone, None)
        for track in tracked.tracks:
            point = feet(track.box_xyxy, size)
            side = polygons.side(point, line.start, line.end)
            if abs(side) < BAND or (line.labels is not None and track.label not in line.labels):
                continue
            right = side > 0
            path = watched.paths.get(track.id)
            if path is None:
                watched.paths[track.id] = _Path(Settling(self._settle_s, self._settle_s, now=right), point, point)
            elif self._passed(path, point, track.seconds, right=right) and _cuts(path, line):
                yield Crossed(line.name, track.id, track.seconds, inward=right)

    def _passed(self, path: _Path, point: Point, seconds: float, *, right: bool) -> bool:
        """Take a look at a path; return whether it is on the other side now."""
        if right == path.right.now:
            path.last = point
        elif not path.right.doubted:
            path.first = point
        return path.right.changed(right, seconds)


def _cuts(path: _Path, line: Line) -> bool:
    """Return whether the step from one side to the other went through the line."""
    return polygons.crossing((path.last, path.first), (line.start, line.end))
