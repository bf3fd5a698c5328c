import numpy as np
import pytest

from tests.vision.embeddings import near, random
from vision.outliers import agreement, outliers


def test_the_photo_of_somebody_else_is_named() -> None:
    face = random(1)[0]
    rows = np.concatenate([*(near(face, 0.85, seed=photo) for photo in range(4)), random(1, seed=9)])

    (found,) = outliers(rows)

    assert found.photo == 4
    assert found.agreement < 0.3


def test_photos_that_agree_are_left_alone() -> None:
    face = random(1)[0]

    assert outliers(np.concatenate([near(face, 0.85, seed=photo) for photo in range(5)])) == ()


def test_of_two_that_disagree_both_are_named_and_one_alone_never() -> None:
    assert {found.photo for found in outliers(random(2))} == {0, 1}
    assert outliers(random(1)) == ()
    assert outliers(random(0)) == ()


def test_a_photo_has_no_say_about_itself() -> None:
    first, second, third = random(3)
    rows = np.stack([first, second, third])

    assert agreement(rows)[0] == pytest.approx(first @ (second + third) / np.linalg.norm(second + third), abs=1e-6)


def test_two_opposite_faces_have_no_mean_and_agree_with_nothing() -> None:
    face = random(1)

    assert agreement(np.concatenate([face, -face, face * 1])).tolist() == pytest.approx([0.0, -1.0, 0.0], abs=1e-6)
