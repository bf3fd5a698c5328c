from typing import Final

import cv2
import numpy as np
import pytest

from vision import alignment
from vision.alignment import TEMPLATE_XY
from vision.faces import Face
from vision.frames import Image
from vision.quality import measured, sharpness, visible


def drawn(side: int = 300, seed: int = 0) -> Image:
    """A picture full of edges."""
    small = np.random.default_rng(seed).integers(40, 216, (side // 10, side // 10, 3), dtype=np.uint8)
    return np.asarray(cv2.resize(small, (side, side), interpolation=cv2.INTER_NEAREST), dtype=np.uint8)


def face(x: float = 94.0, y: float = 94.0, scale: float = 1.0) -> Face:
    """A face whose aligned square begins at x, y."""
    landmarks = (TEMPLATE_XY * scale + (x, y)).astype(np.float32)
    return Face(np.array([x + 16, y + 10, x + 96 * scale, y + 112 * scale], np.float32), 0.9, landmarks)


IMAGE: Final = drawn()


def test_a_face_within_the_picture_is_wholly_visible() -> None:
    assert visible(IMAGE, face()) == 1.0


@pytest.mark.parametrize("where", [(-40.0, 94.0), (228.0, 94.0), (94.0, -48.0), (94.0, 220.0)])
def test_a_face_over_an_edge_is_visible_in_part_whichever_edge_it_is(where: tuple[float, float]) -> None:
    assert visible(IMAGE, face(*where)) == pytest.approx(0.69, abs=0.06)


def test_a_face_outside_the_picture_is_not_visible() -> None:
    assert visible(IMAGE, face(1000.0)) == 0.0


def luma(image: Image) -> np.ndarray:
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), dtype=np.uint8)


@pytest.mark.parametrize("kernel", [(9, 1), (1, 9)])
def test_a_smear_in_any_direction_makes_a_face_less_sharp(kernel: tuple[int, int]) -> None:
    crop = drawn(112)

    assert sharpness(luma(np.asarray(cv2.blur(crop, kernel), dtype=np.uint8))) < 0.8 * sharpness(luma(crop))


@pytest.mark.parametrize("gain", [0.5, 0.7, 1.15])
def test_light_changes_sharpness_little(gain: float) -> None:
    crop = drawn(112)

    assert sharpness(luma((crop * gain).astype(np.uint8))) == pytest.approx(sharpness(luma(crop)), rel=0.05)


def test_noise_in_the_dark_is_no_sharpness() -> None:
    noise = np.random.default_rng(0).integers(0, 6, (112, 112), dtype=np.uint8)

    assert sharpness(noise) < 0.15


def test_sharpness_is_what_its_formula_says() -> None:
    luma = np.random.default_rng(5).integers(0, 256, (112, 112), dtype=np.uint8)
    smooth = cv2.GaussianBlur(luma.astype(np.float32), (0, 0), 1.0)
    inner = np.s_[24:104, 24:88]
    across, down = cv2.Sobel(smooth, cv2.CV_32F, 1, 0)[inner], cv2.Sobel(smooth, cv2.CV_32F, 0, 1)[inner]
    angles = np.arange(4) * np.pi / 4
    least = min(float(np.percentile(np.abs(np.cos(angle) * across + np.sin(angle) * down), 95)) for angle in angles)

    assert sharpness(luma) == pytest.approx(least / 8 / float(smooth[inner].std()), rel=1e-5)


def test_exposure_is_measured_on_the_face() -> None:
    crop = np.zeros((112, 112, 3), np.uint8)
    crop[24:64, 24:88] = 255
    found = measured(IMAGE, face(), crop)

    assert (found.dark, found.bright, found.brightness, found.contrast) == (0.5, 0.5, 0.5, 0.5)
    assert found.size_px == pytest.approx(80.0)
    assert found.score == 0.9


def test_a_face_is_measured_whatever_is_in_it() -> None:
    for value in (0, 128, 255):
        flat = np.full_like(IMAGE, value)
        found = measured(flat, face(), alignment.aligned(flat, face().landmarks_xy))
        assert (found.sharpness, found.contrast) == (0.0, 0.0)
