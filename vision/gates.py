"""the measures of a face → whether it may be used, and if not, every reason by name. Two sets ship: for enrolment and for recognition.

A bad picture of anybody resembles other bad pictures: two blurred faces in the background of one photo had a cosine of 0.36, as near as the
same person may be. So recognition is asked only about faces that pass, and what fails is counted, never guessed.

The defaults come from 16 real faces made worse step by step (MobileFaceNet's cosine to the untouched face, mean): 48 pixels wide 0.98, 32
pixels 0.89, 24 pixels 0.74; contrast 0.075 0.93, 0.045 0.74; a quarter of the face burnt out 0.94, half 0.78; blur of 1.5 pixels of the
crop 0.84 at a sharpness of 0.29, of 2.5 pixels 0.45 at 0.23. Enrolment asks for what keeps about 0.9, recognition for about 0.6: one bad
frame costs a vote, a bad photo costs every day.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from vision.errors import PictureError
from vision.quality import Quality


class Flaw(StrEnum):
    """Why a face is not used."""

    DOUBTFUL = "doubtful"
    SMALL = "small"
    CLIPPED = "clipped"
    TURNED = "turned"
    NODDING = "nodding"
    TILTED = "tilted"
    BLURRED = "blurred"
    DARK = "dark"
    BRIGHT = "bright"
    FLAT = "flat"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One flaw: the measure and the bound it missed."""

    flaw: Flaw
    value: float
    bound: float

    def error(self) -> PictureError:
        """Return the sentence for people: what is wrong, how much, and what to do."""
        return PictureError(f"face_{self.flaw}", value=round(self.value, 2), bound=round(self.bound, 2))


@dataclass(frozen=True, slots=True)
class Gates:
    """Bounds on `Quality`; degrees and pixels as there, the rest 0 to 1. `burnt`: most of the face that may be white."""

    score: float
    size_px: float
    visible: float
    yaw: float
    pitch: float
    roll: float
    sharpness: float
    brightness: float
    burnt: float
    contrast: float

    def refusals(self, quality: Quality) -> tuple[Refusal, ...]:
        """Return what speaks against using a face; nothing where it is good enough."""
        return tuple(Refusal(flaw, value, bound) for flaw, value, bound in self._missed(quality))

    def _missed(self, quality: Quality) -> Iterator[tuple[Flaw, float, float]]:
        least = (
            (Flaw.DOUBTFUL, quality.score, self.score),
            (Flaw.SMALL, quality.size_px, self.size_px),
            (Flaw.CLIPPED, quality.visible, self.visible),
            (Flaw.BLURRED, quality.sharpness, self.sharpness),
            (Flaw.DARK, quality.brightness, self.brightness),
            (Flaw.FLAT, quality.contrast, self.contrast),
        )
        most = (
            (Flaw.TURNED, abs(quality.pose.yaw), self.yaw),
            (Flaw.NODDING, abs(quality.pose.pitch), self.pitch),
            (Flaw.TILTED, abs(quality.pose.roll), self.roll),
            (Flaw.BRIGHT, quality.bright, self.burnt),
        )
        yield from (each for each in least if not each[1] >= each[2])
        yield from (each for each in most if not each[1] <= each[2])


ENROLMENT: Final = Gates(
    score=0.7,
    size_px=48,
    visible=0.97,
    yaw=30,
    pitch=30,
    roll=30,
    sharpness=0.28,
    brightness=0.2,
    burnt=0.3,
    contrast=0.065,
)
RECOGNITION: Final = Gates(
    score=0.6,
    size_px=32,
    visible=0.9,
    yaw=55,
    pitch=40,
    roll=45,
    sharpness=0.22,
    brightness=0.12,
    burnt=0.6,
    contrast=0.04,
)
