"""what a detector of objects found in one frame: boxes, scores and classes side by side."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from vision.frames import Image


@dataclass(frozen=True, slots=True, eq=False)
class Detections:
    """Things side by side.

    `xyxy`: float32 (n, 4), pixels of the picture. `scores`: float32 (n,), 0 to 1. `classes`: int32 (n,), indexes into the labels.
    """

    xyxy: NDArray[np.float32]
    scores: NDArray[np.float32]
    classes: NDArray[np.int32]

    def __post_init__(self) -> None:
        """Refuse arrays of different lengths."""
        if not len(self.xyxy) == len(self.scores) == len(self.classes):
            raise ValueError(f"{len(self.xyxy)} boxes, {len(self.scores)} scores, {len(self.classes)} classes")

    def __len__(self) -> int:
        """Return how many things were found."""
        return len(self.scores)


class ObjectDetector(Protocol):
    """Finds persons, vehicles and other things."""

    @property
    def labels(self) -> tuple[str, ...]:
        """Return what the classes are called, e.g. ``person``."""
        ...

    def detect(self, image: Image) -> Detections:
        """Return what stands in a picture."""
        ...
