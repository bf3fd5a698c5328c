"""embeddings and whose they are → pairs of the same person and of different ones → how many are told apart at which threshold.

What a few pairs cannot tell is said, not computed: `n` pairs of different persons measure no rate of false accepts below 1/n.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vision.faces import Embeddings

RATES: Final = (1e-1, 1e-2, 1e-3, 1e-4)
"""The rates of false accepts at which true accepts are told."""
_Z: Final = 1.959964
"""Of the normal distribution: 95 % lie between -z and z."""


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Cosines of all pairs of photos. `same`: float32 (s,), both of one person. `other`: float32 (d,), of two persons. Both descend."""

    same: NDArray[np.float32]
    other: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Point:
    """What a threshold does: at `threshold` and above a pair counts as one person.

    `rate`: the rate of false accepts asked for. `threshold` and `tpr` are None where there are too few pairs to measure it; `low` and
    `high` are the 95 % interval of `tpr`.
    """

    rate: float
    threshold: float | None = None
    tpr: float | None = None
    low: float = 0.0
    high: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """The ROC, from the strictest threshold to the loosest: float64 (n,) each; a pair with a cosine of `thresholds[i]` is accepted."""

    thresholds: NDArray[np.float64]
    fpr: NDArray[np.float64]
    tpr: NDArray[np.float64]


def pairs(embeddings: Embeddings, persons: Sequence[str]) -> Pairs:
    """Return the cosines of every two photos. `embeddings`: float32 (photos, dimensions), rows of length 1; `persons`: whose each is."""
    cosines = embeddings @ embeddings.T
    names = np.asarray(persons, dtype=object)
    first, second = np.triu_indices(len(persons), k=1)
    alike = np.asarray(names[first] == names[second], dtype=bool)
    found = cosines[first, second].astype(np.float32)
    return Pairs(same=_descending(found[alike]), other=_descending(found[~alike]))


def points(found: Pairs, rates: Sequence[float] = RATES) -> tuple[Point, ...]:
    """Return the true accepts at each rate of false accepts that the pairs can tell."""
    return tuple(_point(found, rate) for rate in rates)


def strict(found: Pairs) -> Point:
    """Return the true accepts at the lowest threshold that takes no pair of different persons for one."""
    threshold = _above(float(found.other[0])) if len(found.other) else 0.0
    return _measured(found, threshold, 0.0)


def curve(found: Pairs) -> Curve:
    """Return the whole ROC."""
    thresholds = np.unique(np.concatenate([found.same, found.other]).astype(np.float64))[::-1]
    return Curve(thresholds, _accepted(found.other, thresholds), _accepted(found.same, thresholds))


def ceiling(pairs_without_error: int) -> float:
    """Return the rate of errors that none among so many pairs still allows, with 95 % confidence: the rule of three, 3/n (Hanley 1983)."""
    return min(1.0, 3 / pairs_without_error) if pairs_without_error else 1.0


def interval(hits: int, of: int) -> tuple[float, float]:
    """Return the 95 % interval of a rate by Wilson (1927); (0, 1) of nothing."""
    if of == 0:
        return 0.0, 1.0
    rate, square = hits / of, _Z * _Z
    middle = (rate + square / (2 * of)) / (1 + square / of)
    half = _Z / (1 + square / of) * math.sqrt(rate * (1 - rate) / of + square / (4 * of * of))
    return max(0.0, middle - half), min(1.0, middle + half)


def _point(found: Pairs, rate: float) -> Point:
    allowed = math.floor(rate * len(found.other) + 1e-9)
    if allowed < 1 or not len(found.same):
        return Point(rate)
    beyond = float(found.other[allowed]) if allowed < len(found.other) else -1.0
    return _measured(found, _above(beyond), rate)


def _measured(found: Pairs, threshold: float, rate: float) -> Point:
    hits = int(np.count_nonzero(found.same >= threshold))
    low, high = interval(hits, len(found.same))
    return Point(rate, threshold, hits / len(found.same) if len(found.same) else None, low, high)


def _above(cosine: float) -> float:
    """Return the next number of float32 after `cosine`, which a pair of that cosine no longer reaches."""
    return float(np.nextafter(np.float32(cosine), np.float32(2)))


def _accepted(cosines: NDArray[np.float32], thresholds: NDArray[np.float64]) -> NDArray[np.float64]:
    if not len(cosines):
        return np.zeros(len(thresholds))
    ascending = cosines[::-1].astype(np.float64)
    return 1.0 - np.searchsorted(ascending, thresholds, side="left") / len(cosines)


def _descending(values: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.sort(values)[::-1]
