"""a picture of any size → the smaller one a detector looks at, and the way back to the picture's own pixels."""

from typing import NamedTuple

import cv2
import numpy as np

from vision.frames import Image


class Shrunk(NamedTuple):
    """What a detector sees. `across`, `down`: pixels of the picture for one of its own."""

    image: Image
    across: float
    down: float


def shrunk(image: Image, longest: int) -> Shrunk:
    """Return the picture with its longer side at most `longest` pixels; a smaller one stays as it is."""
    height, width = image.shape[:2]
    if max(height, width) <= longest:
        return Shrunk(image, 1, 1)
    scale = longest / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    smaller = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    return Shrunk(smaller, width / size[0], height / size[1])
