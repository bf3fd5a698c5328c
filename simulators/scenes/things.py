"""a QR text, or somebody's portrait → a thing held up before the camera: a badge, a sheet of paper, a phone."""

from dataclasses import dataclass
from typing import Final, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from simulators.scenes.people import Portrait
from vision.frames import Image
from wardroom.errors import ConfigError

THING_PPM: Final = 1_000.0
"""Pixels a metre of a thing."""
_QUIET: Final = 4
"""Modules of white around a QR code (ISO/IEC 18004)."""
_CODE_M: Final = 0.15
_FACE_SHARE: Final = 0.46
"""The height of the face in a picture that is held up."""


@dataclass(frozen=True, slots=True, eq=False)
class Thing:
    """A flat thing. `image`: (h, w, 3) at 1,000 pixels a metre; `box_m`: left, bottom, right, top of the code or face, from its middle.

    `at_m`: where its middle is held, aside from the body's middle and below the chin; `nearer`: how much larger it looks, held before the
    body; `glows`: it is lit by itself.
    """

    image: Image
    box_m: NDArray[np.float64]
    at_m: tuple[float, float]
    nearer: float
    glows: bool
    text: str | None = None
    landmarks_m: NDArray[np.float64] | None = None

    @property
    def size_m(self) -> tuple[float, float]:
        """Return width and height."""
        return self.image.shape[1] / THING_PPM, self.image.shape[0] / THING_PPM


def badge(text: str) -> Thing:
    """Return a white card with a QR code; raises ConfigError if the text does not fit into one."""
    try:
        modules = cv2.QRCodeEncoder.create().encode(text)
    except cv2.error as error:
        raise ConfigError("simulators.scene_no_code", value=text, detail=str(error.err)) from error
    bare = np.asarray(modules, dtype=np.uint8)
    trim = np.argwhere(bare == 0)
    (top, left), (bottom, right) = trim.min(axis=0), trim.max(axis=0) + 1
    code = np.pad(bare[top:bottom, left:right], _QUIET, constant_values=255)
    side = round(_CODE_M * THING_PPM * code.shape[0] / (code.shape[0] - 2 * _QUIET))
    square = cv2.resize(code, (side, side), interpolation=cv2.INTER_NEAREST)
    card = np.full((side + 44, side + 12, 3), 250, np.uint8)
    card[:36] = (150, 96, 40)
    card[40 : 40 + side, 6 : 6 + side] = square[..., None]
    high = card.shape[0]
    middle = (40 + side / 2 - high / 2) / THING_PPM
    half = _CODE_M / 2
    return Thing(card, np.array([-half, -middle - half, half, -middle + half]), (0.26, -0.04), 1.15, glows=False, text=text)


def picture(portrait: Portrait, on: Literal["paper", "phone"]) -> Thing:
    """Return somebody's portrait on a sheet of paper before the face, or on a phone beside it."""
    wide_m, high_m = (0.21, 0.297) if on == "paper" else (0.10, 0.19)
    edge = 0.012 if on == "paper" else 0.006
    size = round((wide_m - 2 * edge) * THING_PPM), round((high_m - 2 * edge) * THING_PPM)
    left, top, right, bottom = (float(value) for value in portrait.face.box_xyxy)
    scale = _FACE_SHARE * size[1] / (bottom - top)
    shift = np.array([size[0] / 2 - scale * (left + right) / 2, 0.47 * size[1] - scale * (top + bottom) / 2])
    shrunk = min(1.0, scale * 2)
    small = cv2.resize(portrait.image, None, fx=shrunk, fy=shrunk, interpolation=cv2.INTER_AREA)
    rest = scale / shrunk
    matrix = np.array([[rest, 0.0, shift[0]], [0.0, rest, shift[1]]])
    inside = cv2.warpAffine(small, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    frame = (246, 248, 248) if on == "paper" else (24, 22, 22)
    inset = round(edge * THING_PPM)
    sheet = cv2.copyMakeBorder(inside, inset, inset, inset, inset, cv2.BORDER_CONSTANT, value=frame)
    points = np.vstack([portrait.face.box_xyxy.reshape(2, 2), portrait.face.landmarks_xy]) * scale + shift + inset
    metres = (points - np.array(sheet.shape[1::-1]) / 2) / THING_PPM * (1, -1)
    box = np.array([metres[0, 0], metres[1, 1], metres[1, 0], metres[0, 1]])
    at, nearer = ((0.0, -0.07), 1.25) if on == "paper" else ((0.21, -0.06), 1.55)
    return Thing(np.asarray(sheet, dtype=np.uint8), box, at, nearer, glows=on == "phone", landmarks_m=metres[2:])
