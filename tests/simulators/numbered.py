"""Pictures that carry their number, so that a test knows which one arrived, whatever an encoder did to them."""

import itertools
from collections.abc import Iterator

import numpy as np

from vision.frames import Image

BITS = 16


def picture(number: int, size: tuple[int, int] = (320, 180)) -> Image:
    """Return a grey picture with `number` in 16 columns, black or white, the lowest bit on the left."""
    width, height = size
    image = np.full((height, width, 3), 128, np.uint8)
    for bit in range(BITS):
        image[: height // 2, bit * width // BITS : (bit + 1) * width // BITS] = 255 if number >> bit & 1 else 0
    return image


def number(image: Image) -> int:
    """Return the number a picture carries."""
    height, width = image.shape[:2]
    row = image[height // 4].mean(axis=1)
    return sum(1 << bit for bit in range(BITS) if row[round((bit + 0.5) * width / BITS)] > 127)


def pictures(count: int | None = None, size: tuple[int, int] = (320, 180)) -> Iterator[Image]:
    """Yield pictures from number 0 on, without end unless there is a `count`."""
    return (picture(one, size) for one in (itertools.count() if count is None else range(count)))
