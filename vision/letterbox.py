"""a picture of any size → the model's input with grey bars, and boxes back again: the geometry of Ultralytics' detectors, to the pixel.

The picture is scaled to fit, each side rounded for itself, and put in the middle; where the bars together are odd, the second one has the
pixel more. Boxes go back by the sides as rounded, so that right and lower edges meet.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.frames import Image

GREY: Final = (114, 114, 114)
"""The bars' colour, the one these models were trained with."""


@dataclass(frozen=True, slots=True)
class Letterbox:
    """Where a picture of `picture` (width, height) lies in an input of `input_size`: its size there, and the bars left of and above it."""

    picture: tuple[int, int]
    input_size: tuple[int, int]
    inner: tuple[int, int]
    left: int
    top: int

    def applied(self, image: Image) -> Image:
        """Return the picture in its bars, (height, width, 3), still blue, green, red."""
        if self.inner != self.picture:
            image = np.asarray(cv2.resize(image, self.inner, interpolation=cv2.INTER_LINEAR), dtype=np.uint8)
        right, below = self.input_size[0] - self.inner[0] - self.left, self.input_size[1] - self.inner[1] - self.top
        boxed = cv2.copyMakeBorder(image, self.top, below, self.left, right, cv2.BORDER_CONSTANT, value=GREY)
        return np.asarray(boxed, dtype=np.uint8)

    def back(self, xyxy: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return boxes of the input (n, 4) as boxes of the picture, cut at its edges."""
        bars = np.array([self.left, self.top] * 2, dtype=np.float32)
        scale = np.array([self.inner[0] / self.picture[0], self.inner[1] / self.picture[1]] * 2, dtype=np.float32)
        return np.asarray(np.clip((xyxy - bars) / scale, 0, np.array(self.picture * 2, dtype=np.float32)))


def fitted(picture: tuple[int, int], input_size: tuple[int, int], stride: int | None = None) -> Letterbox:
    """Return how a picture of `picture` (width, height) goes into an input of at most `input_size`.

    With `stride`, for models that take inputs of any size: only as much of the bars as makes both sides multiples of it.
    """
    scale = min(input_size[0] / picture[0], input_size[1] / picture[1])
    inner = (max(round(picture[0] * scale), 1), max(round(picture[1] * scale), 1))
    bars = (input_size[0] - inner[0], input_size[1] - inner[1])
    if stride is not None:
        bars = (bars[0] % stride, bars[1] % stride)
    left, top = (round(bar / 2 - 0.1) for bar in bars)
    return Letterbox(picture, (inner[0] + bars[0], inner[1] + bars[1]), inner, left, top)
