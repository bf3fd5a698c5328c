"""a table of costs → which row goes with which column at the least total cost, and which of these pairs are in doubt."""

from typing import Final, TypeAlias

import lap
import numpy as np
from numpy.typing import NDArray

Cost: TypeAlias = NDArray[np.float64]
"""(rows, columns): twice the negative logarithm of a pair's likelihood, ``inf`` where it cannot be."""

ODDS: Final = 6.0
"""Another explanation within this cost is less than 20 times as unlikely (e³) as the chosen one: too near to be sure."""
NEVER: Final = 1e6
"""Stands for ``inf`` where the solver wants a number."""


def assigned(cost: Cost, most: float) -> list[tuple[int, int]]:
    """Return pairs (row, column) of the least total cost, where a pair left apart costs `most`, and none that costs more."""
    if not (cost <= most).any():
        return []
    _, columns, _ = lap.lapjv(np.where(np.isfinite(cost), cost, NEVER), extend_cost=True, cost_limit=most)
    return [(row, int(column)) for row, column in enumerate(columns) if column >= 0]


def doubtful(cost: Cost, pairs: list[tuple[int, int]]) -> set[int]:
    """Return the rows of the pairs that could as well be otherwise: swapped with another pair's, or with a row or column left over."""
    if not pairs or cost.shape == (1, 1):
        return set()
    rows, columns = (np.array(side, dtype=np.intp) for side in zip(*pairs, strict=True))
    chosen = cost[rows, columns]
    swapped = cost[np.ix_(rows, columns)]
    swapped = swapped + swapped.T - chosen[:, None] - chosen[None, :]
    np.fill_diagonal(swapped, np.inf)
    best = swapped.min(axis=1, initial=np.inf)
    for table, axis in ((np.delete(cost, rows, axis=0)[:, columns].T, 1), (np.delete(cost, columns, axis=1)[rows], 1)):
        best = np.minimum(best, table.min(axis=axis, initial=np.inf) - chosen)
    return {int(row) for row, margin in zip(rows, best, strict=True) if margin < ODDS}
