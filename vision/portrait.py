"""a photo that should show one person → its one usable face, or one sentence why there is none: for enrolment and evaluation.

A face in the background that is too small or cut off does not make a group photo; a second usable face does: nobody guesses who is meant.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from vision import alignment, quality
from vision.engine import FaceEngine
from vision.errors import PictureError
from vision.faces import Face
from vision.frames import Image
from vision.gates import Gates, Refusal
from vision.quality import Quality

_LIKE_THE_SUREST: Final = 0.15
"""What a detector is so much less sure of than of the surest face is a pattern in the background, no second person."""


@dataclass(frozen=True, slots=True)
class JudgedFace:
    """A face with its measures; `refusals`: the gates it fails, none if it is usable."""

    face: Face
    quality: Quality
    refusals: tuple[Refusal, ...]


def judged(image: Image, engine: FaceEngine, gates: Gates) -> tuple[JudgedFace, ...]:
    """Return every face of a picture, the surest first."""
    faces = engine.detect(image)
    return tuple(_judged(image, face, gates) for face in faces)


def _judged(image: Image, face: Face, gates: Gates) -> JudgedFace:
    measures = quality.measured(image, face, alignment.aligned(image, face.landmarks_xy))
    return JudgedFace(face, measures, gates.refusals(measures))


def only(faces: Sequence[JudgedFace], name: str) -> Face:
    """Return the one usable face; raises PictureError for none at all, none usable, or several. `name`: what the error calls the photo."""
    surest = max((each.face.score for each in faces), default=0.0)
    usable = [each for each in faces if not each.refusals and each.face.score >= surest - _LIKE_THE_SUREST]
    if not faces:
        raise PictureError("no_face", file=name)
    if not usable:
        raise faces[0].refusals[0].error()
    if len(usable) > 1:
        raise PictureError("several_faces", file=name, count=len(usable))
    return usable[0].face
