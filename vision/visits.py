"""tracks → one visit each: new when it is beyond doubt, updated when something about it matters, ended when it is gone.

Shaped like Frigate's events, so that automations for those are easy to carry over: a type, and the visit before and after. Nothing is said
of a visit while the median of its scores is below the threshold; most of what a detector imagines ends in silence. Ids come from the
caller, times from the frames.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from statistics import median
from typing import Final, TypeAlias

from vision.errors import OptionError
from vision.tracking import Track, Tracked

Box: TypeAlias = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels."""

LEAST: Final = 3
"""Sightings a median needs: missing ones count as 0."""
HISTORY: Final = 10
"""Sightings it is taken over."""
SURER: Final = 0.05
"""How much better a score has to be to matter."""
LARGER: Final = 1.1
"""How many times larger a box has to be to matter."""
IN_PLACE: Final = 0.6
"""Boxes of a thing that stays where it is overlap at least so much."""


class Change(StrEnum):
    """What happened to a visit."""

    NEW = "new"
    UPDATE = "update"
    END = "end"


@dataclass(frozen=True, slots=True)
class VisitOptions:
    """When a visit is told of."""

    threshold: float = 0.7
    """The median of its scores from which a visit is no imagination."""
    still_s: float = 10.0
    """Seconds in place after which it is stationary."""
    calm_s: float = 1.0
    """Seconds between two updates that only bring a better picture."""

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        for name, most in (("threshold", 1.0), ("still_s", 86_400.0), ("calm_s", 86_400.0)):
            value = getattr(self, name)
            if not 0 <= value <= most:
                raise OptionError("option_bounds", field=f"visits.{name}", value=value, least=0, most=most)


@dataclass(frozen=True, slots=True)
class Shot:
    """The sighting that shows it best: cut by no edge, surer, larger."""

    frame: int
    seconds: float
    box_xyxy: Box
    score: float
    cut: bool
    """Whether the picture's edge cuts it off."""


@dataclass(frozen=True, slots=True)
class Visit:
    """What is known of one visit. `sub_label`: a name and how sure that is. `end`: its last sighting, once it is over."""

    id: str
    track: int
    label: str
    start: float
    seconds: float
    box_xyxy: Box
    score: float
    best: Shot
    top_score: float = 0.0
    """The highest median of its scores so far."""
    false_positive: bool = True
    sub_label: tuple[str, float] | None = None
    current_zones: tuple[str, ...] = ()
    entered_zones: tuple[str, ...] = ()
    stationary: bool = False
    position_changes: int = 0
    """How often it moved on after it was stationary."""
    end: float | None = None


@dataclass(frozen=True, slots=True)
class VisitEvent:
    """What is told of a visit. `before`: as it was told last; of a new one, as it was first seen."""

    type: Change
    before: Visit
    after: Visit


@dataclass(slots=True)
class _Kept:
    told: Visit
    visit: Visit
    place: Box
    """Where it stands, since `placed`."""
    placed: float
    scores: deque[float] = field(default_factory=lambda: deque(maxlen=HISTORY))


class Visits:
    """The visits of one camera's view. Keeps a record for each living track; not for several threads."""

    def __init__(self, labels: Sequence[str], new_id: Callable[[], str], options: VisitOptions | None = None) -> None:
        self._labels = labels
        self._new_id = new_id
        self._options = options or VisitOptions()
        self._kept: dict[int, _Kept] = {}

    def update(
        self, tracked: Tracked, size: tuple[int, int], frame: int, inside: Callable[[int], tuple[str, ...]] = lambda _: ()
    ) -> tuple[VisitEvent, ...]:
        """Return what there is to tell after frame number `frame` of `size` (width, height); `inside` says in which zones a track is."""
        return tuple(self._happened(tracked, size, frame, inside))

    def recognise(self, track: int, name: str | None, score: float = 0.0) -> None:
        """Note who it is, or that nobody knows any more; the next update tells it. Of a track that is gone nothing is noted."""
        kept = self._kept.get(track)
        if kept is not None:
            kept.visit = replace(kept.visit, sub_label=None if name is None else (name, score))

    def visit(self, track: int) -> Visit | None:
        """Return what is known of a living track's visit."""
        kept = self._kept.get(track)
        return kept.visit if kept is not None else None

    def close(self) -> tuple[VisitEvent, ...]:
        """End all visits: the camera is gone."""
        return tuple(event for track in list(self._kept) for event in self._end(track))

    def _happened(
        self, tracked: Tracked, size: tuple[int, int], frame: int, inside: Callable[[int], tuple[str, ...]]
    ) -> Iterator[VisitEvent]:
        for track in tracked.ended:
            yield from self._end(track)
        for one in tracked.tracks:
            yield from self._tell(self._look(one, size, frame, inside(one.id)))
        for track in tracked.unseen:
            if track in self._kept:
                yield from self._tell(self._kept[track])

    def _end(self, track: int) -> Iterator[VisitEvent]:
        kept = self._kept.pop(track, None)
        if kept is not None and not kept.visit.false_positive:
            yield VisitEvent(Change.END, kept.told, replace(kept.visit, end=kept.visit.seconds))

    def _look(self, track: Track, size: tuple[int, int], frame: int, zones: tuple[str, ...]) -> _Kept:
        box = _box(track)
        shot = Shot(frame, track.seconds, box, track.score, _is_cut(box, size))
        kept = self._kept.get(track.id)
        if kept is None:
            label = self._labels[track.label]
            visit = Visit(self._new_id(), track.id, label, track.began, track.seconds, box, track.score, best=shot)
            kept = self._kept[track.id] = _Kept(visit, visit, box, track.seconds)
        kept.scores.append(track.score)
        top = max(kept.visit.top_score, median([*kept.scores, *[0.0] * (LEAST - len(kept.scores))]))
        stationary, moved = self._stand(kept, box, track.seconds)
        entered = kept.visit.entered_zones
        kept.visit = replace(
            kept.visit,
            seconds=track.seconds,
            box_xyxy=box,
            score=track.score,
            top_score=top,
            best=shot if _is_better(shot, kept.visit.best) else kept.visit.best,
            false_positive=kept.visit.false_positive and top < self._options.threshold,
            current_zones=zones,
            entered_zones=(*entered, *(zone for zone in zones if zone not in entered)),
            stationary=stationary,
            position_changes=moved,
        )
        return kept

    def _stand(self, kept: _Kept, box: Box, seconds: float) -> tuple[bool, int]:
        """Return whether it stays in place, and how often it has moved on."""
        moved = kept.visit.position_changes
        if _overlap(kept.place, box) < IN_PLACE:
            kept.place, kept.placed = box, seconds
            return False, moved + kept.visit.stationary
        return kept.visit.stationary or seconds - kept.placed >= self._options.still_s, moved

    def _tell(self, kept: _Kept) -> Iterator[VisitEvent]:
        before, after = kept.told, kept.visit
        if after.false_positive:
            return
        if before.false_positive:
            kept.told = after
            yield VisitEvent(Change.NEW, before, after)
        elif self._matters(before, after):
            kept.told = after
            yield VisitEvent(Change.UPDATE, before, after)

    def _matters(self, before: Visit, after: Visit) -> bool:
        if (before.current_zones, _name(before), before.stationary) != (after.current_zones, _name(after), after.stationary):
            return True
        return _is_better(after.best, before.best) and after.seconds - before.seconds >= self._options.calm_s


def _name(visit: Visit) -> str | None:
    return visit.sub_label[0] if visit.sub_label is not None else None


def _is_better(shot: Shot, than: Shot) -> bool:
    if shot.cut != than.cut:
        return than.cut
    larger = _area(shot.box_xyxy) >= LARGER * _area(than.box_xyxy)
    return shot.score >= than.score + SURER or (larger and shot.score > than.score - SURER)


def _area(box: Box) -> float:
    return max(box[2] - box[0], 0.0) * max(box[3] - box[1], 0.0)


def _overlap(first: Box, second: Box) -> float:
    """Return intersection over union of two boxes: for a pair, plain numbers are twenty times as fast as `vision.boxes`."""
    left, top = max(first[0], second[0]), max(first[1], second[1])
    shared = _area((left, top, min(first[2], second[2]), min(first[3], second[3])))
    return shared / max(_area(first) + _area(second) - shared, 1.0)


def _is_cut(box: Box, size: tuple[int, int]) -> bool:
    """Return whether a box reaches an edge of the picture, within 1 % of it."""
    wide, high = size
    return box[0] <= wide / 100 or box[1] <= high / 100 or box[2] >= wide * 0.99 or box[3] >= high * 0.99


def _box(track: Track) -> Box:
    left, top, right, bottom = track.box_xyxy.tolist()
    return left, top, right, bottom
