"""pieces of pictures with transparency → one picture: blue, green, red, alpha, the colours multiplied by alpha (Porter and Duff 1984)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.frames import Image

Pixels = NDArray[np.uint8]
"""(h, w, 4), the first three already multiplied by the fourth."""
Matrix = NDArray[np.float64]
"""(2, 3): where a sprite's pixel goes."""
_SMALLEST: Final = 24


@dataclass(frozen=True, slots=True)
class Rect:
    """Whole pixels: from left and top to before right and bottom."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def empty(self) -> bool:
        """Return whether nothing is in it."""
        return self.right <= self.left or self.bottom <= self.top

    @property
    def area(self) -> int:
        """Return how many pixels it has."""
        return 0 if self.empty else (self.right - self.left) * (self.bottom - self.top)

    @property
    def slices(self) -> tuple[slice, slice]:
        """Return rows and columns, to cut it out of a picture."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    def within(self, other: "Rect") -> "Rect":
        """Return what both have in common."""
        return Rect(max(self.left, other.left), max(self.top, other.top), min(self.right, other.right), min(self.bottom, other.bottom))

    def moved(self, left: int, top: int) -> "Rect":
        """Return it as seen from (left, top)."""
        return Rect(self.left - left, self.top - top, self.right - left, self.bottom - top)


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """A piece of a transparent picture, and where it lies."""

    rect: Rect
    pixels: Pixels

    @classmethod
    def cut(cls, picture: Image, rect: Rect, alpha: Image) -> "Layer":
        """Return a piece of an opaque picture where `alpha` (h, w) says."""
        share = alpha.astype(np.float32) / 255
        return cls(rect, np.rint(np.dstack([picture[rect.slices] * share[..., None], alpha])).astype(np.uint8))


@dataclass(frozen=True, slots=True, eq=False)
class Sprite:
    """One thing in several sizes, each half the one before, so that it can be drawn small without flicker."""

    sizes: tuple[Pixels, ...]

    @classmethod
    def of(cls, image: Image, alpha: NDArray[np.float32]) -> "Sprite":
        """Return the sprite of a picture (h, w, 3) with alpha (h, w) from 0 to 1."""
        solid = np.rint(alpha * 255).astype(np.uint8)
        colours = cv2.multiply(image, cv2.merge([solid] * 3), scale=1 / 255)
        sizes = [np.asarray(cv2.merge([*cv2.split(colours), solid]), dtype=np.uint8)]
        while min(sizes[-1].shape[:2]) > 2 * _SMALLEST:
            half = sizes[-1].shape[1] // 2, sizes[-1].shape[0] // 2
            sizes.append(np.asarray(cv2.resize(sizes[-1], half, interpolation=cv2.INTER_AREA), dtype=np.uint8))
        return cls(tuple(sizes))

    def drawn(self, matrix: Matrix, rect: Rect) -> Pixels:
        """Return what of the sprite is seen in a rectangle of the picture onto which `matrix` lays its full size."""
        scale = float(np.hypot(matrix[0, 0], matrix[1, 0]))
        level = min(len(self.sizes) - 1, max(0, int(np.floor(np.log2(1 / max(scale, 1e-6)) + 0.35))))
        chosen = self.sizes[level]
        ratio = self.sizes[0].shape[1] / chosen.shape[1], self.sizes[0].shape[0] / chosen.shape[0]
        fitted = np.array(matrix, dtype=np.float64)
        fitted[:, 2] += fitted[:, 0] * (ratio[0] - 1) / 2 + fitted[:, 1] * (ratio[1] - 1) / 2  # pixel centres, not corners
        fitted[:, 0] *= ratio[0]
        fitted[:, 1] *= ratio[1]
        fitted[:, 2] -= (rect.left, rect.top)
        size = rect.right - rect.left, rect.bottom - rect.top
        return np.asarray(cv2.warpAffine(chosen, fitted, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT), dtype=np.uint8)


def lay_over(below: Pixels, above: Pixels) -> None:
    """Lay one layer over another of the same size, in place."""
    through = cv2.bitwise_not(above[..., 3])
    cv2.multiply(below, cv2.merge([through] * 4), dst=below, scale=1 / 255)
    cv2.add(below, above, dst=below)


def lay_on(picture: Image, above: Pixels) -> None:
    """Lay a layer on a piece of an opaque picture, in place."""
    through = cv2.cvtColor(cv2.bitwise_not(above[..., 3]), cv2.COLOR_GRAY2BGR)
    shown = cv2.multiply(picture, through, scale=1 / 255)
    cv2.add(shown, cv2.cvtColor(above, cv2.COLOR_BGRA2BGR), dst=picture)


def smeared(layer: Pixels, moved_xy: Sequence[float]) -> Pixels:
    """Return a layer that moved by so many pixels while the shutter was open, along the direction it moved most in."""
    across, down = abs(moved_xy[0]), abs(moved_xy[1])
    length = round(max(across, down))
    if length < 2:
        return layer
    return np.asarray(cv2.blur(layer, (length, 1) if across >= down else (1, length)), dtype=np.uint8)
