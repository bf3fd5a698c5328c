import io
import random
import struct
import zlib
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image as Pillow

from vision import pictures
from vision.errors import PictureError

FORMATS = ("JPEG", "PNG", "WebP", "BMP")
RED, GREEN, BLUE, WHITE = (0, 0, 255), (0, 255, 0), (255, 0, 0), (255, 255, 255)


def quarters() -> Any:
    """A picture whose corners tell which way up it is: red, green / blue, white."""
    picture = np.zeros((40, 60, 3), dtype=np.uint8)
    picture[:20, :30], picture[:20, 30:], picture[20:, :30], picture[20:, 30:] = RED, GREEN, BLUE, WHITE
    return picture


def written(picture: Pillow.Image, kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def corners(image: Any) -> list[list[int]]:
    return [image[y, x].tolist() for y in (5, -5) for x in (5, -5)]


def near(image: Any, *wanted: tuple[int, int, int]) -> bool:
    return bool(np.abs(np.array(corners(image)) - np.array(wanted)).max() < 12)


def png_of_size(width: int, height: int) -> bytes:
    """A PNG that says it is this large, and holds nothing."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def damaged(whole: bytes, chance: random.Random) -> bytes:
    data = bytearray(whole)
    for _ in range(chance.randint(1, 6)):
        data[chance.randrange(4, len(data))] = chance.randrange(256)
    return bytes(data)


def outcome(data: bytes) -> int:
    """How many colours a picture has, or how many lines its refusal."""
    try:
        return int(pictures.opened(data).shape[2])
    except PictureError as refused:
        return len(str(refused).splitlines())


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_comes_out_blue_green_red(kind: str, tmp_path: Path) -> None:
    file = tmp_path / "picture"
    file.write_bytes(written(Pillow.fromarray(quarters()[:, :, ::-1]), kind, **({"quality": 100} if kind in {"JPEG", "WebP"} else {})))

    image = pictures.opened(file)

    assert image.shape == (40, 60, 3)
    assert image.dtype == np.uint8
    assert image.flags.c_contiguous
    assert near(image, RED, GREEN, BLUE, WHITE)


# How a camera was held (EXIF 2.3, tag 274) and where the corners of the upright picture then come from.
@pytest.mark.parametrize(
    ("orientation", "wanted"),
    [
        (1, (RED, GREEN, BLUE, WHITE)),
        (2, (GREEN, RED, WHITE, BLUE)),
        (3, (WHITE, BLUE, GREEN, RED)),
        (4, (BLUE, WHITE, RED, GREEN)),
        (5, (RED, BLUE, GREEN, WHITE)),
        (6, (BLUE, RED, WHITE, GREEN)),
        (7, (WHITE, GREEN, BLUE, RED)),
        (8, (GREEN, WHITE, RED, BLUE)),
        (9, (RED, GREEN, BLUE, WHITE)),  # no such orientation: as it is
    ],
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WebP"])
def test_a_picture_stands_upright(orientation: int, wanted: Any, kind: str) -> None:
    exif = Pillow.Exif()
    exif[0x0112] = orientation
    data = written(Pillow.fromarray(quarters()[:, :, ::-1]), kind, exif=exif, **({"quality": 100} if kind != "PNG" else {}))

    assert near(pictures.opened(data), *wanted)


def test_grey_sixteen_bit_and_cmyk_pictures_become_eight_bit_colour() -> None:
    grey = np.full((20, 30), 120, dtype=np.uint8)
    deep = np.full((20, 30), 120 << 8, dtype=np.uint16)
    deep_colour = np.full((20, 30, 3), (255 << 8, 0, 0), dtype=np.uint16)  # OpenCV writes blue

    assert set(pictures.opened(written(Pillow.fromarray(grey), "PNG")).ravel()) == {120}
    assert set(pictures.opened(written(Pillow.fromarray(deep), "PNG")).ravel()) == {120}
    assert pictures.opened(cv2.imencode(".png", deep_colour)[1].tobytes())[5, 5].tolist() == [255, 0, 0]
    for printed, kind in (("CMYK", "JPEG"), ("P", "PNG"), ("1", "PNG")):
        converted = Pillow.fromarray(quarters()[:, :, ::-1]).convert(printed)
        image = pictures.opened(written(converted, kind, **({"quality": 100} if kind == "JPEG" else {})))
        assert near(image, RED, GREEN, BLUE, WHITE) or printed == "1"


def test_what_is_transparent_is_white() -> None:
    cut = np.zeros((20, 30, 4), dtype=np.uint8)
    cut[:, 15:] = (255, 0, 0, 255)

    image = pictures.opened(written(Pillow.fromarray(cut), "PNG"))

    assert image[5, 5].tolist() == [255, 255, 255]
    assert image[5, 25].tolist() == [0, 0, 255]


@pytest.mark.parametrize("kind", FORMATS)
def test_a_picture_that_ends_early_is_refused(kind: str) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (60, 80, 3), dtype=np.uint8)
    data = written(Pillow.fromarray(noise), kind)

    with pytest.raises(PictureError) as refused:
        pictures.opened(data[: len(data) // 2], name="a.jpg")

    assert refused.value.key == "unreadable_picture"
    assert str(refused.value).startswith("a.jpg: ")


def test_a_picture_of_more_than_fifty_megapixels_is_refused_by_its_header() -> None:
    with pytest.raises(PictureError) as refused:
        pictures.opened(png_of_size(60_000, 60_000))

    assert refused.value.key == "huge_picture"
    assert refused.value.data["megapixels"] == 3600


def test_a_file_that_is_no_picture_is_refused_in_one_line(tmp_path: Path) -> None:
    text = tmp_path / "list.txt"
    text.write_text("names\n")

    for source in (text, b"", b"\xff\xd8\xff", b"RIFF____WAVEfmt "):
        with pytest.raises(PictureError) as refused:
            pictures.opened(source)
        assert "\n" not in str(refused.value)
        assert "save it as JPEG or PNG" in str(refused.value)


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    for place in (tmp_path / "gone.jpg", tmp_path):
        with pytest.raises(PictureError, match="there is no such file"):
            pictures.opened(place)


def test_a_file_of_hundreds_of_megabytes_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "long.bmp"
    with file.open("wb") as stream:
        stream.truncate(201_000_000)

    with pytest.raises(PictureError) as refused:
        pictures.opened(file)

    assert refused.value.key == "heavy_picture"


@pytest.mark.parametrize("kind", FORMATS)
def test_damaged_bytes_give_a_picture_or_a_sentence(kind: str) -> None:
    chance = random.Random(7)
    exif = Pillow.Exif()
    exif[0x0112] = 6
    whole = written(Pillow.fromarray(quarters()[:, :, ::-1]), kind, exif=exif)
    outcomes = {outcome(damaged(whole, chance)) for _ in range(150)}

    assert outcomes <= {3, 1}


def test_a_real_photograph_is_what_opencv_makes_of_it(portraits: list[Path]) -> None:
    assert np.array_equal(pictures.opened(portraits[0]), np.asarray(cv2.imread(str(portraits[0]))))
