"""a picture + five landmarks → the face upright and centred in 112×112 pixels, as recognisers were trained to see it.

The template is the one ArcFace (Deng et al. 2019) was trained with, published as InsightFace's `face_align.arcface_dst` and used by
OpenCV's `FaceRecognizerSF.alignCrop`: that of SphereFace (Liu et al. 2017), 96 pixels wide, moved 8 to the right.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.errors import PictureError
from vision.faces import CROP, Crop
from vision.frames import Image

TEMPLATE_XY: Final[NDArray[np.float64]] = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]]
)
"""(5, 2): where left eye, right eye, nose and corners of the mouth belong in the crop, as seen by the viewer."""


def aligned(image: Image, landmarks_xy: NDArray[np.float32]) -> Crop:
    """Return the face whose `landmarks_xy` (5, 2) are given in pixels of the picture; what lies beyond its edges is black.

    Raises PictureError if the five points are one point, or no numbers.
    """
    return np.asarray(cv2.warpAffine(image, similarity(landmarks_xy), (CROP, CROP), borderValue=0), dtype=np.uint8)


def similarity(landmarks_xy: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the (2, 3) matrix that turns, scales and moves the landmarks onto the template with the least squared error.

    With the plane's points as complex numbers a turn and a scale are one factor, and the least squares are Σ conj(z)·w / Σ |z|² over the
    centred points: Umeyama (1991) in two dimensions, without its mirror images.
    """
    if not np.isfinite(landmarks_xy).all():
        raise PictureError("flat_landmarks")
    points = np.asarray(landmarks_xy, dtype=np.float64) @ (1, 1j)
    wanted = TEMPLATE_XY @ (1, 1j)
    centred = points - points.mean()
    spread = float(np.vdot(centred, centred).real)
    if spread < 1e-6:
        raise PictureError("flat_landmarks")
    factor = np.vdot(centred, wanted - wanted.mean()) / spread
    shift = wanted.mean() - factor * points.mean()
    return np.array([[factor.real, -factor.imag, shift.real], [factor.imag, factor.real, shift.imag]])
