"""a picture, and people to look up in → what each face in it is worth, who it is, or why nobody; and why there is no face at all."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

import numpy as np

from vision import engine, portrait, votes
from vision.engine import Choice, FaceEngine
from vision.frames import Image
from vision.gallery import NOBODY, Gallery, Match
from vision.gates import Gates
from vision.portrait import JudgedFace
from vision.profile import Profile
from vision.votes import Reason

_CLOSER: Final = 1600
"""Pixels of the longer side at which a picture without faces is looked at once more."""
_WEAK: Final = 0.3
"""A score at which a detector sees faces almost everywhere: only to tell how far away one was."""


class NoFace(StrEnum):
    """Why no face was found, by what it takes to find one."""

    TURNED = "turned"
    SMALL = "small"
    WEAK = "weak"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Explained:
    """One face. `match`: who is like it; `reason`: what one look says. Both None if there was nobody to look up in."""

    judged: JudgedFace
    match: Match | None = None
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """A picture. `no_face`: why there is no face, None if there is one; `detail`: the score, degrees or pixels it takes."""

    faces: tuple[Explained, ...]
    profile: Profile
    gates: Gates
    no_face: NoFace | None = None
    detail: float = 0.0


def explained(image: Image, eyes: FaceEngine, known: Gallery | None, profile: Profile, gates: Gates) -> Explanation:
    """Return what the faces of a picture come to."""
    faces = portrait.judged(image, eyes, gates)
    if known is None or not faces:
        return Explanation(tuple(map(Explained, faces)), profile, gates)
    matches = known.search(eyes.embed(image, [each.face for each in faces]), eyes.model) if len(known) else [NOBODY] * len(faces)
    found = (Explained(each, match, votes.judged(match, profile)) for each, match in zip(faces, matches, strict=True))
    return Explanation(tuple(found), profile, gates)


def without_face(image: Image, choice: Choice, found: Explanation) -> Explanation:
    """Return the explanation of a picture without faces: turned, looked at more closely and less strictly."""
    eyes = engine.opened_engine(choice)
    turned = {90.0 * (4 - quarter): eyes.detect(np.ascontiguousarray(np.rot90(image, quarter))) for quarter in (1, 2, 3)}
    if any(turned.values()):  # detectors see faces upside down too, only less surely
        clockwise = max(turned, key=lambda degrees: max((face.score for face in turned[degrees]), default=0.0))
        return replace(found, no_face=NoFace.TURNED, detail=clockwise)
    closer = engine.opened_engine(replace(choice, longest=_CLOSER)).detect(image)
    if closer:
        return replace(found, no_face=NoFace.SMALL, detail=closer[0].size[0])
    weak = engine.opened_engine(replace(choice, score=_WEAK)).detect(image)
    if weak:
        return replace(found, no_face=NoFace.WEAK, detail=weak[0].score)
    return replace(found, no_face=NoFace.NOTHING)
