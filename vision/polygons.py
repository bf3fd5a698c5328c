"""corners in shares of the picture → is a point inside, does a step cross a line, can this be an area at all."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from math import hypot, isfinite
from typing import TypeAlias

from vision.errors import OptionError

Point: TypeAlias = tuple[float, float]
"""x and y in shares of the picture's width and height: 0 is left or top, 1 is right or bottom."""


def inside(point: Point, corners: Sequence[Point]) -> bool:
    """Return whether a point lies in a polygon: a ray from it to the right crosses the edges an odd number of times."""
    x, y = point
    odd = False
    for (x1, y1), (x2, y2) in _edges(corners):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) / (y2 - y1) * (x2 - x1):
            odd = not odd
    return odd


def side(point: Point, start: Point, end: Point) -> float:
    """Return how far right of the line from `start` to `end` a point is, as seen on the way; negative is left of it."""
    (x1, y1), (x2, y2), (x, y) = start, end, point
    length = hypot(x2 - x1, y2 - y1)
    return ((x2 - x1) * (y - y1) - (y2 - y1) * (x - x1)) / length  # the picture's y points down


def crossing(first: tuple[Point, Point], second: tuple[Point, Point]) -> bool:
    """Return whether two pieces of lines have a point in common."""
    (a, b), (c, d) = first, second
    turns = (_turn(a, b, c), _turn(a, b, d), _turn(c, d, a), _turn(c, d, b))
    if turns[0] * turns[1] < 0 and turns[2] * turns[3] < 0:
        return True
    ends = ((turns[0], c, first), (turns[1], d, first), (turns[2], a, second), (turns[3], b, second))
    return any(turn == 0 and _within(point, piece) for turn, point, piece in ends)


def check(name: str, points: Sequence[Point]) -> None:
    """Raise OptionError for a point of zone or line `name` that is not in the picture."""
    for point in points:
        if not all(isfinite(share) and 0 <= share <= 1 for share in point):
            raise OptionError("point_outside", zone=name, point=point)


def crosses_itself(corners: Sequence[Point]) -> bool:
    """Return whether edges of a polygon that are no neighbours meet."""
    edges = list(_edges(corners))
    last = len(edges) - 1
    return any(
        crossing(edges[one], edges[other])
        for one, other in combinations(range(len(edges)), 2)
        if other - one > 1 and (one, other) != (0, last)
    )


def area(corners: Sequence[Point]) -> float:
    """Return a polygon's share of the picture (Gauss's shoelace formula)."""
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in _edges(corners))) / 2


def _edges(corners: Sequence[Point]) -> Iterator[tuple[Point, Point]]:
    return zip(corners, (*corners[1:], corners[0]), strict=True)


def _turn(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _within(point: Point, piece: tuple[Point, Point]) -> bool:
    """Return whether a point of a piece's line is on the piece itself."""
    return all(min(piece[0][axis], piece[1][axis]) <= point[axis] <= max(piece[0][axis], piece[1][axis]) for axis in (0, 1))
