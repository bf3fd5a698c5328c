"""boxes → overlaps and anchors: the little geometry that trackers, zones and detectors share."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

_EDGE: Final = 1 - 1e-6
"""The last place that is still in the picture: areas do not hold their right and lower edges."""


def overlaps(first_xyxy: NDArray[np.floating], second_xyxy: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return intersection over union of each box of `first_xyxy` (n, 4) with each of `second_xyxy` (m, 4), as (n, m); 0 for empty boxes."""
    first = np.asarray(first_xyxy, dtype=np.float64).reshape(-1, 1, 4)
    second = np.asarray(second_xyxy, dtype=np.float64).reshape(1, -1, 4)
    corner = np.maximum(first[..., :2], second[..., :2])
    sides = np.clip(np.minimum(first[..., 2:], second[..., 2:]) - corner, 0, None)
    shared = sides[..., 0] * sides[..., 1]
    union = areas(first) + areas(second) - shared
    return np.asarray(np.divide(shared, union, out=np.zeros_like(shared), where=union > 0))


def areas(xyxy: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the areas of boxes (…, 4) as (…); a box turned inside out has none."""
    sides = np.clip(np.asarray(xyxy, dtype=np.float64)[..., 2:] - xyxy[..., :2], 0, None)
    return np.asarray(sides[..., 0] * sides[..., 1])


def feet(xyxy: NDArray[np.floating], size: tuple[int, int]) -> tuple[float, float]:
    """Return where the thing in one box (4,) stands: the middle of its lower edge, relative to the picture's `size` (width, height).

    Whom the picture's edge cuts off stands at the edge, and in the areas that reach it.
    """
    left, _, right, bottom = xyxy.tolist()
    return min(max((left + right) / 2 / size[0], 0.0), _EDGE), min(max(bottom / size[1], 0.0), _EDGE)
