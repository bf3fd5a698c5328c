"""pixels + the instant they were caught: the one shape every source of pictures hands over."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from vision.errors import PictureError

Image: TypeAlias = NDArray[np.uint8]
"""A picture: (height, width, 3), 8 bits each of blue, green and red, in this order, as OpenCV has it."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture of a stream.

    `at_us`: microseconds since 1970 UTC when it was caught, for people. `seconds`: the same instant on a clock that never jumps, for
    durations: only differences mean something. `number` counts the stream's frames from 0; holes are frames that a newer one replaced.
    """

    image: Image
    at_us: int
    seconds: float
    number: int

    @property
    def size(self) -> tuple[int, int]:
        """Return width and height in pixels."""
        height, width = self.image.shape[:2]
        return width, height


def checked(image: Image) -> Image:
    """Return the picture; raises PictureError for one that no detector takes: a grey or empty one, or with another number of colours.

    OpenCV says so in its own words, or finds nobody and says nothing.
    """
    if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8 or not image.size:
        raise PictureError("no_image", shape=image.shape, type=image.dtype)
    return image
