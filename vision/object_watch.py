"""frame → persons, vehicles and other things, followed."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from vision.detections import ObjectDetector
from vision.frames import Frame
from vision.lines import Crossed, Lines
from vision.stopwatch import Stopwatch
from vision.tracking import Track, Tracked, Tracker
from vision.visits import Visit, VisitEvent, Visits
from vision.zones import Crowded, Dispersed, ZoneEvent, Zones


@dataclass(frozen=True, slots=True)
class ObjectParts:
    """What things are watched with, at every `every`-th frame that is looked at. All but the detector belong to this stream alone."""

    detector: ObjectDetector
    tracker: Tracker
    zones: Zones
    lines: Lines
    visits: Visits
    every: int = 2


@dataclass(frozen=True, slots=True)
class SeenObject:
    """A thing of this frame: its track, what it is called, and whether it was never seen before."""

    track: Track
    label: str
    new: bool


@dataclass(frozen=True, slots=True)
class ObjectsSeen:
    """What one frame brought. `found`: how many things, those not followed yet counted. `ended`: ids that never come again.

    `about`: what is known of the tracks that `zones` speak of.
    """

    objects: tuple[SeenObject, ...] = ()
    found: int = 0
    unseen: tuple[int, ...] = ()
    ended: tuple[int, ...] = ()
    zones: tuple[ZoneEvent, ...] = ()
    crossed: tuple[Crossed, ...] = ()
    visits: tuple[VisitEvent, ...] = ()
    about: Mapping[int, Visit] = field(default_factory=dict)


class ObjectWatch:
    """Watches the things of one stream."""

    def __init__(self, parts: ObjectParts, stopwatch: Stopwatch) -> None:
        self._parts = parts
        self._time = stopwatch
        self._frames = 0
        self._newest = 0

    def look(self, frame: Frame) -> ObjectsSeen | None:
        """Return the things of a frame; None where it was not this frame's turn."""
        self._frames += 1
        if (self._frames - 1) % self._parts.every:
            return None
        with self._time("detect objects"):
            found = self._parts.detector.detect(frame.image)
        with self._time("track objects"):
            tracked = self._parts.tracker.update(found, frame.seconds, frame.size)
        before, self._newest = self._newest, max((self._newest, *(track.id for track in tracked.tracks)))
        labels = self._parts.detector.labels
        objects = tuple(SeenObject(track, labels[track.label], new=track.id > before) for track in tracked.tracks)
        return self._followed(tracked, frame, objects, len(found))

    def close(self, last: Frame) -> ObjectsSeen:
        """End all tracks and visits: the stream is gone, and `last` was its last frame."""
        return self._followed(self._parts.tracker.close(), last, (), 0)

    def _followed(self, tracked: Tracked, frame: Frame, objects: tuple[SeenObject, ...], found: int) -> ObjectsSeen:
        with self._time("zones"):
            zones = self._parts.zones.update(tracked, frame.size, frame.seconds)
            crossed = self._parts.lines.update(tracked, frame.size)
        before = self._about(zones)
        with self._time("visits of objects"):
            visits = self._parts.visits.update(tracked, frame.size, frame.number, self._parts.zones.inside)
        return ObjectsSeen(objects, found, tracked.unseen, tracked.ended, zones, crossed, visits, before | self._about(zones))

    def _about(self, zones: tuple[ZoneEvent, ...]) -> dict[int, Visit]:
        """Return the visits of the tracks in `zones`: of one that ends it is known before the visits learn of it, of a new one after."""
        tracks = {event.track for event in zones if not isinstance(event, Crowded | Dispersed)}
        return {track: visit for track in tracks if (visit := self._parts.visits.visit(track)) is not None}
