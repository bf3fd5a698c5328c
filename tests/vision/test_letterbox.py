import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vision.letterbox import GREY, fitted

sides = st.integers(1, 3000)


@pytest.mark.parametrize(
    ("picture", "stride", "inner", "size", "left", "top"),
    [
        ((1280, 720), None, (640, 360), (640, 640), 0, 140),
        ((1280, 720), 32, (640, 360), (640, 384), 0, 12),  # no more bars than the stride needs
        ((810, 1080), None, (480, 640), (640, 640), 80, 0),
        ((640, 640), None, (640, 640), (640, 640), 0, 0),
        ((320, 200), None, (640, 400), (640, 640), 0, 120),  # a small picture is made larger
        ((1000, 999), None, (640, 639), (640, 640), 0, 0),  # an odd bar: the second one has the pixel more
        ((3000, 1), None, (640, 1), (640, 640), 0, 319),  # a line stays a line
    ],
)
def test_a_picture_is_fitted_into_the_middle(
    picture: tuple[int, int], stride: int | None, inner: tuple[int, int], size: tuple[int, int], left: int, top: int
) -> None:
    fit = fitted(picture, (640, 640), stride)

    assert (fit.inner, fit.input_size, fit.left, fit.top) == (inner, size, left, top)


def test_the_bars_are_grey_and_the_picture_is_between_them() -> None:
    fit = fitted((40, 20), (64, 64))

    boxed = fit.applied(np.full((20, 40, 3), 200, dtype=np.uint8))

    assert boxed.shape == (64, 64, 3)
    assert (boxed[:16] == GREY).all()
    assert (boxed[16:48] == 200).all()
    assert (boxed[48:] == GREY).all()


@given(st.tuples(sides, sides), st.sampled_from([(640, 640), (640, 384), (224, 160)]))
def test_a_corner_goes_there_and_back(picture: tuple[int, int], size: tuple[int, int]) -> None:
    fit = fitted(picture, size)
    whole = np.array([[fit.left, fit.top, fit.left + fit.inner[0], fit.top + fit.inner[1]]], dtype=np.float32)

    assert fit.back(whole)[0].tolist() == pytest.approx([0, 0, *picture], abs=0.01)
    assert fit.input_size == size
    assert fit.inner[0] <= size[0]
    assert fit.inner[1] <= size[1]


def test_a_box_beyond_the_picture_is_cut_at_its_edge() -> None:
    fit = fitted((1280, 720), (640, 640))

    assert fit.back(np.array([[-5, 0, 700, 640]], dtype=np.float32)).tolist() == [[0, 0, 1280, 720]]
