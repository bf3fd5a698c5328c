"""tracks → who entered which zone, left it, stays too long in it, or is one of too many.

Where somebody stands is the middle of the lower edge of the box. Zones are in shares of the picture, so that a camera may change its
resolution. Whoever dithers on an edge is where he was until he has been elsewhere for `settle_s` and in two looks. Durations are
differences of frame seconds; what belongs to a track goes with it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from vision import polygons
from vision.boxes import feet
from vision.errors import OptionError
from vision.polygons import Point
from vision.settling import Settling
from vision.tracking import Track, Tracked

LEAST_AREA: Final = 0.0001
"""Share of the picture below which nobody can stand in a zone."""
CORNERS: Final = range(3, 101)
DAY_S: Final = 86_400


@dataclass(frozen=True, slots=True)
class Zone:
    """An area. Who stays longer than `loiter_s` loiters; `crowd` or more for `crowd_s` are a crowd; None: nobody does, nothing is."""

    name: str
    corners: Sequence[Point]
    loiter_s: float | None = None
    crowd: int | None = None
    crowd_s: float = 0.0
    labels: frozenset[int] | None = None
    """Classes that count here; None: all."""

    def __post_init__(self) -> None:
        """Refuse what is no area, or asks for the impossible."""
        polygons.check(self.name, self.corners)
        if len(self.corners) not in CORNERS:
            raise OptionError("zone_corners", zone=self.name, count=len(self.corners), least=CORNERS.start, most=CORNERS.stop - 1)
        if polygons.crosses_itself(self.corners):
            raise OptionError("zone_crosses_itself", zone=self.name)
        if polygons.area(self.corners) < LEAST_AREA:
            raise OptionError("zone_without_area", zone=self.name)
        for name, value, least in (("loiter_s", self.loiter_s, 0.0), ("crowd", self.crowd, 1), ("crowd_s", self.crowd_s, 0.0)):
            if value is not None and not least <= value <= DAY_S:
                raise OptionError("option_bounds", field=f"{self.name}.{name}", value=value, least=least, most=DAY_S)


@dataclass(frozen=True, slots=True)
class Entered:
    """A track is in a zone, since `since`."""

    zone: str
    track: int
    seconds: float
    since: float


@dataclass(frozen=True, slots=True)
class Left:
    """A track is out of a zone, or gone altogether, after `stayed_s`."""

    zone: str
    track: int
    seconds: float
    stayed_s: float


@dataclass(frozen=True, slots=True)
class Loitering:
    """A track has been in a zone for longer than it may; said once a stay."""

    zone: str
    track: int
    seconds: float
    stayed_s: float


@dataclass(frozen=True, slots=True)
class Crowded:
    """So many have been in a zone at once for as long as it takes; said once until it is over."""

    zone: str
    count: int
    seconds: float
    since: float


@dataclass(frozen=True, slots=True)
class Dispersed:
    """The crowd is no crowd any more, for as long as it took to be one."""

    zone: str
    count: int
    seconds: float
    lasted_s: float


ZoneEvent: TypeAlias = Entered | Left | Loitering | Crowded | Dispersed


@dataclass(slots=True)
class _Stay:
    """One track and one zone. `presence.now`: it is inside; `entered`, `seen`: when it came, and when it was last looked at."""

    presence: Settling
    entered: float = 0.0
    seen: float = 0.0
    told: bool = False
    """Whether its loitering has been said."""


@dataclass(slots=True)
class _Watched:
    """One zone, who is in or near it, and since when it is crowded."""

    zone: Zone
    crowd: Settling
    stays: dict[int, _Stay] = field(default_factory=dict)
    crowded: float = 0.0


class Zones:
    """Watches the zones of one camera. Keeps one small record for each zone and living track."""

    def __init__(self, zones: Sequence[Zone], settle_s: float = 0.3) -> None:
        names = [zone.name for zone in zones]
        for name in names:
            if names.count(name) > 1:
                raise OptionError("zone_twice", zone=name)
        self._settle_s = settle_s
        self._watched = [_Watched(zone, Settling(zone.crowd_s, settle_s)) for zone in zones]

    def update(self, tracked: Tracked, size: tuple[int, int], seconds: float) -> tuple[ZoneEvent, ...]:
        """Return what happened in a frame of `size` (width, height) caught at `seconds`."""
        return tuple(event for watched in self._watched for event in self._happened(watched, tracked, size, seconds))

    def inside(self, track: int) -> tuple[str, ...]:
        """Return the zones a track is in, in the order they were given."""
        return tuple(one.zone.name for one in self._watched if (stay := one.stays.get(track)) is not None and stay.presence.now)

    def _happened(self, watched: _Watched, tracked: Tracked, size: tuple[int, int], seconds: float) -> Iterator[ZoneEvent]:
        zone = watched.zone
        for gone in tracked.ended:
            stay = watched.stays.pop(gone, None)
            if stay is not None and stay.presence.now:
                yield Left(zone.name, gone, seconds, stay.seen - stay.entered)
        for track in tracked.tracks:
            if zone.labels is None or track.label in zone.labels:
                yield from self._looked(watched, track, polygons.inside(feet(track.box_xyxy, size), zone.corners))
        if zone.crowd is not None:
            yield from _gathered(watched, zone.crowd, seconds)

    def _looked(self, watched: _Watched, track: Track, inside: bool) -> Iterator[ZoneEvent]:  # noqa: FBT001 - what was seen
        zone, now = watched.zone, track.seconds
        stay = watched.stays.get(track.id)
        if stay is None:
            if not inside:
                return
            stay = watched.stays[track.id] = _Stay(Settling(self._settle_s, self._settle_s))
        stay.seen = now
        if stay.presence.changed(inside, now):
            if inside:
                stay.entered, stay.told = stay.presence.since, False
                yield Entered(zone.name, track.id, now, stay.entered)
            else:
                yield Left(zone.name, track.id, now, stay.presence.since - stay.entered)
        if stay.presence.now and zone.loiter_s is not None and not stay.told and now - stay.entered > zone.loiter_s:
            stay.told = True
            yield Loitering(zone.name, track.id, now, now - stay.entered)


def _gathered(watched: _Watched, crowd: int, seconds: float) -> Iterator[ZoneEvent]:
    count = sum(stay.presence.now for stay in watched.stays.values())
    if not watched.crowd.changed(count >= crowd, seconds):
        return
    if watched.crowd.now:
        watched.crowded = watched.crowd.since
        yield Crowded(watched.zone.name, count, seconds, watched.crowded)
    else:
        yield Dispersed(watched.zone.name, count, seconds, watched.crowd.since - watched.crowded)
