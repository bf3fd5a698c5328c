"""what an exported YOLO answers → boxes, scores and classes: both forms, with and without overlapping guesses left to remove."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.detections import Detections

FINISHED: Final = 6
"""Columns of a finished answer: left, top, right, bottom, score, class."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What is taken of an answer. `score`: more than this; `overlap`: of two boxes of a class that overlap more, the surer one stays."""

    score: float = 0.25
    overlap: float = 0.7
    most: int = 300
    classes: frozenset[int] | None = None
    """Which classes; None takes all."""


def read(answer: NDArray[np.float32], selection: Selection) -> Detections:
    """Return the detections in one picture's `answer`, in pixels of the input, the surest first.

    (m, 6) is finished: end-to-end models (YOLO26, YOLOv10) and exports with their own suppression. (4 + classes, m) is raw (YOLO11,
    YOLOv8): centre x, centre y, width, height and a score for each class.
    """
    if answer.shape[-1] == FINISHED:
        found = Detections(answer[:, :4], answer[:, 4], answer[:, 5].astype(np.int32))
        chosen = _at(found, _wanted(found, selection))
    else:
        chosen = _alone(_raw(answer, selection), selection)
    order = np.argsort(-chosen.scores, kind="stable")[: selection.most]
    return _at(chosen, order)


def _raw(answer: NDArray[np.float32], selection: Selection) -> Detections:
    answer = answer[:, answer[4:].max(axis=0) > selection.score]
    classes = answer[4:].argmax(axis=0).astype(np.int32)
    scores = np.take_along_axis(answer[4:], classes[None, :], axis=0)[0]
    centre, half = answer[:2].T, answer[2:4].T / 2
    found = Detections(np.concatenate([centre - half, centre + half], axis=1), scores, classes)
    return _at(found, _wanted(found, selection))


def _alone(found: Detections, selection: Selection) -> Detections:
    """Return the detections without those that a surer one of the same class overlaps."""
    if not len(found):
        return found
    corner_and_sides = np.concatenate([found.xyxy[:, :2], found.xyxy[:, 2:] - found.xyxy[:, :2]], axis=1)
    kept: Sequence[int] = cv2.dnn.NMSBoxesBatched(
        corner_and_sides.tolist(), found.scores.tolist(), found.classes.tolist(), selection.score, selection.overlap
    )
    return _at(found, np.asarray(kept, dtype=np.intp))


def _wanted(found: Detections, selection: Selection) -> NDArray[np.intp]:
    wanted = found.scores > selection.score
    if selection.classes is not None:
        wanted &= np.isin(found.classes, list(selection.classes))
    return np.flatnonzero(wanted)


def _at(found: Detections, rows: NDArray[np.intp]) -> Detections:
    return Detections(found.xyxy[rows], found.scores[rows], found.classes[rows])
