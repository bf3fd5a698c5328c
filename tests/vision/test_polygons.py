import pytest
from hypothesis import given
from hypothesis import strategies as st

from vision import polygons
from vision.errors import OptionError
from vision.polygons import Point

SQUARE = ((0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8))
HOOK = ((0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.6, 0.9), (0.6, 0.4), (0.1, 0.4))
BOW = ((0.1, 0.1), (0.9, 0.9), (0.9, 0.1), (0.1, 0.9))
Piece = tuple[Point, Point]
shares = st.floats(0, 1)


@pytest.mark.parametrize(
    ("corners", "within", "without"),
    [
        (SQUARE, [(0.5, 0.5), (0.21, 0.79)], [(0.1, 0.5), (0.9, 0.5), (0.5, 0.1), (0.5, 0.9)]),
        (HOOK, [(0.7, 0.8), (0.2, 0.2)], [(0.3, 0.8), (0.59, 0.5)]),  # in the hollow of the hook
        (((0.1, 0.1), (0.9, 0.9), (0.1, 0.9)), [(0.2, 0.8)], [(0.8, 0.2), (0.95, 0.9)]),
    ],
)
def test_a_point_is_inside_or_not(corners: tuple[Point, ...], within: list[Point], without: list[Point]) -> None:
    for order in (corners, corners[::-1]):
        assert all(polygons.inside(point, order) for point in within)
        assert not any(polygons.inside(point, order) for point in without)


@given(st.tuples(shares, shares), shares)
def test_of_two_areas_side_by_side_every_point_is_in_one(point: Point, middle: float) -> None:
    left = ((-1.0, -1.0), (middle, -1.0), (middle, 2.0), (-1.0, 2.0))
    right = ((middle, -1.0), (2.0, -1.0), (2.0, 2.0), (middle, 2.0))

    assert polygons.inside(point, left) + polygons.inside(point, right) == 1


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (((0, 0), (1, 1)), ((0, 1), (1, 0))),
        (((0, 0), (1, 0)), ((0.5, 0), (0.5, 1))),  # touches it
        (((0, 0), (1, 0)), ((0.2, 0), (0.4, 0))),  # on the same line, one over the other
    ],
)
def test_pieces_of_lines_meet(first: Piece, second: Piece) -> None:
    assert polygons.crossing(first, second)
    assert polygons.crossing(second, first)
    assert polygons.crossing(first[::-1], second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (((0, 0), (0.4, 0.4)), ((0, 1), (1, 0))),  # ends before it
        (((0, 0), (0.2, 0)), ((0.4, 0), (0.6, 0))),  # on the same line, apart
        (((0, 0), (1, 0)), ((0, 0.1), (1, 0.1))),  # side by side
    ],
)
def test_pieces_of_lines_pass_each_other_by(first: Piece, second: Piece) -> None:
    assert not polygons.crossing(first, second)
    assert not polygons.crossing(second, first)


def test_right_of_a_line_is_right_as_seen_on_the_way() -> None:
    up = ((0.5, 1.0), (0.5, 0.0))  # upwards in the picture

    assert polygons.side((0.7, 0.5), *up) == pytest.approx(0.2)
    assert polygons.side((0.4, 0.5), *up) == pytest.approx(-0.1)


def test_edges_that_cross_are_noticed() -> None:
    assert [polygons.crosses_itself(corners) for corners in (SQUARE, HOOK, BOW, SQUARE[:3])] == [False, False, True, False]


@pytest.mark.parametrize(("corners", "expected"), [(SQUARE, 0.36), (SQUARE[::-1], 0.36), (HOOK, 0.39), (SQUARE[:2], 0.0)])
def test_an_area_is_a_share_of_the_picture(corners: tuple[Point, ...], expected: float) -> None:
    assert polygons.area(corners) == pytest.approx(expected)


@pytest.mark.parametrize("point", [(1.1, 0.5), (-0.1, 0.5), (float("nan"), 0.5), (0.5, float("inf")), (320, 240)])
def test_a_point_outside_the_picture_is_named(point: Point) -> None:
    with pytest.raises(OptionError, match=r"door: the point \(.*\) is not in the picture; give x and y as shares between 0 and 1"):
        polygons.check("door", [(0.5, 0.5), point])
