"""an engine → nothing, if it sees a drawn face as it should; else the reason why it must not look at people.

A detector that takes red for blue, or a recogniser that is fed other numbers than it was trained with, raises no error: faces are missed
and persons mistaken in silence. What each check can tell apart, and what none can, stands in docs/vision.md.
"""

from collections.abc import Callable, Sequence
from typing import Final

import cv2
import numpy as np

from vision import alignment, golden
from vision.errors import ModelError
from vision.faces import Crop, Embeddings, Face, FaceDetector, FaceEmbedder

LEAST_SCORE: Final = 0.5
"""Right engines find the drawing with 0.8 and more, in every light; wrong numbers bring one of them below."""
NEAR: Final = 0.25
"""Parts of the distance between the eyes that a landmark may be away from the drawing's."""
SURER: Final = 0.2
"""A detector this much surer of the drawing with red and blue exchanged has them exchanged itself."""
LEAST_KEPT: Final = 0.85
"""Cosine: a face in half the light, in grey or with noise is still that face to a recogniser fed as it was trained (0.98)."""
MOST_ALIKE: Final = 0.6
"""Cosine: the negative of a face, or plain grey, is another thing to it (0.38)."""
LEAST_SAME: Final = 0.99
"""Cosine of the same crop, once through the engine and once computed step by step."""
_LIGHTS: Final = ((1.0, 0.0), (0.15, 0.0), (0.3, 170.0))
"""As it is, nearly dark, and pale: × contrast + brightness."""


def check(detector: FaceDetector, embedder: FaceEmbedder, plainly: Callable[[Crop], Embeddings]) -> None:
    """Raise ModelError if an engine sees wrongly; `plainly` gives a crop's row by the pre-processing its model is known to need."""
    face = check_detector(detector)
    crop = alignment.aligned(golden.drawn(), face.landmarks_xy)
    check_preprocessing(embedder, plainly, alignment.aligned(golden.drawn(golden.TELLTALE), golden.LANDMARKS_XY))
    check_recogniser(embedder, crop)


def check_detector(detector: FaceDetector) -> Face:
    """Return the drawn face as the detector sees it; raises ModelError if it misses it in some light, or sees red as blue."""
    natural = golden.drawn()
    faces = [_surest(detector.detect(golden.toned(natural, *light))) for light in _LIGHTS]
    if any(face is None or face.score < LEAST_SCORE or _away(face) > NEAR for face in faces):
        seen = ", ".join(f"{face.score:.2f}" if face else "-" for face in faces)
        raise ModelError("blind_detector", seen=seen)
    telltale = golden.drawn(golden.TELLTALE)
    right, wrong = (_surest(detector.detect(image)) for image in (telltale, golden.swapped(telltale)))
    if (wrong.score if wrong else 0) - (right.score if right else 0) > SURER:
        raise ModelError("swapped_detector")
    return next(face for face in faces if face is not None)


def check_preprocessing(embedder: FaceEmbedder, plainly: Callable[[Crop], Embeddings], crop: Crop) -> None:
    """Raise ModelError if the engine makes other numbers of a crop than the model's pre-processing, step by step, does."""
    same = float(np.vdot(embedder.embed([crop])[0], plainly(crop)))
    if not same >= LEAST_SAME:
        raise ModelError("other_preprocessing", model=embedder.model, cosine=f"{same:.2f}")


def check_recogniser(embedder: FaceEmbedder, crop: Crop) -> None:
    """Raise ModelError if to the recogniser the same face is another one, or something else the same face."""
    grey = np.asarray(cv2.cvtColor(cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR), dtype=np.uint8)
    noise = np.random.default_rng(1).normal(0, 8, crop.shape)
    noisy = np.asarray((crop + noise).clip(0, 255).round(), dtype=np.uint8)
    rows = embedder.embed([crop, golden.toned(crop, 0.5, 0), grey, noisy, _negative(crop), np.full_like(crop, 128)])
    cosines = rows[1:] @ rows[0]
    kept, alike = float(cosines[:3].min()), float(cosines[3:].max())
    if kept < LEAST_KEPT or alike > MOST_ALIKE:
        raise ModelError("unsteady_recogniser", model=embedder.model, kept=f"{kept:.2f}", alike=f"{alike:.2f}")


def _negative(crop: Crop) -> Crop:
    return np.asarray(255 - crop, dtype=np.uint8)


def _surest(faces: Sequence[Face]) -> Face | None:
    return faces[0] if faces else None


def _away(face: Face) -> float:
    """Return how far the farthest landmark is from the drawing's, in distances between the eyes."""
    eyes = float(np.linalg.norm(golden.LANDMARKS_XY[1] - golden.LANDMARKS_XY[0]))
    return float(np.linalg.norm(face.landmarks_xy - golden.LANDMARKS_XY, axis=1).max()) / eyes
