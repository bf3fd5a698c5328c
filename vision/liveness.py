"""a face → a score of how alive it looks, and what a place makes of it: nothing, a note, or a condition.

No check ships, and no score is proof: a good print, a bright phone or a mask may pass, and a living face may fail. Where a check is
required and none looked, nobody is named: it fails closed.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from vision.errors import OptionError
from vision.faces import Crop, Face
from vision.frames import Image


class Policy(StrEnum):
    """What a place makes of the scores."""

    OFF = "off"
    OBSERVE = "observe"
    """Scores are stored with the decision and change nothing."""
    REQUIRED = "required"
    """No name without a score that is high enough."""


class LivenessCheck(Protocol):
    """Looks at one face in one picture."""

    @property
    def name(self) -> str:
        """Return which check and which version gave the scores."""
        ...

    def score(self, image: Image, face: Face, crop: Crop) -> float | None:
        """Return 0 (a picture of a face) to 1 (a face), None where it can't tell."""
        ...


@dataclass(frozen=True, slots=True)
class Liveness:
    """A place's policy; `least`: the mean score of a track's votes a name needs where it is required."""

    policy: Policy = Policy.OFF
    least: float = 0.5

    def __post_init__(self) -> None:
        """Refuse a bound that is none."""
        if not 0.0 < self.least <= 1.0:
            raise OptionError("option_bounds", field="liveness.least", value=self.least, least=0, most=1)


OFF: Final = Liveness()
