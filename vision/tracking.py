"""detections, frame by frame → tracks with ids that stay: which box of this frame is which thing of the frames before.

In the manner of ByteTrack (Zhang et al., 2022): sure detections first, then the weak ones, which only go on with what is already followed.
With likelihoods, not overlaps (`vision/kalman.py`), so that a face that moves more than its own width between two frames keeps its id;
with seconds instead of frame counts, so that a camera may give 5 or 25 frames a second, or both. Ids count up from 1 and never come back.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vision import kalman
from vision.assignment import Cost, assigned, doubtful
from vision.boxes import overlaps
from vision.detections import Detections
from vision.kalman import Mobility

FAR: Final = 15.0
"""A belief and a sighting with a chi-square above this are not of the same thing (4 degrees of freedom: one true pair in 200)."""
UNLIKELY: Final = 25.0
"""From this cost on it is likelier that one thing is unseen and another one new."""
STEP: Final = 13.8
"""A step whose chi-square is above this is implausible (2 degrees of freedom: one true step in 1,000)."""
TOUCHING: Final = 0.3
"""Boxes that overlap so much are of the same thing even if its size changed at once: somebody bent down, a car came out from behind."""
SAME: Final = 0.8
"""A new box that overlaps a followed one so much is the same thing found twice."""


@dataclass(frozen=True, slots=True)
class TrackerOptions:
    """How a tracker follows. Scores are the detector's; a detector should hand over everything down to `weak_score`."""

    mobility: Mobility = kalman.THINGS
    """How things move, in their own sizes."""
    expire_s: float = 2.0
    """Seconds unseen after which a track ends."""
    sure_score: float = 0.5
    """Detections from here on begin tracks."""
    weak_score: float = 0.1
    """Detections below this are ignored; between the two they only go on with tracks."""
    confirm: int = 2
    """Sightings without a gap before a track gets its id; what is seen less often never was."""


OBJECTS: Final = TrackerOptions()
"""Persons, vehicles and other things."""
FACES: Final = TrackerOptions(mobility=kalman.HEADS, expire_s=1.0, weak_score=0.3)
"""Faces."""


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """One thing as it was seen in this frame.

    `row`: which of the detections it is. `box_xyxy`: float32 (4,), that detection's box. `began`, `seconds`: its first and this sighting.
    `velocity_xy`: pixels a second, from the filter. `jumped`: the id may have passed to another thing here, by an implausible step or
    because another track would have explained the box as well: whatever was concluded from earlier frames does not hold any more.
    """

    id: int
    label: int
    row: int
    box_xyxy: NDArray[np.float32]
    score: float
    began: float
    seconds: float
    velocity_xy: tuple[float, float]
    jumped: bool


@dataclass(frozen=True, slots=True)
class Tracked:
    """What one frame brought. `ended`: ids that never come again, to be forgotten by whoever keeps something under them."""

    tracks: tuple[Track, ...] = ()
    unseen: tuple[int, ...] = ()
    """Ids still followed that nothing in this frame belongs to."""
    ended: tuple[int, ...] = ()


@dataclass(slots=True)
class _Life:
    label: int
    began: float
    seen: float
    id: int = 0
    sightings: int = 1
    jumped: bool = False
    doubt: bool = False
    row: int | None = None


class Tracker:
    """Follows the things of one stream. Not for several threads."""

    def __init__(self, options: TrackerOptions = OBJECTS) -> None:
        self._options = options
        self._motion = kalman.begun(np.empty((0, 4)), options.mobility)
        self._lives: list[_Life] = []
        self._seconds = 0.0
        self._size: tuple[int, int] | None = None
        self._next_id = 1

    @property
    def following(self) -> bool:
        """Return whether there is anything to go on with: then the next frames should be looked at, whether it moves or not."""
        return bool(self._lives)

    def update(self, detections: Detections, seconds: float, size: tuple[int, int] | None = None) -> Tracked:
        """Return the tracks after a frame of `size` (width, height) caught at `seconds`.

        A stream that begins again, with earlier seconds or in another size, ends all of them: a place in pixels is another place then.
        Leave out frames that nobody looked at: an empty `detections` says that nothing is there.
        """
        elapsed, self._seconds = seconds - self._seconds, seconds
        goes_on, self._size = elapsed >= 0 and size == self._size, size
        ended = self._forget(lambda life: goes_on and seconds - life.seen <= self._options.expire_s)
        if not self._lives and not len(detections):
            return Tracked(ended=ended)
        self._motion = kalman.predicted(self._motion, max(elapsed, 0.0), self._options.mobility)
        for life in self._lives:
            life.row, life.jumped = None, False
        self._associate(detections, seconds)
        self._forget(lambda life: life.row is not None or life.id > 0)
        self._begin(detections, seconds)
        for life in self._lives:
            if not life.id and life.sightings >= self._options.confirm:
                life.id, self._next_id = self._next_id, self._next_id + 1
        unseen = tuple(life.id for life in self._lives if life.row is None)
        return Tracked(tuple(self._seen(detections)), unseen, ended)

    def close(self) -> Tracked:
        """End all tracks: the stream is gone."""
        return Tracked(ended=self._forget(lambda _: False))

    def _associate(self, detections: Detections, seconds: float) -> None:
        values = kalman.measured(detections.xyxy)
        squared, vague = kalman.surprises(self._motion, values)
        labels = np.array([life.label for life in self._lives], dtype=np.int32)
        possible = labels[:, None] == detections.classes[None, :]
        distance = squared.sum(axis=2)
        cost = np.where(possible & (distance <= FAR), distance + vague, np.inf)
        sure = detections.scores >= self._options.sure_score
        weak = ~sure & (detections.scores >= self._options.weak_score)
        known = np.array([life.id > 0 for life in self._lives], dtype=bool)
        pairs = assigned(np.where(sure, cost, np.inf), UNLIKELY)
        if weak.any():
            pairs += assigned(_left(np.where(weak & known[:, None], cost, np.inf), pairs), UNLIKELY)
        changed = self._changed(detections, possible & sure, pairs) if len(pairs) < min(cost.shape) else []
        unclear = doubtful(cost, pairs) | {row for row, _ in changed}
        for row, column in pairs + changed:
            life = self._lives[row]
            life.row, life.seen, life.sightings = column, seconds, life.sightings + 1
            doubt = row in unclear or bool(squared[row, column, :2].sum() > STEP)
            life.jumped, life.doubt = doubt or life.doubt, doubt  # the sighting after a doubtful one may be the way back
        self._correct(pairs + changed, values)

    def _changed(self, detections: Detections, possible: NDArray[np.bool_], pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
        apart = np.where(possible, 1 - overlaps(self._motion.xyxy, detections.xyxy), np.inf)
        return assigned(_left(apart, pairs), 1 - TOUCHING)

    def _correct(self, pairs: list[tuple[int, int]], values: kalman.Values) -> None:
        rows = [row for row, _ in pairs]
        others = [row for row, life in enumerate(self._lives) if life.row is None]
        fresh = kalman.corrected(self._motion.at(rows), values[[column for _, column in pairs]])
        self._motion = self._motion.at(others).joined(fresh)
        self._lives = [self._lives[row] for row in (*others, *rows)]

    def _begin(self, detections: Detections, seconds: float) -> None:
        known = [life.row for life in self._lives if life.row is not None]
        fresh = [row for row in np.argsort(-detections.scores).tolist() if row not in known]
        fresh = [row for row in fresh if detections.scores[row] >= self._options.sure_score]
        if not fresh:
            return
        twice = overlaps(detections.xyxy, detections.xyxy) >= SAME
        twice &= detections.classes[:, None] == detections.classes[None, :]
        begun: list[int] = []
        for row in fresh:
            if not twice[row, known + begun].any():
                begun.append(row)
        self._motion = self._motion.joined(kalman.begun(kalman.measured(detections.xyxy[begun]), self._options.mobility))
        self._lives += [_Life(int(detections.classes[row]), seconds, seconds, row=row) for row in begun]

    def _forget(self, kept: Callable[[_Life], bool]) -> tuple[int, ...]:
        stays = [kept(life) for life in self._lives]
        if all(stays):
            return ()
        self._motion = self._motion.at([row for row, stay in enumerate(stays) if stay])
        gone = tuple(life.id for life, stay in zip(self._lives, stays, strict=True) if not stay and life.id)
        self._lives = [life for life, stay in zip(self._lives, stays, strict=True) if stay]
        return gone

    def _seen(self, detections: Detections) -> Iterator[Track]:
        for life, speed in zip(self._lives, self._motion.speed, strict=True):
            if life.row is None or not life.id:
                continue
            yield Track(
                id=life.id,
                label=life.label,
                row=life.row,
                box_xyxy=detections.xyxy[life.row],
                score=float(detections.scores[life.row]),
                began=life.began,
                seconds=life.seen,
                velocity_xy=(float(speed[0]), float(speed[1])),
                jumped=life.jumped,
            )


def _left(cost: Cost, pairs: list[tuple[int, int]]) -> Cost:
    """Return the costs of what no pair has taken yet."""
    left = cost.copy()
    for row, column in pairs:
        left[row, :] = left[:, column] = np.inf
    return left
