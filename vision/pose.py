"""five landmarks → which way the head is turned, in degrees: good to some ten degrees, enough to tell a portrait from a profile.

A head of average proportions is laid over the landmarks by weak perspective (DeMenthon and Davis 1995, the first step of POSIT): the affine
map of least squared error, made a rotation by its singular values. Width and height are those of the alignment's template, so that the
template itself looks straight ahead; depths are round figures of ours for an adult.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

_HEAD: Final[NDArray[np.float64]] = np.array([[-31.5, 0, 0], [31.5, 0, 0], [0, 36, 33], [-26, 72, 10], [26, 72, 10]])
"""(5, 3): the landmarks of a head in millimetres, to the right, down, towards the camera; between the eyes is 0."""
_CENTRED: Final = _HEAD - _HEAD.mean(axis=0)
_FIT: Final[NDArray[np.float64]] = np.linalg.pinv(_CENTRED)


@dataclass(frozen=True, slots=True)
class Pose:
    """Degrees, as the viewer sees it. `yaw`: turned to the right; `pitch`: looking down; `roll`: tilted clockwise."""

    yaw: float
    pitch: float
    roll: float


def pose(landmarks_xy: NDArray[np.float32]) -> Pose:
    """Return the pose of a face's `landmarks_xy`, (5, 2) pixels."""
    points = np.asarray(landmarks_xy, dtype=np.float64)
    affine = (_FIT @ (points - points.mean(axis=0))).T
    left, _, right = np.linalg.svd(affine, full_matrices=False)
    across, down = left @ right
    towards = np.cross(across, down)
    yaw = np.degrees(np.arctan2(-towards[0], towards[2]))
    pitch = np.degrees(np.arcsin(np.clip(-towards[1], -1.0, 1.0)))
    roll = np.degrees(np.arctan2(across[1], down[1]))
    return Pose(float(yaw), float(pitch), float(-roll))
