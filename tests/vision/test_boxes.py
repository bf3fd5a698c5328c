import numpy as np
import pytest

from vision.boxes import areas, feet, overlaps

SQUARE = (0.0, 0.0, 10.0, 10.0)


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (SQUARE, 1.0),
        ((5, 0, 15, 10), 50 / 150),  # half over it
        ((10, 0, 20, 10), 0.0),  # edge to edge
        ((20, 20, 30, 30), 0.0),  # apart
        ((2, 2, 4, 4), 4 / 100),  # within
        ((0, 0, 0, 0), 0.0),  # nothing
        ((8, 8, 2, 2), 0.0),  # inside out
    ],
)
def test_an_overlap_is_the_shared_part_of_both(other: tuple[float, ...], expected: float) -> None:
    assert overlaps(np.array([SQUARE]), np.array([other], dtype=np.float64))[0, 0] == pytest.approx(expected)


def test_every_box_meets_every_other_box() -> None:
    assert overlaps(np.zeros((2, 4)), np.zeros((3, 4))).shape == (2, 3)
    assert overlaps(np.zeros((0, 4)), np.zeros((3, 4))).shape == (0, 3)


def test_an_area_is_width_times_height() -> None:
    assert areas(np.array([[0, 0, 4, 5], [4, 4, 1, 9]])).tolist() == [20, 0]


def test_feet_are_in_the_middle_of_the_lower_edge() -> None:
    assert feet(np.array([100, 50, 300, 360]), (400, 720)) == (0.5, 0.5)


@pytest.mark.parametrize("box", [(300, 500, 500, 720), (-300, -90, 90, -50), (300, 500, 700, 900)])
def test_whom_the_edge_cuts_off_stands_in_the_picture(box: tuple[int, ...]) -> None:
    x, y = feet(np.array(box), (400, 720))

    assert 0 <= x < 1
    assert 0 <= y < 1
