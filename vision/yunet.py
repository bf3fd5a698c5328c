"""a picture → faces by OpenCV's YuNet (Wu et al. 2023): small and quick, MIT licence, so the engine anybody may use."""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from vision import sessions
from vision.errors import ModelError
from vision.faces import Face
from vision.frames import Image
from vision.sessions import Kind, Runtime
from vision.shrinking import Shrunk, shrunk

LONGEST: Final = 640
"""Pixels of the longer side that YuNet looks at, whatever the picture's own size: a 4K frame costs what a small one costs."""
SCORE: Final = 0.75
"""Faces of 34 seen pixels and more score 0.85 and more when sharp; what it takes for a face in flags and folds was seen up to 0.71."""
OVERLAP: Final = 0.3
"""Of two boxes that overlap by more than this share, the less sure one goes (non-maximum suppression)."""
CANDIDATES: Final = 1_000
_SMALLEST: Final = 10
"""Pixels: there is no face in a picture narrower than this."""


class YuNet:
    """Finds faces; one picture at a time, from any thread.

    `longest`: larger pictures are shrunk until their longer side has this many pixels; faces below about 10 of these pixels are not found.
    """

    def __init__(self, net: cv2.FaceDetectorYN, *, longest: int = LONGEST) -> None:
        self._net = net
        self._longest = longest
        self._alone = threading.Lock()

    def detect(self, image: Image) -> Sequence[Face]:
        """Return the faces in a picture, the surest first."""
        seen = shrunk(image, self._longest)
        height, width = seen.image.shape[:2]
        if min(height, width) < _SMALLEST:
            return ()
        with self._alone:
            self._net.setInputSize((width, height))
            _, found = self._net.detect(seen.image)
        if found is None:
            return ()
        rows = np.asarray(found, dtype=np.float32)
        surest = rows[np.argsort(-rows[:, 14], kind="stable")]
        return tuple(_face(row, seen) for row in surest if np.isfinite(row).all())


def _face(row: NDArray[np.float32], seen: Shrunk) -> Face:
    """Return the face of one of YuNet's rows (15,): corner, width and height, five points, score."""
    pairs = (row[:14].reshape(7, 2) * (seen.across, seen.down)).astype(np.float32)
    box = np.concatenate([pairs[0], pairs[0] + pairs[1]])
    return Face(box_xyxy=box, score=float(row[14]), landmarks_xy=pairs[2:])


def opened(file: Path, *, longest: int = LONGEST, score: float = SCORE) -> YuNet:
    """Return a detector over YuNet's model file; raises ModelError if it is missing, damaged or another."""
    sessions.expect(Kind.DETECTOR, sessions.opened(file, Runtime(threads=1)), file)
    level = cv2.utils.logging.getLogLevel()
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)  # it warns on every load that it has only one target
    try:
        net = cv2.FaceDetectorYN.create(str(file), "", (longest, longest), score, OVERLAP, CANDIDATES)
        net.detect(np.zeros((longest, longest, 3), dtype=np.uint8))
    except cv2.error as error:
        raise ModelError("not_yunet", file=file) from error
    finally:
        cv2.utils.logging.setLogLevel(level)
    return YuNet(net, longest=longest)
