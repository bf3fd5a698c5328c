"""frame → the QR codes in it: their texts and places. Only looked for at a bounded rate, and only while something moves.

One reading is enough: a QR code carries its own error correction, and what does not add up is no code.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from vision.errors import OptionError
from vision.frames import Frame, Image, checked

LONGEST: Final = 2_953
"""Bytes of the longest text a QR code can hold (ISO/IEC 18004, version 40-L)."""
MOST: Final = 16
"""Codes told of one frame: whoever holds up a sheet full of them holds nobody up."""
_EVERY_S: Final = (0.05, 60.0)


@dataclass(frozen=True, slots=True, eq=False)
class Code:
    """A code. `corners_xy`: (4, 2) in pixels, clockwise from the code's own upper left."""

    text: str
    corners_xy: NDArray[np.float32]


def read(image: Image) -> Sequence[Code]:
    """Return the QR codes in a picture, each text once; raises PictureError for what is no picture."""
    grey = cv2.cvtColor(checked(image), cv2.COLOR_BGR2GRAY)
    kinds = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    found = zxingcpp.read_barcodes(grey, formats=kinds, text_mode=zxingcpp.TextMode.Plain)
    codes = {one.text: Code(one.text, _corners(one.position)) for one in found if one.valid and 0 < len(one.bytes) <= LONGEST}
    return list(codes.values())[:MOST]


class CodeWatch:
    """Looks for codes in one stream, every `every_s` seconds of it at most."""

    def __init__(self, every_s: float = 0.2) -> None:
        least, most = _EVERY_S
        if not least <= every_s <= most:
            raise OptionError("option_bounds", field="codes_every_s", value=every_s, least=least, most=most)
        self._every_s = every_s
        self._seconds: float | None = None

    def look(self, frame: Frame, *, moving: bool) -> Sequence[Code]:
        """Return the codes in a frame, none where nobody looks."""
        if not moving or (self._seconds is not None and 0 <= frame.seconds - self._seconds < self._every_s):
            return ()
        self._seconds = frame.seconds
        return read(frame.image)


def _corners(place: zxingcpp.Position) -> NDArray[np.float32]:
    points = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
    return np.array([(point.x, point.y) for point in points], np.float32)
