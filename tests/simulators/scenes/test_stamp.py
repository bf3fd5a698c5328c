import numpy as np
import pytest

from simulators.scenes import stamp
from vision.frames import Image


def picture(height: int = 720, width: int = 1280) -> Image:
    return np.full((height, width, 3), 90, np.uint8)


@pytest.mark.parametrize("number", [0, 1, 12_345, stamp.LARGEST])
@pytest.mark.parametrize("size", [(720, 1280), (360, 640), (1080, 1920)])
def test_a_number_is_read_as_it_was_written(number: int, size: tuple[int, int]) -> None:
    image = picture(*size)
    stamp.write(image, number)

    assert stamp.read(image) == number


def test_a_number_survives_noise() -> None:
    image = picture()
    stamp.write(image, 4711)
    noisy = np.clip(image + np.random.default_rng(1).normal(0, 40, image.shape), 0, 255).astype(np.uint8)

    assert stamp.read(noisy) == 4711


@pytest.mark.parametrize("grey", [0, 90, 255])
def test_a_picture_without_a_number_has_none(grey: int) -> None:
    assert stamp.read(np.full((720, 1280, 3), grey, np.uint8)) is None


def test_a_number_with_one_cell_changed_is_none() -> None:
    image = picture()
    stamp.write(image, 77)
    image[:8, -80:-72] = 255 - image[:8, -80:-72]

    assert stamp.read(image) is None


def test_a_picture_too_small_for_a_number_has_none() -> None:
    assert stamp.read(np.zeros((90, 100, 3), np.uint8)) is None
