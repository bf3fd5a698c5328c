import numpy as np
import pytest

from vision.detections import Detections
from vision.yolo_output import Selection, read

FINISHED = np.array(
    [
        [10, 10, 20, 20, 0.9, 1],
        [10, 10, 20, 20, 0.8, 1],  # over the first, but somebody has decided already
        [30, 30, 40, 40, 0.95, 0],
        [50, 50, 60, 60, 0.25, 2],
        [0, 0, 0, 0, 0.0, 0],
    ],
    dtype=np.float32,
)


def raw(*guesses: tuple[float, float, float, float, float, float]) -> np.ndarray:
    """Return a raw answer for two classes: centre x, centre y, width, height, and the scores of both."""
    return np.array(guesses, dtype=np.float32).T


RAW = raw(
    (15, 15, 10, 10, 0.9, 0.1),
    (16, 15, 10, 10, 0.7, 0.1),  # overlaps the first by 9/11
    (15, 15, 10, 10, 0.1, 0.6),  # the same place, another class
    (17.5, 15, 10, 10, 0.5, 0.1),  # overlaps the first by 6/10
    (80, 80, 10, 10, 0.2, 0.3),
)


def rows(found: Detections) -> list[tuple[float, int]]:
    return [(round(float(score), 2), int(label)) for score, label in zip(found.scores, found.classes, strict=True)]


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        (Selection(score=0.5), [(0.95, 0), (0.9, 1), (0.8, 1)]),  # the surest first, nothing suppressed
        (Selection(score=0.25), [(0.95, 0), (0.9, 1), (0.8, 1)]),  # more than the score, not as much
        (Selection(score=0.1, classes=frozenset({1, 2})), [(0.9, 1), (0.8, 1), (0.25, 2)]),
        (Selection(score=0.1, most=2), [(0.95, 0), (0.9, 1)]),
        (Selection(score=0.99), []),
    ],
)
def test_a_finished_answer_is_only_filtered(selection: Selection, expected: list[tuple[float, int]]) -> None:
    assert rows(read(FINISHED, selection)) == expected


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        (Selection(score=0.25, overlap=0.7), [(0.9, 0), (0.6, 1), (0.5, 0), (0.3, 1)]),
        (Selection(score=0.25, overlap=0.5), [(0.9, 0), (0.6, 1), (0.3, 1)]),
        (Selection(score=0.25, overlap=0.9), [(0.9, 0), (0.7, 0), (0.6, 1), (0.5, 0), (0.3, 1)]),
        (Selection(score=0.25, overlap=0.7, classes=frozenset({1})), [(0.6, 1), (0.3, 1)]),
        (Selection(score=0.25, overlap=0.7, most=1), [(0.9, 0)]),
        (Selection(score=0.99), []),
    ],
)
def test_of_overlapping_raw_guesses_the_surest_of_each_class_stays(selection: Selection, expected: list[tuple[float, int]]) -> None:
    assert rows(read(RAW, selection)) == expected


def test_a_raw_guess_becomes_corners() -> None:
    assert read(RAW, Selection()).xyxy[0].tolist() == [10, 10, 20, 20]


def test_an_empty_answer_finds_nothing() -> None:
    assert len(read(np.zeros((0, 6), dtype=np.float32), Selection())) == 0
    assert len(read(np.zeros((6, 0), dtype=np.float32), Selection())) == 0
