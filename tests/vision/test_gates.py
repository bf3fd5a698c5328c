from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import pytest

from vision import alignment, pictures
from vision.engine import FaceEngine
from vision.frames import Image
from vision.gates import ENROLMENT, RECOGNITION, Flaw, Gates
from vision.pose import Pose
from vision.quality import Quality, measured

GOOD: Final = Quality(150, 0.9, 1.0, Pose(0, 5, 0), 0.4, 0.5, 0.15, 0.0, 0.0)


def surest(engine: FaceEngine, image: Image) -> Quality | None:
    """The quality of a picture's surest face, None where none is found."""
    faces = engine.detect(image)
    return measured(image, faces[0], alignment.aligned(image, faces[0].landmarks_xy)) if faces else None


def flaws(quality: Quality | None, by: Gates) -> set[Flaw] | None:
    return None if quality is None else {refusal.flaw for refusal in by.refusals(quality)}


@pytest.mark.parametrize(
    ("change", "flaw"),
    [
        ({"score": 0.3}, Flaw.DOUBTFUL),
        ({"size_px": 20}, Flaw.SMALL),
        ({"visible": 0.8}, Flaw.CLIPPED),
        ({"pose": Pose(60, 0, 0)}, Flaw.TURNED),
        ({"pose": Pose(-60, 0, 0)}, Flaw.TURNED),
        ({"pose": Pose(0, -50, 0)}, Flaw.NODDING),
        ({"pose": Pose(0, 0, 60)}, Flaw.TILTED),
        ({"sharpness": 0.1}, Flaw.BLURRED),
        ({"sharpness": float("nan")}, Flaw.BLURRED),
        ({"brightness": 0.05}, Flaw.DARK),
        ({"bright": 0.7}, Flaw.BRIGHT),
        ({"contrast": 0.02}, Flaw.FLAT),
    ],
)
def test_each_flaw_is_named_with_its_value_and_bound_in_both_languages(change: dict[str, object], flaw: Flaw) -> None:
    for by in (ENROLMENT, RECOGNITION):
        (refusal,) = by.refusals(replace(GOOD, **change))  # type: ignore[arg-type]
        assert refusal.flaw is flaw
        assert str(round(refusal.bound, 2)) in refusal.error().sentence("vi")
        assert str(round(refusal.bound, 2)) in refusal.error().sentence("en")


def test_a_good_face_passes_and_a_bad_one_is_told_all_that_is_wrong() -> None:
    assert ENROLMENT.refusals(GOOD) == ()
    assert flaws(replace(GOOD, size_px=10, sharpness=0.0), RECOGNITION) == {Flaw.SMALL, Flaw.BLURRED}


def test_enrolment_asks_for_more_than_recognition() -> None:
    for field in ("score", "size_px", "visible", "sharpness", "brightness", "contrast"):
        assert getattr(ENROLMENT, field) > getattr(RECOGNITION, field)
    for field in ("yaw", "pitch", "roll", "burnt"):
        assert getattr(ENROLMENT, field) < getattr(RECOGNITION, field)


def test_every_portrait_passes_for_enrolment(engine: FaceEngine, portraits: Sequence[Path]) -> None:
    assert {file.name: flaws(surest(engine, pictures.opened(file)), ENROLMENT) for file in portraits} == {
        file.name: set() for file in portraits
    }


def test_a_face_cut_by_the_frames_edge_is_clipped(engine: FaceEngine, testdata: Path) -> None:
    for file in sorted((testdata / "faces" / "scenes").glob("obama_partial_*.jpg")):
        found = flaws(surest(engine, pictures.opened(file)), RECOGNITION)
        assert found is None or Flaw.CLIPPED in found


def turned(image: Image) -> Image:
    height, width = image.shape[:2]
    return np.asarray(cv2.warpAffine(image, cv2.getRotationMatrix2D((width / 2, height / 3), 55, 1.0), (width, height)), dtype=np.uint8)


WORSE: Final[dict[str, tuple[Callable[[Image], Image], set[Flaw]]]] = {
    "blurred": (lambda image: np.asarray(cv2.GaussianBlur(image, (0, 0), image.shape[1] / 60), dtype=np.uint8), {Flaw.BLURRED}),
    "smeared": (lambda image: np.asarray(cv2.blur(image, (image.shape[1] // 12, 1)), dtype=np.uint8), {Flaw.BLURRED}),
    "darkened": (lambda image: (image * 0.12).astype(np.uint8), {Flaw.DARK, Flaw.FLAT}),
    "burnt": (lambda image: np.minimum(image.astype(np.uint16) * 4, 255).astype(np.uint8), {Flaw.BRIGHT}),
    "in fog": (lambda image: (image * 0.12 + 110).astype(np.uint8), {Flaw.FLAT}),
    "tilted": (turned, {Flaw.TILTED}),
    "far away": (lambda image: np.asarray(cv2.resize(image, None, fx=0.06, fy=0.06), dtype=np.uint8), {Flaw.SMALL}),
}


@pytest.mark.parametrize("how", WORSE)
def test_a_portrait_made_worse_is_refused_by_the_name_of_the_flaw(engine: FaceEngine, testdata: Path, how: str) -> None:
    worse, wanted = WORSE[how]
    image = worse(pictures.opened(testdata / "faces" / "obama" / "1.jpg"))

    found = flaws(surest(engine, image), ENROLMENT)

    assert found is None or found & wanted
