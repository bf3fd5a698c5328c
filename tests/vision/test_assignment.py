from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vision.assignment import ODDS, assigned, doubtful

MOST = 10.0
INF = np.inf
costs = arrays(np.float64, st.tuples(st.integers(0, 4), st.integers(0, 4)), elements=st.one_of(st.integers(0, 15).map(float), st.just(INF)))


def total(cost: np.ndarray, pairs: list[tuple[int, int]]) -> float:
    """Return what the pairs cost: a pair is left apart for `MOST`."""
    return sum(float(cost[pair]) - MOST for pair in pairs)


def cheapest(cost: np.ndarray) -> float:
    """Return the least total by trying everything."""
    rows, columns = cost.shape
    best = 0.0
    for order in permutations(range(columns + rows), rows):
        pairs = [(row, column) for row, column in enumerate(order) if column < columns and cost[row, column] <= MOST]
        best = min(best, total(cost, pairs))
    return best


@given(costs)
def test_the_total_cost_is_the_least_there_is(cost: np.ndarray) -> None:
    pairs = assigned(cost, MOST)

    assert len({row for row, _ in pairs}) == len({column for _, column in pairs}) == len(pairs)
    assert all(cost[pair] <= MOST for pair in pairs)
    assert total(cost, pairs) == pytest.approx(cheapest(cost))


def test_two_cheap_pairs_are_better_than_the_cheapest_one() -> None:
    assert assigned(np.array([[1.0, 2.0], [2.0, 9.0]]), MOST) == [(0, 1), (1, 0)]


@pytest.mark.parametrize(
    ("cost", "expected"),
    [
        ([[0.0, 50.0], [50.0, 0.0]], set()),  # each its own
        ([[0.0, 2.0], [2.0, 0.0]], {0, 1}),  # swapped would be nearly as good
        ([[0.0, INF], [1.0, 0.0]], set()),  # the swap cannot be
        ([[1.0], [1.0 + ODDS / 2]], {0}),  # a second track wants the box
        ([[1.0], [1.0 + ODDS * 2]], set()),  # not nearly as much
        ([[1.0, 2.0]], {0}),  # another box would have done
        ([[1.0, INF]], set()),
    ],
)
def test_a_pair_is_in_doubt_if_another_explanation_is_nearly_as_good(cost: list[list[float]], expected: set[int]) -> None:
    pairs = [(row, row) for row in range(min(len(cost), len(cost[0])))]

    assert doubtful(np.array(cost), pairs) == expected


def test_nothing_is_in_doubt_where_nothing_is_paired() -> None:
    assert doubtful(np.zeros((0, 3)), []) == set()
    assert assigned(np.zeros((0, 3)), MOST) == []
