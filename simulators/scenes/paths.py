"""(arrival, camera, seed) → where somebody is at a moment: waypoints, a pause at the gate, and the step of a walk."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot, pi, sin
from typing import Final

from simulators.noise import uniform
from simulators.scenes.optics import Optics
from simulators.scenes.script import Arrival, PathName

Point = tuple[float, float]
GATE_M: Final = 1.75
"""How far from the camera people stop."""
FAR_M: Final = 10.5
NEAR_M: Final = 1.0
_STEP_M: Final = 0.7
_EASE_S: Final = 0.35
_WAYS: Final[dict[PathName, tuple[Point, ...]]] = {
    PathName.CENTRE: ((0.2, FAR_M), (0.1, 5.0), (0.0, GATE_M), (1.9, NEAR_M)),
    PathName.LEFT: ((-1.2, FAR_M), (-0.8, 5.0), (-0.45, GATE_M), (-1.9, NEAR_M)),
    PathName.RIGHT: ((1.2, FAR_M), (0.8, 5.0), (0.45, GATE_M), (1.9, NEAR_M)),
    PathName.CROSS_LEFT: ((-1.7, FAR_M), (-0.7, 4.5), (0.5, GATE_M + 0.1), (1.9, NEAR_M)),
    PathName.CROSS_RIGHT: ((1.7, FAR_M), (0.7, 4.5), (-0.5, GATE_M + 0.1), (-1.9, NEAR_M)),
    PathName.TURN_BACK: ((0.3, FAR_M), (0.0, 5.0), (0.1, GATE_M), (-0.4, 4.0), (-0.6, FAR_M)),
    PathName.AWAY: ((1.7, NEAR_M), (0.5, 2.4), (0.2, 5.0), (-0.2, FAR_M)),
}
_EDGE_FACES: Final = {PathName.EDGE_LEFT: 0.01, PathName.EDGE_RIGHT: 0.99}


@dataclass(frozen=True, slots=True)
class Stance:
    """Where somebody is and how they move: metres, metres a second, and the walk's phase in radians (a step is π)."""

    x_m: float
    z_m: float
    vx_mps: float
    vz_mps: float
    phase: float
    facing: bool
    pausing: bool

    @property
    def bob_m(self) -> float:
        """Return how much higher than standing the body is: it sinks with every step."""
        return 0.0 if self.pausing else -0.022 * abs(sin(self.phase))

    @property
    def sway_m(self) -> float:
        """Return how far the body leans to the right over the standing leg."""
        return 0.003 * sin(self.phase / 3) if self.pausing else 0.014 * sin(self.phase)


class Walk:
    """One arrival's way through the scene."""

    def __init__(self, arrival: Arrival, optics: Optics, key: str, seed: int) -> None:
        self._arrival = arrival
        self._points = _points(arrival, optics, key, seed)
        self._back = arrival.path == PathName.AWAY
        self._gate = _gate(self._points)
        lengths = [hypot(b[0] - a[0], b[1] - a[1]) for a, b in zip(self._points, self._points[1:], strict=False)]
        self._reached = [sum(lengths[:index]) for index in range(len(self._points))]
        self._paused_at = self._reached[self._gate] / arrival.speed_mps
        self._pause_s = 0.0 if self._back else arrival.pause_s
        self.from_s = arrival.at_s
        self.to_s = arrival.at_s + self._reached[-1] / arrival.speed_mps + self._pause_s

    def at(self, at_s: float) -> Stance | None:
        """Return the stance at a moment of the scene, None before they come and after they left."""
        if not self.from_s <= at_s < self.to_s:
            return None
        since = at_s - self.from_s
        walked_s = since if since < self._paused_at else max(self._paused_at, since - self._pause_s)
        pausing = self._paused_at <= since < self._paused_at + self._pause_s
        gone = walked_s * self._arrival.speed_mps
        index = min(bisect_right(self._reached, gone), len(self._points) - 1)
        (ax, az), (bx, bz) = self._points[index - 1], self._points[index]
        length = max(self._reached[index] - self._reached[index - 1], 1e-9)
        share = min(1.0, (gone - self._reached[index - 1]) / length)
        speed = 0.0 if pausing else self._arrival.speed_mps
        vx, vz = speed * (bx - ax) / length, speed * (bz - az) / length
        facing = not self._back and (pausing or vz <= 0)
        phase = since if pausing else gone / _STEP_M * pi
        return Stance(ax + (bx - ax) * share, az + (bz - az) * share, vx, vz, phase, facing, pausing)

    def at_gate(self, at_s: float) -> float:
        """Return how far a thing is held up, 0 to 1: shortly before the gate, and until they go on."""
        since = at_s - self.from_s - self._paused_at
        return max(0.0, min(1.0, (since + 1.2) / _EASE_S, (self._pause_s + 0.2 - since) / _EASE_S))


def _points(arrival: Arrival, optics: Optics, key: str, seed: int) -> tuple[Point, ...]:
    """Return the waypoints; those of a named path differ a little from visit to visit."""
    path = arrival.path
    if not isinstance(path, PathName):
        return tuple(path)
    if path in _EDGE_FACES:
        edge = optics.across(_EDGE_FACES[path] * optics.width, GATE_M)
        side = 1 if edge > 0 else -1
        return (side * 1.0, FAR_M), (side * 0.8, 4.0), (edge, GATE_M), (side * 2.2, NEAR_M)
    aside = 0.16 * (2 * uniform(seed, f"{key}:aside", 0) - 1)
    return tuple((x + aside, z) for x, z in _WAYS[path])


def _gate(points: Sequence[Point]) -> int:
    """Return which waypoint is the gate: the nearest one, the last left out where people go on past the camera."""
    inner = range(1, max(2, len(points) - 1))
    return min(inner, key=lambda index: points[index][1])
