"""(size, seed) → an empty entrance: a tiled corridor with painted walls, lamps, boards, a glass door at its end, and the posts of a gate.

Every pixel's ray is followed to the first of floor, ceiling, walls and end (ray casting, Appel 1968); what it meets gives the colour.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from numpy.random import default_rng
from numpy.typing import NDArray

from simulators.scenes.layers import Rect
from simulators.scenes.optics import Optics
from vision.frames import Image

Map = NDArray[np.float32]
_HALF_M: Final = 2.3
_CEILING_M: Final = 3.0
_END_M: Final = 12.0
_TILE_M: Final = 0.6
_WAINSCOT_M: Final = 1.05
_POST_Z_M: Final = 2.9
_POST_X_M: Final = 0.86
_FAR: Final = 1e6


@dataclass(frozen=True, slots=True, eq=False)
class Prop:
    """A thing that stands still and hides who is behind it; `alpha` (h, w) says where it is within its rectangle of the picture."""

    z_m: float
    rect: Rect
    alpha: Image


@dataclass(frozen=True, slots=True, eq=False)
class Backdrop:
    """The empty entrance: (h, w, 3), how far away each pixel is in metres (h, w), and what stands in it."""

    image: Image
    depth_m: Map
    props: tuple[Prop, ...]


@lru_cache(maxsize=4)
def backdrop(optics: Optics, seed: int) -> Backdrop:
    """Return the entrance with this number; the same number is the same entrance."""
    fine = Optics(optics.width * 2, optics.height * 2, optics.above_m)
    image, depth = _Rays(fine, seed).seen()
    size = optics.width, optics.height
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    picture = np.clip(small, 0, 255).astype(np.uint8)
    near = np.asarray(cv2.resize(depth, size, interpolation=cv2.INTER_NEAREST), dtype=np.float32)
    props = tuple(_post(optics, side, picture) for side in (-1, 1))
    return Backdrop(picture, near, props)


class _Rays:
    """The rays of one picture and what they meet."""

    def __init__(self, optics: Optics, seed: int) -> None:
        self._seed = seed
        rows, columns = np.mgrid[0 : optics.height, 0 : optics.width].astype(np.float32)
        self._across: Map = (columns + 0.5 - optics.width / 2) / np.float32(optics.focal)
        self._down: Map = (rows + 0.5 - np.float32(optics.horizon)) / np.float32(optics.focal)
        with np.errstate(divide="ignore"):
            floor = np.where(self._down > 0, optics.above_m / self._down, _FAR)
            ceiling = np.where(self._down < 0, (optics.above_m - _CEILING_M) / self._down, _FAR)
            wall = _HALF_M / np.abs(self._across)
        end = np.full_like(floor, _END_M)
        distances = np.stack([floor, ceiling, wall, end])
        self._hit = np.argmin(distances, axis=0)
        self.z: Map = np.min(distances, axis=0).astype(np.float32)
        self.x: Map = self._across * self.z
        self.y: Map = optics.above_m - self._down * self.z

    def seen(self) -> tuple[Map, Map]:
        """Return colours (h, w, 3) and distances (h, w)."""
        image = np.zeros((*self.z.shape, 3), np.float32)
        for surface, paint in enumerate((self._floor, self._ceiling, self._wall, self._end)):
            where = self._hit == surface
            image[where] = paint(self.x[where], self.y[where], self.z[where])
        self._gleam(image)
        shade = 1.0 - 0.018 * self.z
        image *= shade[..., None]
        image *= 1 + 0.05 * _blotches(self.z.shape, self._seed)[..., None]
        return image, self.z

    def _floor(self, x: Map, _y: Map, z: Map) -> Map:
        """Return pale tiles with their joints, each of a slightly other shade."""
        column, row = np.floor(x / _TILE_M), np.floor(z / _TILE_M)
        shade = 1 + 0.09 * (_hashed(column, row, self._seed) - 0.5)
        joint = np.minimum(np.abs(x / _TILE_M - np.rint(x / _TILE_M)), np.abs(z / _TILE_M - np.rint(z / _TILE_M))) * _TILE_M
        dark = 1 - 0.35 * np.clip(1 - joint / (0.006 + 0.0016 * z), 0, 1)
        corner = np.clip((_HALF_M - np.abs(x)) / 0.5, 0.6, 1)
        return np.asarray(np.array([168, 182, 190]) * (shade * dark * corner)[:, None], dtype=np.float32)

    def _ceiling(self, x: Map, _y: Map, z: Map) -> Map:
        """Return white panels with a lamp in every third row."""
        row = np.floor(z / 1.2)
        lamp = (np.abs(x) < 0.55) & (row % 2 == 1) & (np.abs(z / 1.2 - row - 0.5) < 0.3)
        joint = np.minimum(np.abs(x / 0.6 - np.rint(x / 0.6)), np.abs(z / 0.6 - np.rint(z / 0.6)))
        panel = 176 - 40 * np.clip(1 - joint / 0.025, 0, 1)
        return np.where(lamp, 254.0, panel)[:, None] * np.array([1.0, 1.0, 0.99], np.float32)

    def _wall(self, x: Map, y: Map, z: Map) -> Map:
        """Return cream paint over a green-blue lower part, with doors and notice boards."""
        cream, green = np.array([186, 206, 214], np.float32), np.array([132, 134, 104], np.float32)
        colour = np.where((y > _WAINSCOT_M)[:, None], cream, green)
        colour[np.abs(y - _WAINSCOT_M) < 0.03] = (90, 96, 92)
        colour[y < 0.12] = (70, 76, 82)
        side = np.where(x > 0, 1, 0)
        bay = np.floor((z + 1.3 * side) / 3.2)
        within = (z + 1.3 * side) - bay * 3.2
        door = (within > 0.4) & (within < 1.35) & (y < 2.1)
        colour[door] = (62, 88, 122)
        colour[door & ((within < 0.47) | (within > 1.28) | (y > 2.03))] = (44, 60, 84)
        board = (within > 1.8) & (within < 2.9) & (y > 1.3) & (y < 2.05)
        colour[board] = (96, 132, 150)
        paper = board & (np.abs((within * 4) % 1 - 0.5) < 0.36) & (np.abs((y * 3.2) % 1 - 0.5) < 0.34)
        paper &= _hashed(np.floor(within * 4) + 7, np.floor(y * 3.2) + 17 * bay, self._seed) > 0.3
        tone = 190 + 60 * _hashed(np.floor(within * 4), np.floor(y * 3.2) + 31 * bay, self._seed)
        colour[paper] = tone[paper, None]
        corner = np.clip((_CEILING_M - y) / 0.5, 0.72, 1)
        return np.asarray(colour * (corner * np.where(x > 0, 0.93, 1.0))[:, None], dtype=np.float32)

    def _end(self, x: Map, y: Map, _z: Map) -> Map:
        """Return the end wall with a double glass door, daylight behind it."""
        colour = np.tile(np.array([176, 196, 204], np.float32), (len(x), 1))
        colour[y < _WAINSCOT_M] = (124, 126, 98)
        door = (np.abs(x) < 1.35) & (y < 2.45)
        sky = np.clip(y / 2.45, 0, 1)[:, None]
        outside = np.array([150, 188, 168], np.float32) * (1 - sky) + np.array([246, 240, 228], np.float32) * sky
        trees = (_hashed(np.floor(x * 3), np.floor(y * 2.2), self._seed) > 0.55) & (y < 1.5)
        outside[trees] *= 0.72
        colour[door] = outside[door]
        frame = door & ((np.abs(np.abs(x) - 0.67) > 0.62) | (np.abs(x) < 0.045) | (y > 2.36) | (y < 0.1) | (np.abs(y - 1.0) < 0.03))
        colour[frame] = (92, 90, 86)
        return colour

    def _gleam(self, image: Map) -> None:
        """Reflect the bright end in the floor."""
        floor = self._hit == 0
        gleam = np.exp(-((self.x / (0.9 + 0.05 * self.z)) ** 2)) * np.clip(self.z / 12, 0, 1) ** 1.3
        image[floor] += (58 * gleam[floor])[:, None]


def _hashed(a: Map, b: Map, seed: int) -> Map:
    """Return chance in [0, 1) for each pair of whole numbers."""
    mixed = np.sin(a * 12.9898 + b * 78.233 + seed * 0.618) * 43758.5453
    return np.asarray(mixed - np.floor(mixed), dtype=np.float32)


def _blotches(shape: tuple[int, ...], seed: int) -> Map:
    """Return stains and scratches: noise of three sizes, about -1 to 1."""
    chance = default_rng([seed, 3])
    total = np.zeros(shape, np.float32)
    for cells, weight in ((9, 0.5), (60, 0.3), (300, 0.2)):
        coarse = chance.normal(0, 1, (cells, cells * 16 // 9)).astype(np.float32)
        total += weight * np.asarray(cv2.resize(coarse, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC), dtype=np.float32)
    return total


def _post(optics: Optics, side: int, picture: Image) -> Prop:
    """Paint one post of the gate into the picture, and return it as what hides people."""
    inner, outer = side * (_POST_X_M - 0.12), side * (_POST_X_M + 0.12)
    near, far = _POST_Z_M, _POST_Z_M + 0.9
    mask = np.zeros(picture.shape[:2], np.uint8)
    faces: list[tuple[list[tuple[float, float, float]], tuple[int, int, int]]] = [
        ([(inner, 0, near), (inner, 1.0, near), (inner, 1.0, far), (inner, 0, far)], (120, 118, 112)),
        ([(inner, 1.0, near), (outer, 1.0, near), (outer, 1.0, far), (inner, 1.0, far)], (208, 206, 200)),
        ([(inner, 0, near), (outer, 0, near), (outer, 1.0, near), (inner, 1.0, near)], (158, 156, 150)),
        ([(inner * 1.06, 0.80, near), (outer * 0.96, 0.80, near), (outer * 0.96, 0.9, near), (inner * 1.06, 0.9, near)], (70, 180, 60)),
    ]
    for corners, colour in faces:
        outline = np.array([np.rint(np.array(optics.pixel(*corner)) * 16) for corner in corners], np.int32)
        cv2.fillPoly(picture, [outline], colour, cv2.LINE_AA, 4)
        cv2.fillPoly(mask, [outline], 255, cv2.LINE_AA, 4)
    left, top, wide, high = cv2.boundingRect(mask)
    rect = Rect(left, top, left + wide, top + high)
    return Prop(near, rect, mask[rect.slices])
