import base64
import struct
from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pydantic_core import PydanticCustomError

from center.occasions import emblems


def png(width: int = 8, height: int = 8) -> bytes:
    made = BytesIO()
    Image.new("RGBA", (width, height), "#7a0c12").save(made, "PNG")
    return made.getvalue()


def address(data: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(data).decode()


REFUSED = {
    "no base64": "data:image/png;base64,AAA",
    "three zeros": "data:image/png;base64,AAAA",
    "a JPEG's first bytes": address(b"\xff\xd8\xff\xe0" + bytes(40)),
    "nothing after the first bytes": address(png()[:20]),
    "cut off": address(png(64, 64)[:90]),
    "too wide": address(png(emblems.SIDE_PX + 1, 1)),
    "says it is huge": address(png()[:16] + struct.pack(">II", 2**31 - 1, 2**31 - 1) + png()[24:]),
}


@pytest.mark.parametrize("told", REFUSED.values(), ids=REFUSED)
def test_what_no_screen_can_draw_is_no_emblem(told: str) -> None:
    with pytest.raises(PydanticCustomError, match="no PNG"):
        emblems.checked(told)


def test_a_png_is_one() -> None:
    assert emblems.checked(address(png(512, 300))) == address(png(512, 300))


@settings(max_examples=200, deadline=None)
@given(at=st.integers(0, 200), value=st.integers(0, 255), cut=st.integers(0, 200))
def test_a_damaged_one_is_refused_or_drawn_and_never_an_error(at: int, value: int, cut: int) -> None:
    data = bytearray(png(16, 16))
    data[at % len(data)] = value
    with suppress(PydanticCustomError):
        emblems.checked(address(bytes(data[: len(data) - cut])))
