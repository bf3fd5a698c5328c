"""a picture file or its bytes → an image: upright, 8 bits a colour, no larger than 50 megapixels; checked before anything is decoded.

Pillow reads the header first and says when a file ends early, where OpenCV fills the rest with grey.
"""

import io
import struct
import threading
import warnings
import zlib
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image as Pillow
from PIL.BmpImagePlugin import BmpImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from vision.errors import PictureError
from vision.frames import Image

MEGAPIXELS: Final = 50
"""Larger pictures are refused: 50 megapixels already take 150 MB."""
MEGABYTES: Final = 200
"""Larger files are refused unread."""
_FORMATS: Final[tuple[tuple[bytes, type[ImageFile]], ...]] = (
    (b"\xff\xd8\xff", JpegImageFile),
    (b"\x89PNG\r\n\x1a\n", PngImageFile),
    (b"RIFF", WebPImageFile),
    (b"BM", BmpImageFile),
)
_ORIENTATION: Final = 0x0112
"""EXIF 2.3, tag 274: how the camera was held."""
_UPRIGHT: Final = {
    2: Pillow.Transpose.FLIP_LEFT_RIGHT,
    3: Pillow.Transpose.ROTATE_180,
    4: Pillow.Transpose.FLIP_TOP_BOTTOM,
    5: Pillow.Transpose.TRANSPOSE,
    6: Pillow.Transpose.ROTATE_270,
    7: Pillow.Transpose.TRANSVERSE,
    8: Pillow.Transpose.ROTATE_90,
}
_BROKEN: Final = (
    OSError,
    SyntaxError,
    ValueError,
    ArithmeticError,
    EOFError,
    LookupError,
    TypeError,
    AttributeError,
    Pillow.DecompressionBombError,
    struct.error,
    zlib.error,
)
"""What Pillow's readers raise on bytes that are no picture, or half of one."""
_one_at_a_time: Final = threading.Lock()
"""One large picture is room enough to take, and filters of warnings belong to the whole process."""


def opened(source: Path | bytes, *, name: str = "", megapixels: int = MEGAPIXELS) -> Image:
    """Return the picture in a file or in bytes, `name` being what its error calls it: (height, width, 3), upright, transparency on white.

    Raises PictureError: no such file, no picture, cut off, too large.
    """
    called = name or (source.name if isinstance(source, Path) else "picture")
    data = _read(source, called) if isinstance(source, Path) else source
    try:
        with _one_at_a_time, warnings.catch_warnings():
            warnings.filterwarnings("ignore", module=r"PIL\.")  # it remarks on odd notes about the camera
            return _decoded(data, called, megapixels)
    except _BROKEN as error:
        raise PictureError("unreadable_picture", file=called, detail=str(error) or type(error).__name__) from error
    except MemoryError as error:
        raise PictureError("unreadable_picture", file=called, detail="out of memory") from error


def _read(file: Path, called: str) -> bytes:
    try:
        if not file.is_file():
            raise PictureError("no_picture_file", file=file)
        size = file.stat().st_size
        if size > MEGABYTES * 1_000_000:
            raise PictureError("heavy_picture", file=called, megabytes=round(size / 1e6), limit=MEGABYTES)
        return file.read_bytes()
    except OSError as error:
        raise PictureError("unreadable_picture", file=called, detail=error.strerror or str(error)) from error


def _decoded(data: bytes, called: str, limit: int) -> Image:
    kind = next((kind for magic, kind in _FORMATS if data.startswith(magic)), None)
    if kind is None:
        raise PictureError("unknown_format", file=called)
    with kind(io.BytesIO(data)) as header:
        width, height = header.size
        if width * height > limit * 1_000_000:
            raise PictureError("huge_picture", file=called, width=width, height=height, megapixels=round(width * height / 1e6), limit=limit)
        header.load()
        turn = _UPRIGHT.get(_orientation(header))
        whole = _eight_bits(header)
        upright = whole if turn is None else whole.transpose(turn)
        return np.ascontiguousarray(np.asarray(upright)[:, :, ::-1])


def _orientation(picture: ImageFile) -> int:
    try:
        return int(picture.getexif().get(_ORIENTATION, 1))
    except _BROKEN:  # a damaged note about the camera does not spoil the picture
        return 1


def _eight_bits(picture: Pillow.Image) -> Pillow.Image:
    """Return the picture in red, green and blue of 8 bits each, transparent places white."""
    if picture.mode.startswith("I;16"):
        picture = Pillow.fromarray((np.asarray(picture) >> 8).astype(np.uint8))
    elif picture.mode in {"I", "F"}:
        raise ValueError("32 bits a pixel")
    if picture.has_transparency_data:
        seen = picture.convert("RGBA")
        return Pillow.alpha_composite(Pillow.new("RGBA", seen.size, "white"), seen).convert("RGB")
    return picture.convert("RGB")
