import math

import numpy as np
import pytest

from vision import verification
from vision.faces import Embeddings
from vision.verification import Pairs


def facing(*angles: float) -> Embeddings:
    """Return embeddings of two dimensions at these angles (degrees): the cosine of two is that of the angle between them."""
    return np.array([[math.cos(math.radians(angle)), math.sin(math.radians(angle))] for angle in angles], np.float32)


def known(same: list[float], other: list[float]) -> Pairs:
    return Pairs(np.sort(np.array(same, np.float32))[::-1], np.sort(np.array(other, np.float32))[::-1])


def test_every_two_photos_are_one_pair_of_the_same_person_or_of_two() -> None:
    found = verification.pairs(facing(0, 10, 90, 120), ["an", "an", "binh", "binh"])

    assert found.same == pytest.approx([math.cos(math.radians(10)), math.cos(math.radians(30))])
    assert found.other == pytest.approx([math.cos(math.radians(angle)) for angle in (80, 90, 110, 120)], abs=1e-6)


@pytest.mark.parametrize(
    ("rate", "threshold", "tpr"),
    [
        (0.1, 0.4, 0.75),  # one of ten may pass: the threshold lies just above the second
        (0.2, 0.3, 1.0),  # two may pass
        (0.01, None, None),  # ten pairs measure no hundredth
    ],
)
def test_true_accepts_are_told_at_the_rates_the_pairs_can_measure(rate: float, threshold: float | None, tpr: float | None) -> None:
    point = verification.points(known([0.9, 0.6, 0.5, 0.4], [0.55, 0.4, 0.3, *[0.0] * 7]), [rate])[0]

    assert point.threshold == (threshold if threshold is None else pytest.approx(threshold))
    assert point.tpr == tpr


def test_the_strict_threshold_lets_no_pair_of_two_persons_pass() -> None:
    found = known([0.9, 0.5], [0.5, 0.1])
    point = verification.strict(found)

    assert point.threshold is not None
    assert point.threshold > found.other[0]
    assert point.tpr == 0.5


def test_the_curve_rises_from_the_strictest_threshold_to_the_loosest() -> None:
    curve = verification.curve(known([0.9, 0.5], [0.5, 0.1]))

    assert curve.thresholds == pytest.approx([0.9, 0.5, 0.1])
    assert list(curve.tpr) == [0.5, 1.0, 1.0]
    assert list(curve.fpr) == [0.0, 0.5, 1.0]


@pytest.mark.parametrize(("hits", "of", "low", "high"), [(10, 10, 0.7225, 1.0), (5, 10, 0.2366, 0.7634), (0, 0, 0.0, 1.0)])
def test_an_interval_says_how_little_a_few_pairs_tell(hits: int, of: int, low: float, high: float) -> None:
    assert verification.interval(hits, of) == pytest.approx((low, high), abs=1e-4)


def test_no_error_among_three_hundred_still_allows_one_in_a_hundred() -> None:
    assert verification.ceiling(300) == pytest.approx(0.01)
    assert verification.ceiling(0) == 1.0


def test_photos_of_one_person_alone_measure_no_false_accepts() -> None:
    found = verification.pairs(facing(0, 10), ["an", "an"])

    assert len(found.other) == 0
    assert all(point.tpr is None for point in verification.points(found))
    assert verification.strict(found).threshold == 0.0
