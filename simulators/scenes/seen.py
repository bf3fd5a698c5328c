"""a box in a picture + what is drawn over it → the share of it that is still seen."""

from math import ceil, floor
from typing import Final

import numpy as np

from simulators.scenes.layers import Layer, Rect
from simulators.scenes.truth import Box

_CELLS: Final = 48
"""A large box is looked at in steps: about so many a side."""


class Seen:
    """One box; `cover` it with each thing that is drawn over it later."""

    def __init__(self, box: Box, frame: Rect) -> None:
        left, top, right, bottom = box
        whole = Rect(floor(left), floor(top), max(floor(left) + 1, ceil(right)), max(floor(top) + 1, ceil(bottom)))
        self._rect = whole.within(frame)
        self._inside = self._rect.area / whole.area
        self._step = max(1, max(whole.right - whole.left, whole.bottom - whole.top) // _CELLS)
        shape = (0, 0) if self._rect.empty else (self._rect.bottom - self._rect.top, self._rect.right - self._rect.left)
        self._through = np.ones(shape, np.float32)[:: self._step, :: self._step]

    @property
    def share(self) -> float:
        """Return the share that is inside the picture and not covered, 0 to 1."""
        return round(float(self._through.mean()) * self._inside, 4) if self._through.size else 0.0

    def cover(self, layer: Layer) -> None:
        """Take away what a layer hides."""
        common = self._rect.within(layer.rect)
        if common.empty or not self._through.size:
            return
        alpha = np.zeros((self._rect.bottom - self._rect.top, self._rect.right - self._rect.left), np.uint8)
        alpha[common.moved(self._rect.left, self._rect.top).slices] = layer.pixels[common.moved(layer.rect.left, layer.rect.top).slices][
            ..., 3
        ]
        self._through *= 1 - alpha[:: self._step, :: self._step].astype(np.float32) / 255
