"""a level of light → what it does to colours: gain, gamma, cast, and the camera's noise and exposure that come with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.random import default_rng
from numpy.typing import NDArray

from simulators.scenes.script import Level
from vision.frames import Image

_SHIFT: Final = 48
"""The noise is one field a little larger than the picture, laid down at another place in every frame."""
_CHROMA: Final = 0.6


@dataclass(frozen=True, slots=True)
class Light:
    """A way to be lit. `cast`: factors of blue, green and red. `noise`: standard deviation in grey levels. `exposure_s`: for moving things.

    `against`: how much brighter the far end is than what stands before it, 0 to 1.
    """

    gain: float
    gamma: float
    cast: tuple[float, float, float]
    noise: float
    exposure_s: float
    against: float = 0.0


LIGHTS: Final[Mapping[Level, Light]] = {
    Level.BRIGHT: Light(1.12, 0.92, (1.0, 1.0, 1.0), 1.5, 1 / 200),
    Level.NORMAL: Light(0.88, 1.0, (0.97, 1.0, 1.01), 2.5, 1 / 90),
    Level.DIM: Light(0.36, 1.12, (0.82, 0.95, 1.10), 5.0, 1 / 30),
    Level.BACKLIT: Light(0.95, 1.0, (1.03, 1.0, 0.97), 3.0, 1 / 120, against=0.7),
}


def table(light: Light, share: float = 1.0) -> Image:
    """Return what becomes of each of 256 values of blue, green and red, (256, 1, 3), for what gets `share` of the light."""
    values = (np.arange(256, dtype=np.float64) / 255) ** light.gamma
    lit = values[:, None] * light.gain * share * np.array(light.cast) * 255
    return np.asarray(np.clip(lit, 0, 255)[:, None, :], dtype=np.uint8)


def subjects(light: Light) -> Image:
    """Return the table for people: in front of a bright background they are dark, under a veil of stray light."""
    veil = 34 * light.against
    return np.clip(table(light, 1 - 0.62 * light.against).astype(np.float64) + veil, 0, 255).astype(np.uint8)


def room(light: Light, image: Image, depth_m: NDArray[np.float32]) -> Image:
    """Return the empty entrance in this light: against the light its far end is glaring."""
    lit = cv2.LUT(image, table(light))
    if light.against:
        glare = 0.75 + 1.5 * light.against * np.clip(depth_m / 11.0, 0, 1) ** 2
        lit = np.clip(lit * glare[..., None], 0, 255).astype(np.uint8)
    return np.asarray(lit, dtype=np.uint8)


class Noise:
    """The camera's noise at one level of light."""

    def __init__(self, light: Light, size: tuple[int, int], seed: int) -> None:
        width, height = size
        chance = default_rng([seed, 5])
        shape = height + _SHIFT, width + _SHIFT
        grey = chance.normal(0, light.noise, shape).astype(np.float32)
        colour = chance.normal(0, light.noise * _CHROMA, (*shape, 3)).astype(np.float32)
        field = np.rint(grey[..., None] + colour)
        self._size = size
        self._more: Image = np.clip(field, 0, 255).astype(np.uint8)
        self._less: Image = np.clip(-field, 0, 255).astype(np.uint8)

    def add(self, image: Image, number: int) -> None:
        """Lay the noise of frame `number` over a picture, in place."""
        width, height = self._size
        down, right = (number * 29) % _SHIFT, (number * 17 + number // _SHIFT) % _SHIFT
        piece = slice(down, down + height), slice(right, right + width)
        cv2.add(image, self._more[piece], dst=image)
        cv2.subtract(image, self._less[piece], dst=image)
