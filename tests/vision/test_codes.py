import cv2
import numpy as np
import pytest

from simulators.scenes import things
from tests.edge.factories import NOW_US
from vision.codes import MOST, CodeWatch, read
from vision.errors import OptionError, PictureError
from vision.frames import Frame, Image

TEXT = "WR1:0042-7c1e9f2ab4d05e88c3a1"


def held_up(*texts: str, side: int = 140, angle: float = 0.0, light: float = 1.0) -> Image:
    """Return a room in which badges are held up side by side, each card `side` pixels wide, turned by `angle` degrees."""
    image = np.full((480, 854, 3), 120, np.uint8)
    for place, text in enumerate(texts):
        card = things.badge(text).image
        scale = side / card.shape[1]
        middle = (120 + place * 220, 240)
        matrix = cv2.getRotationMatrix2D((card.shape[1] / 2, card.shape[0] / 2), angle, scale)
        matrix[:, 2] += (middle[0] - card.shape[1] / 2, middle[1] - card.shape[0] / 2)
        cv2.warpAffine(card, matrix, (854, 480), dst=image, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_TRANSPARENT)
    noise = np.random.default_rng(1).normal(0, 3, image.shape)
    return np.asarray(np.clip(image * light + noise, 0, 255), dtype=np.uint8)


def frame(image: Image, seconds: float = 0.0) -> Frame:
    return Frame(image, NOW_US + round(seconds * 1e6), seconds, round(seconds * 10))


@pytest.mark.parametrize(
    "how",
    [
        {},
        {"side": 90},
        {"angle": 35.0},
        {"angle": 180.0},
        {"angle": -80.0},
        {"light": 0.25},
        {"side": 100, "angle": 20.0, "light": 0.4},
    ],
    ids=str,
)
def test_a_badge_held_up_is_read_small_turned_and_in_the_dark(how: dict[str, float]) -> None:
    found = read(held_up(TEXT, **how))  # type: ignore[arg-type] # one of its numbers

    assert [code.text for code in found] == [TEXT]


def test_a_code_stands_where_it_is_held() -> None:
    (code,) = read(held_up(TEXT))

    assert code.corners_xy.shape == (4, 2)
    assert np.hypot(*(code.corners_xy.mean(axis=0) - (120, 245))) < 20


def test_several_badges_are_each_read_once_and_a_sheet_of_them_holds_nobody_up() -> None:
    several = read(held_up("Đại biểu 1", "two", "two", "four", side=160))
    sheet = np.full((1_000, 1_000, 3), 255, np.uint8)
    for number in range(25):
        card = cv2.resize(things.badge(f"code {number}").image, (180, 190), interpolation=cv2.INTER_AREA)
        y, x = divmod(number, 5)
        sheet[y * 200 : y * 200 + 190, x * 200 : x * 200 + 180] = card

    assert sorted(code.text for code in several) == ["four", "two", "Đại biểu 1"]
    assert 0 < len(read(sheet)) <= MOST


def test_a_room_without_a_badge_has_no_code() -> None:
    assert read(held_up()) == []


def test_codes_are_looked_for_at_a_bounded_rate_and_only_while_something_moves() -> None:
    watch, image = CodeWatch(0.5), held_up(TEXT)
    looked = [
        len(watch.look(frame(image, seconds), moving=moving)) for seconds, moving in ((0, False), (0.1, True), (0.3, True), (0.7, True))
    ]
    begun_anew = watch.look(frame(image, 0.0), moving=True)  # a camera that was opened again

    assert looked == [0, 1, 0, 1]
    assert len(begun_anew) == 1


def test_what_is_no_picture_and_a_rate_that_is_none_are_refused() -> None:
    with pytest.raises(PictureError):
        read(np.zeros((10, 10), np.uint8))
    with pytest.raises(OptionError, match="codes_every_s"):
        CodeWatch(0)
