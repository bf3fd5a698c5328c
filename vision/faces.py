"""a picture → faces → aligned crops → embeddings: the shapes in between, and the two small protocols every engine of faces fulfils."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from vision.frames import Image

CROP: Final = 112
"""Pixels a side of an aligned face."""
Crop: TypeAlias = NDArray[np.uint8]
"""An aligned face: (112, 112, 3), blue, green, red."""
Embeddings: TypeAlias = NDArray[np.float32]
"""(faces, dimensions), each row of length 1: the product of two rows is their cosine."""


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """One face found in a picture.

    `box_xyxy`: float32 (4,), pixels of the picture, may reach beyond its edges. `score`: the detector's, 0 to 1. `landmarks_xy`: float32
    (5, 2), as seen by the viewer: left eye, right eye, nose, left and right corner of the mouth.
    """

    box_xyxy: NDArray[np.float32]
    score: float
    landmarks_xy: NDArray[np.float32]

    @property
    def size(self) -> tuple[float, float]:
        """Return the box's width and height in pixels."""
        left, top, right, bottom = (float(value) for value in self.box_xyxy)
        return right - left, bottom - top


class FaceDetector(Protocol):
    """Finds faces."""

    def detect(self, image: Image) -> Sequence[Face]:
        """Return the faces in a picture, the surest first; an empty picture has none."""
        ...


class FaceEmbedder(Protocol):
    """Turns aligned faces into embeddings. `model` names whose they are: embeddings of different names never meet."""

    @property
    def model(self) -> str:
        """Return name, first 16 hexadecimal digits of the SHA-256 and version of the pre-processing, e.g. ``sface:0ba9fbfa01b5270c:1``."""
        ...

    @property
    def dimensions(self) -> int:
        """Return the length of an embedding."""
        ...

    def embed(self, crops: Sequence[Crop]) -> Embeddings:
        """Return one row for each crop; none for none."""
        ...
