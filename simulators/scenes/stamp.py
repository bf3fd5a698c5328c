"""a frame's number ↔ black and white cells in the picture's upper right corner, which survive an encoder: so frames find their truth."""

from typing import Final

import numpy as np

from vision.frames import Image

_BITS: Final = 24
_CHECK: Final = 8
_CELLS: Final = _BITS + _CHECK
LARGEST: Final = 2**_BITS - 1
_DARK: Final = 16
_LIGHT: Final = 235


def write(image: Image, number: int) -> None:
    """Put the number into a picture, in place. Numbers above `LARGEST` begin again at 0."""
    side = _side(image)
    word = ((number & LARGEST) << _CHECK) | _check(number & LARGEST)
    bits = np.array([(word >> place) & 1 for place in reversed(range(_CELLS))], np.uint8)
    strip = np.repeat(np.where(bits > 0, _LIGHT, _DARK).astype(np.uint8), side)
    image[:side, -_CELLS * side :] = strip[None, :, None]


def read(image: Image) -> int | None:
    """Return the number in a picture of the size it was written to, None if there is none."""
    side = _side(image)
    if image.shape[1] < _CELLS * side:
        return None
    inner = slice(side // 4, side - side // 4)
    cells = image[:side, -_CELLS * side :].reshape(side, _CELLS, side, 3)[inner, :, inner]
    means = cells.mean(axis=(0, 2, 3))
    word = sum(int(mean > 127) << place for place, mean in zip(reversed(range(_CELLS)), means, strict=True))
    number, check = word >> _CHECK, word & (2**_CHECK - 1)
    return number if check == _check(number) else None


def _side(image: Image) -> int:
    """Return a cell's pixels a side: 8 in a picture 720 high."""
    return max(4, len(image) // 90)


def _check(number: int) -> int:
    """Return the remainder of the number's bits by x⁸ + x² + x + 1 (CRC-8, ITU-T I.432.1), inverted so that all black is no number."""
    remainder = number << 8
    for place in reversed(range(8, _BITS + 8)):
        if remainder >> place & 1:
            remainder ^= 0x107 << (place - 8)
    return int(remainder ^ 0x55)
