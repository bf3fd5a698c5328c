"""the address of an emblem, data:image/png;base64,… → the same, where it is a picture that a screen can draw; else it is refused."""

import base64
import binascii
import struct
from io import BytesIO
from typing import Final

from PIL import Image
from pydantic_core import PydanticCustomError

SIDE_PX: Final = 1_024
_BEGINS: Final = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
_SIZE: Final = struct.Struct(">II")
"""Width and height, which follow at once (PNG, ISO/IEC 15948)."""


def checked(address: str) -> str:
    """Return `address`; raises PydanticCustomError for what is no PNG, a damaged one, or one of more than `SIDE_PX` a side."""
    if not _drawn(address.partition(",")[2]):
        raise PydanticCustomError("emblem", "no PNG of at most {side_px} pixels a side", {"side_px": SIDE_PX})
    return address


def _drawn(text: str) -> bool:
    try:
        data = base64.b64decode(text, validate=True)
        if not data.startswith(_BEGINS) or max(_SIZE.unpack_from(data, len(_BEGINS))) > SIDE_PX:
            return False
        with Image.open(BytesIO(data), formats=["PNG"]) as picture:
            picture.load()
    except (binascii.Error, struct.error, ValueError, OSError, SyntaxError):
        return False
    return True
