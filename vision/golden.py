"""nothing → a drawn face that every detector finds, and whose landmarks are known: what an engine looks at before it may look at people.

No photograph: nobody's picture travels with the software. Two palettes: a natural one, and one whose colours were searched for so that a
detector that takes red for blue does not see a face any more (YuNet 0.88 → 0.02, SCRFD-2.5G 0.77 → 0.03).
"""

from collections.abc import Mapping
from typing import Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.frames import Image

SIDE: Final = 160
"""Pixels a side of the drawn picture."""
Colour: TypeAlias = tuple[int, int, int]
"""Blue, green, red."""
NATURAL: Final[Mapping[str, Colour]] = {
    "back": (150, 140, 120),
    "cloth": (90, 60, 40),
    "hair": (25, 30, 40),
    "skin": (130, 165, 215),
    "shade": (95, 125, 175),
    "white": (235, 235, 235),
    "iris": (40, 60, 90),
    "pupil": (10, 10, 15),
    "brow": (25, 35, 50),
    "cheek": (120, 145, 215),
    "light": (150, 185, 230),
    "lips": (85, 80, 180),
    "mouth": (40, 30, 90),
}
TELLTALE: Final[Mapping[str, Colour]] = {
    "back": (151, 142, 119),
    "cloth": (200, 138, 8),
    "hair": (172, 148, 67),
    "skin": (199, 35, 28),
    "shade": (98, 92, 247),
    "white": (0, 255, 154),
    "iris": (116, 109, 117),
    "pupil": (27, 163, 197),
    "brow": (202, 249, 89),
    "cheek": (255, 0, 65),
    "light": (119, 161, 40),
    "lips": (7, 146, 251),
    "mouth": (253, 0, 8),
}
_FINE: Final = 4
"""Drawn so many times larger, then averaged: no jagged edges."""
_UNIT: Final = SIDE / 2
"""Pixels: the face's measures below are parts of this, from a centre a little below the picture's."""
_CENTRE: Final = (SIDE * 0.5, SIDE * 0.52)
_ELLIPSES: Final = (
    # colour, centre, half axes
    ("cloth", (0.0, 0.75), (0.95, 0.35)),
    ("shade", (0.0, 0.45), (0.22, 0.35)),  # neck
    ("hair", (0.0, -0.12), (0.58, 0.68)),
    ("shade", (-0.5, 0.03), (0.09, 0.16)),  # ears
    ("shade", (0.5, 0.03), (0.09, 0.16)),
    ("skin", (0.0, 0.02), (0.48, 0.62)),
    ("hair", (0.0, -0.48), (0.46, 0.22)),
    ("shade", (-0.2, -0.06), (0.13, 0.075)),  # eyes, from the sockets inwards
    ("shade", (0.2, -0.06), (0.13, 0.075)),
    ("white", (-0.2, -0.05), (0.1, 0.045)),
    ("white", (0.2, -0.05), (0.1, 0.045)),
    ("iris", (-0.2, -0.05), (0.048, 0.048)),
    ("iris", (0.2, -0.05), (0.048, 0.048)),
    ("pupil", (-0.2, -0.05), (0.022, 0.022)),
    ("pupil", (0.2, -0.05), (0.022, 0.022)),
    ("cheek", (-0.3, 0.18), (0.1, 0.07)),
    ("cheek", (0.3, 0.18), (0.1, 0.07)),
    ("light", (0.0, 0.1), (0.05, 0.16)),  # nose
    ("shade", (0.0, 0.2), (0.085, 0.05)),
    ("pupil", (-0.045, 0.215), (0.022, 0.014)),
    ("pupil", (0.045, 0.215), (0.022, 0.014)),
    ("lips", (0.0, 0.37), (0.17, 0.055)),
)
LANDMARKS_XY: Final[NDArray[np.float32]] = (
    np.array([[-0.2, -0.05], [0.2, -0.05], [0.0, 0.2], [-0.17, 0.37], [0.17, 0.37]]) * _UNIT + _CENTRE
).astype(np.float32)
"""(5, 2): where the drawing's eyes, nose and corners of the mouth are, in the order of `Face.landmarks_xy`."""


def drawn(palette: Mapping[str, Colour] = NATURAL) -> Image:
    """Return the drawn face in these colours: (SIDE, SIDE, 3)."""
    canvas = np.full((SIDE * _FINE, SIDE * _FINE, 3), palette["back"], dtype=np.float32)
    for name, centre, axes in _ELLIPSES:
        cv2.ellipse(canvas, _point(*centre), (_length(axes[0]), _length(axes[1])), 0, 0, 360, palette[name], -1, cv2.LINE_AA)
    for side in (-0.2, 0.2):
        axes = (_length(0.14), _length(0.05))
        cv2.ellipse(canvas, _point(side, -0.13), axes, 0, 190, 350, palette["brow"], _length(0.035), cv2.LINE_AA)
    cv2.line(canvas, _point(-0.16, 0.37), _point(0.16, 0.37), palette["mouth"], _length(0.018), cv2.LINE_AA)
    soft = cv2.GaussianBlur(canvas * _light(), (0, 0), _FINE * 0.8)
    return np.asarray(cv2.resize(soft, (SIDE, SIDE), interpolation=cv2.INTER_AREA)).clip(0, 255).round().astype(np.uint8)


def toned(image: Image, contrast: float, brightness: float) -> Image:
    """Return the picture with each value × contrast + brightness."""
    return np.asarray((image.astype(np.float32) * contrast + brightness).clip(0, 255).round(), dtype=np.uint8)


def swapped(image: Image) -> Image:
    """Return the picture with red and blue exchanged."""
    return np.ascontiguousarray(image[:, :, ::-1])


def _light() -> NDArray[np.float32]:
    """Return the lamp's brightness over the canvas, brightest above the face's left side: (side, side, 1)."""
    down, across = np.mgrid[: SIDE * _FINE, : SIDE * _FINE].astype(np.float32)
    lamp = _point(-0.2, -0.3)
    distance = ((across - lamp[0]) ** 2 + (down - lamp[1]) ** 2) / (_UNIT * _FINE) ** 2
    return np.asarray((1.06 - 0.16 * distance).clip(0.7, 1.06)[:, :, None], dtype=np.float32)


def _point(across: float, down: float) -> tuple[int, int]:
    return int((_CENTRE[0] + across * _UNIT) * _FINE), int((_CENTRE[1] + down * _UNIT) * _FINE)


def _length(part: float) -> int:
    return max(1, int(part * _UNIT * _FINE))
