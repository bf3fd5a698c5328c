"""a photo that should show one person → its one usable face, or one sentence why there is none: for enrolment and evaluation.

A face in the background that is too small or cut off does not make a group photo; a second usable face does, and so does a large one that
looks away or is blurred: nobody guesses who is meant.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from vision import alignment, quality
from vision.engine import FaceEngine
from vision.errors import PictureError
from vision.faces import Face
from vision.frames import Image
from vision.gates import Flaw, Gates, Refusal
from vision.quality import Quality

_LIKE_THE_SUREST: Final = 0.15
"""What a detector is so much less sure of than of the surest face is a pattern in the background, no second person."""


_LARGE: Final = 0.5
"""A face of at least this part of the usable one's size stands beside it, not behind it."""
_BACKGROUND: Final = {Flaw.SMALL, Flaw.CLIPPED, Flaw.DOUBTFUL}


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
    likely = [each for each in faces if each.face.score >= surest - _LIKE_THE_SUREST]
    usable = [each for each in likely if not each.refusals]
    if not faces:
        raise PictureError("no_face", file=name)
    if not usable:
        raise faces[0].refusals[0].error()
    shown = [each for each in likely if _beside(each, usable[0])]
    if len(shown) > 1:
        raise PictureError("several_faces", file=name, count=len(shown))
    return usable[0].face


def _beside(face: JudgedFace, usable: JudgedFace) -> bool:
    """Return whether a face is one of those that the photo shows, as far as anybody can tell."""
    large = face.quality.size_px >= _LARGE * usable.quality.size_px
    return not face.refusals or (large and not any(refusal.flaw in _BACKGROUND for refusal in face.refusals))
