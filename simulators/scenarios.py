"""(seed, ward) → which gateway and sensor fails how and when: a seeded schedule, each kind within the first minute, then again and again.

Times are seconds since the fleet started. What is scheduled is pure; `simulators.fleet` and `simulators.sources` act on it.
"""

from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from math import floor
from random import Random
from typing import Final

from simulators.noise import uniform
from simulators.ward import WardGateway
from wardroom.clock import Clock
from wardroom.messages import SiteKind
from wardroom.topics import Gateway


class Kind(StrEnum):
    """What can go wrong; its sentence is `simulators.fault_{kind}`."""

    DROP_OFF = "drop_off"
    """The gateway's line is cut; it measures on and comes back with its backlog."""
    LATE = "late"
    """The gateway's line holds everything back, then lets it all through: late packs, resent ones among them."""
    CLOCK_AHEAD = "clock_ahead"
    CLOCK_UNSET = "clock_unset"
    """The gateway's clock says it is the year 2000."""
    STUCK = "stuck"
    """The sensor goes on showing one value."""
    SILENT = "silent"
    """The sensor does not answer."""
    MALFORMED = "malformed"
    """Messages that are no messages come on the gateway's own account."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """First at `first_s` for `first_lasts_s`; then once in every `every_s`, for `shortest_s` to `longest_s`."""

    first_s: float
    first_lasts_s: float
    every_s: float
    shortest_s: float
    longest_s: float


RHYTHMS: Final = {
    Kind.DROP_OFF: Rhythm(12, 25, 300, 60, 150),
    Kind.LATE: Rhythm(8, 12, 120, 8, 18),
    Kind.CLOCK_AHEAD: Rhythm(0, 86_400, 86_400, 86_400, 86_400),
    Kind.CLOCK_UNSET: Rhythm(0, 35, 600, 30, 60),
    Kind.STUCK: Rhythm(5, 90, 300, 80, 140),
    Kind.SILENT: Rhythm(15, 25, 240, 30, 90),
    Kind.MALFORMED: Rhythm(5, 3, 10, 3, 3),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong at one place; `sensor` is None where it is the gateway's."""

    kind: Kind
    gateway: Gateway
    sensor: str | None
    seed: int
    rhythm: Rhythm

    def active(self, elapsed_s: float) -> bool:
        """Return whether it is wrong `elapsed_s` seconds after the fleet's start."""
        rhythm = self.rhythm
        round_ = floor((elapsed_s - rhythm.first_s) / rhythm.every_s)
        if round_ < 0:
            return False
        since = elapsed_s - rhythm.first_s - round_ * rhythm.every_s
        if round_ == 0:
            return since < rhythm.first_lasts_s
        key = f"{self.kind}:{self.gateway.prefix}"
        lasts = rhythm.shortest_s + uniform(self.seed, f"{key}:lasts", round_) * (rhythm.longest_s - rhythm.shortest_s)
        start = uniform(self.seed, f"{key}:start", round_) * (rhythm.every_s - lasts)
        return start <= since < start + lasts

    def round(self, elapsed_s: float) -> int:
        """Return how often its time has come round by then, from 0."""
        return max(0, floor((elapsed_s - self.rhythm.first_s) / self.rhythm.every_s))


def plan(seed: int, gateways: Sequence[WardGateway]) -> tuple[Fault, ...]:
    """Return the ward's faults, each kind at a residential group of its own; the offices stay well. The same for the same seed."""
    groups = [gateway for gateway in gateways if gateway.site.kind is SiteKind.RESIDENTIAL_GROUP]
    chosen = Random(seed).sample(groups, min(len(Kind), len(groups)))
    return tuple(_fault(kind, place, seed) for kind, place in zip(Kind, chosen, strict=False))


def _fault(kind: Kind, place: WardGateway, seed: int) -> Fault:
    sensor = place.sensors[0].id if kind in (Kind.STUCK, Kind.SILENT) else None
    return Fault(kind, Gateway(place.site.id, place.id), sensor, seed, RHYTHMS[kind])


_AHEAD_US: Final = 10 * 60 * 1_000_000
_YEAR_2000_US: Final = 946_684_800 * 1_000_000
_YEAR_US: Final = 366 * 86_400 * 1_000_000


class Scene:
    """One gateway with its faults: a clock for its edge app, and for its simulated sensors what is wrong and what is true."""

    def __init__(self, clock: Clock, faults: Sequence[Fault] = (), started: float | None = None) -> None:
        self._clock = clock
        self._faults = tuple(faults)
        self._started = clock.monotonic() if started is None else started
        self._healed = False

    def heal(self) -> None:
        """Let nothing be wrong any more."""
        self._healed = True

    def has(self, kind: Kind, sensor: str | None = None) -> bool:
        """Return whether this is wrong now with this gateway, or with this sensor of it."""
        return any(fault.kind is kind and fault.sensor == sensor for fault in self.now())

    def now(self) -> tuple[Fault, ...]:
        """Return what is wrong now."""
        if self._healed:
            return ()
        elapsed_s = self._clock.monotonic() - self._started
        return tuple(fault for fault in self._faults if fault.active(elapsed_s))

    def true_us(self) -> int:
        """Return microseconds since 1970 UTC, whatever this gateway believes."""
        return self._clock.now_us()

    def now_us(self) -> int:
        """Return what this gateway takes for the time."""
        now = self._clock.now_us()
        if self.has(Kind.CLOCK_AHEAD):
            return now + _AHEAD_US
        if self.has(Kind.CLOCK_UNSET):
            return _YEAR_2000_US + now % _YEAR_US
        return now

    def monotonic(self) -> float:
        """Return seconds by a clock that never jumps."""
        return self._clock.monotonic()


SCENE: ContextVar[Scene | None] = ContextVar("scene", default=None)
"""The scene that simulated sensors are made in: set in the task that runs their gateway's edge app."""
