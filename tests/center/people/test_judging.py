import numpy as np
import pytest

from center.people.judging import Bounds, bounds, fault
from center.people.report import Nearest
from tests.vision.embeddings import MODEL, near, random

LIMITS = Bounds(accept=0.45, unknown=0.35)
OWN = random(1)


@pytest.mark.parametrize(
    ("own", "nearest", "key"),
    [
        (None, None, None),
        (None, 0.44, None),  # alike, not the same
        (None, 0.46, "people.same_person"),
        (0.8, None, None),
        (0.36, 0.1, None),
        (0.34, 0.1, "people.other_face"),
        (0.999, 0.1, "people.same_photo"),
        (0.8, 0.5, "people.same_person"),  # a double under another name speaks against it, however well it fits
    ],
)
def test_a_photo_is_kept_where_nothing_speaks_against_it(own: float | None, nearest: float | None, key: str | None) -> None:
    embedding = OWN if own is None else near(OWN[0], own)
    found = fault(embedding, None if own is None else OWN, None if nearest is None else Nearest("id", "Bình", nearest), LIMITS)

    assert (found.key if found else None) == key
    assert found is None or key != "people.same_person" or "Bình" in found.sentence("vi")


def test_the_nearest_of_several_own_photos_counts() -> None:
    assert fault(OWN, np.concatenate([random(1, seed=5), near(OWN[0], 0.7)]), None, LIMITS) is None


def test_the_bounds_are_those_of_a_check_in_gate_and_stricter_among_many() -> None:
    few, many = bounds(MODEL, 0.4, 10), bounds(MODEL, 0.4, 100_000)

    assert (few.accept, few.unknown) == pytest.approx((0.45, 0.35))
    assert many.accept > few.accept
