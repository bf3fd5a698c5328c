"""a usable photo + whose it is said to be + everybody enrolled → why it is not kept, if anything speaks against it. Pure."""

from dataclasses import dataclass
from typing import Final

from center.people.report import Nearest
from vision import profile, thresholds
from vision.faces import Embeddings
from wardroom.errors import PeopleError

SAME_PHOTO: Final = 0.995
"""A cosine that only the same picture has with itself, saved anew or not: a second copy helps nobody."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Cosines. `accept`: from there on two faces are taken for one person at a gate. `unknown`: below it nobody takes them for one."""

    accept: float
    unknown: float


def bounds(model: str, threshold: float | None, people: int) -> Bounds:
    """Return the bounds that hold at a check-in gate with so many people. `threshold`: the settings' one; None: the model's own."""
    at_gate = profile.check_in(thresholds.same_above(model) if threshold is None else threshold).among(people)
    return Bounds(at_gate.accept, at_gate.unknown)


def fault(embedding: Embeddings, own: Embeddings | None, nearest: Nearest | None, limits: Bounds) -> PeopleError | None:
    """Return why a photo is not kept, None where it is. `embedding`: (1, dimensions); `own`: those the person has, (photos, dimensions)."""
    if nearest is not None and nearest.score >= limits.accept:
        return PeopleError("people.same_person", name=nearest.name, score=round(nearest.score, 2))
    if own is None or not len(own):
        return None
    agreement = float((own @ embedding[0]).max())
    if agreement >= SAME_PHOTO:
        return PeopleError("people.same_photo")
    if agreement < limits.unknown:
        return PeopleError("people.other_face", score=round(agreement, 2), least=round(limits.unknown, 2))
    return None
