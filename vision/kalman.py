"""boxes frame by frame → where each thing should be now: a Kalman filter of constant velocity, in seconds, over all tracks at once.

Centre x, centre y, width and height of a box are four independent pairs of value and speed, so that the covariance of each is three numbers
(Bar-Shalom, Li, Kirubarajan: Estimation with Applications to Tracking and Navigation, 2001, sections 5.2 and 6.2: continuous white noise
acceleration). All noise is in units of the box's own size √(width · height): a thing twice as near moves and jitters twice as many pixels.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Values: TypeAlias = NDArray[np.float64]
"""(n, 4): centre x, centre y, width, height, or something about each of them."""

PLACE_NOISE: Final = 0.05
"""A detector's jitter of a box's centre, in sizes."""
SIZE_NOISE: Final = 0.1
"""Its jitter of width and height: they also change with the pose."""
GROWTH: Final = 0.25
"""How much calmer width and height change than the centre moves."""
NOISE: Final = np.array([PLACE_NOISE, PLACE_NOISE, SIZE_NOISE, SIZE_NOISE])
CALM: Final = np.array([1.0, 1.0, GROWTH, GROWTH])


@dataclass(frozen=True, slots=True)
class Mobility:
    """How things move. `speed`: usual speed, in sizes a second; `turn`: how much it changes within a second."""

    speed: float
    turn: float


THINGS: Final = Mobility(speed=2.5, turn=1.5)
"""Persons and vehicles."""
HEADS: Final = Mobility(speed=5.0, turn=4.0)
"""Faces: smaller than their owners, so in their own sizes they move faster."""


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """Belief about n boxes. `rows`: (5, n, 4): values, speeds (per second), and variance of value, covariance, variance of speed."""

    rows: NDArray[np.float64]

    @property
    def value(self) -> Values:
        """Return the values."""
        return np.asarray(self.rows[0])

    @property
    def speed(self) -> Values:
        """Return their speeds, per second."""
        return np.asarray(self.rows[1])

    @property
    def value_var(self) -> Values:
        """Return how uncertain the values are."""
        return np.asarray(self.rows[2])

    def at(self, places: Sequence[int]) -> "Motion":
        """Return the belief about some of the boxes."""
        return Motion(self.rows[:, list(places)])

    def joined(self, other: "Motion") -> "Motion":
        """Return both, one after the other."""
        return Motion(np.concatenate([self.rows, other.rows], axis=1))

    @property
    def xyxy(self) -> Values:
        """Return the boxes as corners, (n, 4)."""
        half = self.value[:, 2:] / 2
        return np.concatenate([self.value[:, :2] - half, self.value[:, :2] + half], axis=1)


def measured(xyxy: NDArray[np.floating]) -> Values:
    """Return boxes given by their corners (n, 4) as centres and sides."""
    corners = np.asarray(xyxy, dtype=np.float64).reshape(-1, 4)
    return np.concatenate([(corners[:, :2] + corners[:, 2:]) / 2, corners[:, 2:] - corners[:, :2]], axis=1)


def begun(values: Values, mobility: Mobility) -> Motion:
    """Return the belief after one look: the place is known, the speed is anything usual."""
    size = _sizes(values)
    zero = np.zeros_like(values)
    return Motion(np.stack([values, zero, (NOISE * size) ** 2, zero, (mobility.speed * CALM * size) ** 2]))


def predicted(motion: Motion, elapsed: float, mobility: Mobility) -> Motion:
    """Return the belief `elapsed` seconds later, unseen."""
    value, speed, value_var, cross_var, speed_var = motion.rows
    drift = (mobility.turn * CALM * _sizes(value)) ** 2
    rows = np.empty_like(motion.rows)
    rows[0] = value + speed * elapsed
    rows[0, :, 2:] = np.maximum(rows[0, :, 2:], 1.0)  # a side shrinks to a pixel, never to nothing
    rows[1] = speed
    rows[2] = value_var + elapsed * (2 * cross_var + elapsed * speed_var) + drift * (elapsed**3 / 3)
    rows[3] = cross_var + elapsed * speed_var + drift * (elapsed**2 / 2)
    rows[4] = speed_var + drift * elapsed
    return Motion(rows)


def corrected(motion: Motion, values: Values) -> Motion:
    """Return the belief after each box was seen at `values` (n, 4)."""
    value, speed, value_var, cross_var, speed_var = motion.rows
    surprise = values - value
    spread = value_var + (NOISE * _sizes(values)) ** 2
    gain, speed_gain = value_var / spread, cross_var / spread
    rows = np.empty_like(motion.rows)
    rows[0] = value + gain * surprise
    rows[1] = speed + speed_gain * surprise
    rows[2] = value_var * (1 - gain)
    rows[3] = cross_var * (1 - gain)
    rows[4] = speed_var - speed_gain * cross_var
    return Motion(rows)


def surprises(motion: Motion, values: Values) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return how badly each of n beliefs explains each of m sightings `values` (m, 4).

    First, (n, m, 4): squared surprise over its variance, a chi-square of one degree of freedom for each value. Second, (n, m): how vague
    the belief is, the logarithm of its variance over a perfect belief's, at least 0. Both added up are twice the negative logarithm of the
    likelihood, so that a vague belief does not win by being compatible with everything.
    """
    noise = (NOISE * _sizes(values)) ** 2
    spread = motion.value_var[:, None, :] + noise[None, :, :]
    squared = (values[None, :, :] - motion.value[:, None, :]) ** 2 / spread
    return squared, np.log(spread / noise[None, :, :]).sum(axis=2)


def _sizes(values: Values) -> NDArray[np.float64]:
    return np.asarray(np.sqrt(np.maximum(values[:, 2:3], 1.0) * np.maximum(values[:, 3:4], 1.0)))
