"""a head + a seed → the upper body of somebody dressed, from the front and from behind, and the colours of legs, sleeves and hands.

Lengths are metres; a body's own coordinates are x to the right of its middle and y above the floor.
"""

from dataclasses import dataclass
from typing import Final, Literal

import cv2
import numpy as np
from numpy.random import Generator, default_rng
from numpy.typing import NDArray

from simulators.scenes.cutout import FACE_M, PPM, Head
from vision.frames import Image

Colour = tuple[float, ...]
Covers = Literal["nothing", "mask", "hand"]
HALF_M: Final = 0.36
"""The upper body's sprite reaches so far to each side."""
ABOVE_M: Final = 0.08
CROWN_M: Final = 0.055
"""From the top of a detector's box to the top of the head."""
HIP: Final = 0.5
"""The hip's height, a share of the stature."""
_CLOTHS: Final[tuple[Colour, ...]] = (
    (72, 52, 40),
    (60, 60, 62),
    (150, 132, 118),
    (58, 78, 120),
    (96, 110, 70),
    (120, 84, 60),
    (204, 206, 208),
    (80, 40, 96),
)
_TROUSERS: Final[tuple[Colour, ...]] = ((46, 42, 40), (70, 62, 56), (92, 74, 54), (60, 70, 82))
_SHIRTS: Final[tuple[Colour, ...]] = ((232, 232, 230), (226, 212, 196), (200, 220, 232))
_OUTLINE: Final = ((0.062, 0.035), (0.11, 0.072), (0.185, 0.105), (0.215, 0.15), (0.222, 0.23), (0.19, 0.30), (0.172, 0.45), (0.178, 0.8))
"""Half of the trunk: aside, and below the chin."""
_FINE: Final = 4
_SUPER: Final = 2
"""The trunk is drawn so many times larger, and then shrunk."""


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """Somebody dressed. `front`, `back`: (h, w, 3) with alpha (h, w); they hang at (-HALF_M, `top_m`) in the body's own coordinates.

    `box_m`: left, bottom, right, top of the face in the body's own coordinates; `landmarks_m`: (5, 2) in the same. `hidden`: the share of
    the face that a mask or hand covers.
    """

    stature_m: float
    front: tuple[Image, NDArray[np.float32]]
    back: tuple[Image, NDArray[np.float32]]
    box_m: NDArray[np.float64]
    landmarks_m: NDArray[np.float64]
    sleeve: Colour
    trousers: Colour
    skin: Colour
    hidden: float

    @property
    def top_m(self) -> float:
        """Return the height of the sprites' upper edge."""
        return self.stature_m + ABOVE_M

    @property
    def chin_m(self) -> float:
        """Return the chin's height."""
        return self.stature_m - CROWN_M - FACE_M


def dressed(head: Head, seed: int, covers: Covers = "nothing") -> Body:
    """Return the body of this head; its stature and clothes are the seed's."""
    chance = default_rng([seed, 11])
    stature = float(chance.uniform(1.56, 1.80))
    canvas = _Canvas(stature)
    cloth = _CLOTHS[seed % len(_CLOTHS)]
    image, alpha = canvas.trunk(cloth, chance)
    canvas.neck(image, alpha, head.skin)
    back = canvas.with_head(image.copy(), alpha.copy(), _from_behind(head, chance))
    canvas.collar(image, cloth, head.skin, chance)
    hidden = 0.0
    shown = head
    if covers != "nothing":
        shown, hidden = _covered(head, covers)
    front = canvas.with_head(image, alpha, shown)
    box, landmarks = canvas.face(head)
    trousers = _TROUSERS[chance.integers(len(_TROUSERS))]
    sleeve = tuple(0.86 * value for value in cloth)
    return Body(stature, front, back, box, landmarks, sleeve, trousers, head.skin, hidden)


class _Canvas:
    """The picture of an upper body in the making, at `PPM`."""

    def __init__(self, stature_m: float) -> None:
        self._top = stature_m + ABOVE_M
        self._chin = stature_m - CROWN_M - FACE_M
        self._size = round(2 * HALF_M * PPM), round((self._top - HIP * stature_m) * PPM)

    def pixel(self, x_m: float, below_chin_m: float) -> tuple[float, float]:
        """Return column and row of a point aside from the middle and below the chin."""
        return (x_m + HALF_M) * PPM, (self._top - self._chin + below_chin_m) * PPM

    def trunk(self, cloth: Colour, chance: Generator) -> tuple[Image, NDArray[np.float32]]:
        """Return shoulders and trunk in one cloth: rounder towards the sides, with folds."""
        outline = [*_OUTLINE, *((-x, y) for x, y in reversed(_OUTLINE))]
        mask = self._mask(outline)
        width, height = self._size
        across = (np.arange(width, dtype=np.float32) / PPM - HALF_M) / 0.22
        shade = np.clip(1.06 - 0.34 * across**2 + 0.06 * across * chance.choice((-1, 1)), 0.5, 1.1)
        coarse = chance.normal(0, 1, (height // 40 + 2, width // 90 + 2)).astype(np.float32)
        folds = np.asarray(cv2.resize(coarse, self._size, interpolation=cv2.INTER_CUBIC), dtype=np.float32)
        weave = chance.normal(0, 0.025, (height, width)).astype(np.float32)
        lit = shade[None, :] * (1 + 0.05 * folds + weave)
        return np.clip(np.array(cloth) * lit[..., None], 0, 255).astype(np.uint8), mask

    def neck(self, image: Image, alpha: NDArray[np.float32], skin: Colour) -> None:
        """Draw the neck, in the shadow of the chin: a silhouette may have lost its own."""
        outline = ((-0.055, -0.09), (0.055, -0.09), (0.06, 0.02), (0.075, 0.06), (-0.075, 0.06), (-0.06, 0.02))
        self._fill(image, outline, tuple(0.72 * value for value in skin))
        np.maximum(alpha, self._mask(list(outline)), out=alpha)

    def collar(self, image: Image, cloth: Colour, skin: Colour, chance: Generator) -> None:
        """Draw what is seen between the lapels: a shirt and perhaps a tie, or a bare neck."""
        kind = chance.integers(3)
        if kind:
            shirt = _SHIRTS[chance.integers(len(_SHIRTS))]
            self._fill(image, ((-0.075, 0.03), (0.075, 0.03), (0.0, 0.3 if kind == 1 else 0.2)), shirt)
        if kind == 1:
            tie = tuple(float(value) for value in chance.uniform(30, 170, 3))
            self._fill(image, ((-0.016, 0.075), (0.016, 0.075), (0.028, 0.25), (0.0, 0.3), (-0.028, 0.25)), tie)
        self._fill(image, ((-0.06, 0.0), (0.06, 0.0), (0.045, 0.06), (0.0, 0.1), (-0.045, 0.06)), tuple(0.86 * value for value in skin))
        dark = tuple(0.7 * value for value in cloth)
        for side in (-1, 1):
            self._fill(image, ((side * 0.085, 0.03), (side * 0.06, 0.03), (side * 0.002, 0.21), (side * 0.03, 0.21)), dark)

    def with_head(self, image: Image, alpha: NDArray[np.float32], head: Head) -> tuple[Image, NDArray[np.float32]]:
        """Return the trunk with the head on it."""
        left, top = self._corner(head)
        high, wide = head.alpha.shape
        rows = slice(max(0, top), min(image.shape[0], top + high))
        columns = slice(max(0, left), min(image.shape[1], left + wide))
        part = slice(rows.start - top, rows.stop - top), slice(columns.start - left, columns.stop - left)
        over = head.alpha[part]
        below = alpha[rows, columns].copy()
        total = over + below * (1 - over)
        share = np.divide(over, total, out=np.zeros_like(over), where=total > 0)[..., None]
        image[rows, columns] = np.rint(head.image[part] * share + image[rows, columns] * (1 - share)).astype(np.uint8)
        alpha[rows, columns] = total
        return image, alpha

    def face(self, head: Head) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the face's box (left, bottom, right, top) and landmarks (5, 2) in the body's own metres."""
        corner = np.array(self._corner(head), dtype=np.float64)
        points = np.vstack([head.box_xyxy.reshape(2, 2), head.landmarks_xy]) + corner
        metres = np.column_stack([points[:, 0] / PPM - HALF_M, self._top - points[:, 1] / PPM])
        return np.array([metres[0, 0], metres[1, 1], metres[1, 0], metres[0, 1]]), metres[2:]

    def _corner(self, head: Head) -> tuple[int, int]:
        """Return where the head's picture begins, its chin on the chin's height, its face over the neck."""
        column, row = self.pixel(0.0, 0.0)
        left, _, right, bottom = (float(value) for value in head.box_xyxy)
        return round(column - (left + right) / 2), round(row - bottom)

    def _mask(self, outline: list[tuple[float, float]]) -> NDArray[np.float32]:
        width, height = self._size
        drawn = np.zeros((height * _SUPER, width * _SUPER), np.uint8)
        points = np.array([np.rint(np.array(self.pixel(*point)) * _SUPER * 2**_FINE) for point in outline], np.int32)
        cv2.fillPoly(drawn, [points], 255, cv2.LINE_AA, _FINE)
        soft = cv2.GaussianBlur(cv2.resize(drawn, self._size, interpolation=cv2.INTER_AREA), (0, 0), 0.8)
        return np.asarray(soft / np.float32(255), dtype=np.float32)

    def _fill(self, image: Image, outline: tuple[tuple[float, float], ...], colour: Colour) -> None:
        points = np.array([np.rint(np.array(self.pixel(*point)) * 2**_FINE) for point in outline], np.int32)
        cv2.fillPoly(image, [points], colour, cv2.LINE_AA, _FINE)


def _from_behind(head: Head, chance: Generator) -> Head:
    """Return the same silhouette all in hair, the neck below it in skin."""
    high, wide = head.alpha.shape
    strands = cv2.resize(
        chance.normal(0, 1, (high // 12 + 2, wide // 3 + 2)).astype(np.float32), (wide, high), interpolation=cv2.INTER_CUBIC
    )
    hair = np.minimum(np.array(head.hair), 110.0) * (1 + 0.12 * np.asarray(strands)[..., None])
    left, top, right, bottom = (float(value) for value in head.box_xyxy)
    rows, columns = np.mgrid[0:high, 0:wide]
    round_ = ((columns - (left + right) / 2) / (0.43 * (bottom - top))) ** 2 + (
        (rows - top - 0.38 * (bottom - top)) / (0.56 * (bottom - top))
    ) ** 2
    share = np.clip((1.0 - round_) * 6 + 0.5, 0, 1)[..., None]
    image = hair * share + np.array(head.skin) * 0.85 * (1 - share)
    return Head(np.clip(image, 0, 255).astype(np.uint8), head.alpha, head.box_xyxy, head.landmarks_xy, head.skin, head.hair)


def _covered(head: Head, covers: Covers) -> tuple[Head, float]:
    """Return the head with a mask or a hand before it, and what share of the face's box that hides."""
    left, top, right, bottom = (float(value) for value in head.box_xyxy)
    wide, high = right - left, bottom - top
    cover = np.zeros(head.alpha.shape, np.uint8)
    rows = np.arange(len(cover)) / high
    image = head.image.copy()
    if covers == "mask":
        shape = ((-0.02, 0.50), (0.5, 0.42), (1.02, 0.50), (0.95, 0.86), (0.5, 1.03), (0.05, 0.86))
        points = np.array([((left + x * wide) * 16, (top + y * high) * 16) for x, y in shape]).astype(np.int32)
        cv2.fillPoly(cover, [points], 255, cv2.LINE_AA, 4)
        folds = 1 - 0.08 * (np.sin(rows * 38) > 0.6)
        colour = np.array([214, 196, 158]) * folds.reshape(-1, 1, 1)
    else:
        for finger in range(4):
            start = (round(left + 1.05 * wide), round(top + (0.36 + 0.13 * finger) * high))
            end = (round(left + (0.24 + 0.04 * finger) * wide), round(top + (0.30 + 0.15 * finger) * high))
            cv2.line(cover, start, end, 255, max(2, round(0.115 * high)), cv2.LINE_AA)
        folds = 0.9 - 0.1 * (np.sin(rows * 45) > 0.5)
        colour = np.array(head.skin) * folds.reshape(-1, 1, 1)
    share = (cover.astype(np.float32) / 255)[..., None]
    image = np.clip(image * (1 - share) + colour * share, 0, 255).astype(np.uint8)
    box = cover[max(0, round(top)) : round(bottom), max(0, round(left)) : round(right)]
    alpha = np.maximum(head.alpha, cover.astype(np.float32) / 255)
    return Head(image, alpha, head.box_xyxy, head.landmarks_xy, head.skin, head.hair), float(box.mean() / 255)
