"""frame → is anything moving there: a look that costs almost nothing, so that detectors rest while a corridor is empty.

A small grey picture against a running average of what it usually looks like. What the whole picture shares (a lamp switched on, the
exposure that follows) is taken out first; what is left must be brighter or darker than the noise over an area that could be somebody. If
half the picture is new all the same (lightning, the camera was turned), the background begins again. Whatever happens, a frame passes every
few seconds.
"""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.errors import OptionError
from vision.frames import Image, checked

NOISE: Final = 4.0
"""How many times the picture's usual noise a pixel must differ."""

BOUNDS: Final = {
    "width": (16, 1920),
    "contrast": (1, 255),
    "area": (0.0, 1.0),
    "hold_s": (0.0, 3600.0),
    "check_s": (0.0, 3600.0),
    "settle_s": (0.1, 3600.0),
}


class Why(StrEnum):
    """Why a frame passes, or does not."""

    STILL = "still"
    """Nothing: detectors may rest."""
    FIRST = "first"
    """Nothing to compare with yet."""
    MOTION = "motion"
    """Something moves, or did a moment ago."""
    LIGHT = "light"
    """Half the picture changed at once."""
    CHECK = "check"
    """Nobody has looked for a while."""


@dataclass(frozen=True, slots=True)
class MotionOptions:
    """How a gate looks. Times in seconds of the stream."""

    width: int = 160
    """Pixels across of the small picture."""
    contrast: int = 12
    """Grey levels (of 255) a pixel must differ at least."""
    area: float = 0.002
    """Part of the picture that must move together: at 1080p a face of 64 pixels."""
    hold_s: float = 2.0
    """How long frames pass after the last motion."""
    check_s: float = 5.0
    """How long no frame passes at most."""
    settle_s: float = 8.0
    """How long something new takes to belong to the background."""

    def __post_init__(self) -> None:
        """Refuse what cannot work."""
        for name, (least, most) in BOUNDS.items():
            value = getattr(self, name)
            if not least <= value <= most:
                raise OptionError("option_bounds", field=f"motion.{name}", value=value, least=least, most=most)


@dataclass(frozen=True, slots=True)
class Stir:
    """What a look found. `area`: the largest part of the picture that moves together, 0 to 1."""

    why: Why
    area: float = 0.0

    @property
    def passes(self) -> bool:
        """Return whether detectors should look at the frame."""
        return self.why is not Why.STILL


class MotionGate:
    """Watches one stream for motion. Keeps one small picture, whatever the stream does; not for several threads."""

    def __init__(self, options: MotionOptions | None = None) -> None:
        self._options = options or MotionOptions()
        self._background: NDArray[np.float32] | None = None
        self._seconds = -math.inf
        self._moved = -math.inf
        self._passed = -math.inf
        self._noise: float | None = None

    def look(self, image: Image, seconds: float) -> Stir:
        """Return whether the frame caught at `seconds` is worth a detector's time; raises PictureError for what is no picture."""
        small = self._small(checked(image))
        elapsed, self._seconds = seconds - self._seconds, seconds
        if self._background is None or self._background.shape != small.shape or elapsed < 0:
            stir = self._begin(small, Why.FIRST, seconds)
        else:
            stir = self._compare(small, self._background, elapsed)
        if stir.passes:
            self._passed = seconds
        return stir

    def _small(self, image: Image) -> NDArray[np.uint8]:
        height, width = image.shape[:2]
        size = (self._options.width, max(1, round(self._options.width * height / width)))
        step = max(1, width // (2 * size[0]))  # every so many pixels first: averaging all of them would cost ten times as much
        few = cv2.resize(image, (-(-width // step), -(-height // step)), interpolation=cv2.INTER_NEAREST)
        small = cv2.resize(few, size, interpolation=cv2.INTER_AREA)
        return np.asarray(cv2.GaussianBlur(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), (3, 3), 0), dtype=np.uint8)

    def _begin(self, small: NDArray[np.uint8], why: Why, seconds: float) -> Stir:
        self._background, self._noise = small.astype(np.float32), None
        self._moved = seconds if why is Why.LIGHT else -math.inf
        return Stir(why, 1.0 if why is Why.LIGHT else 0.0)

    def _compare(self, small: NDArray[np.uint8], background: NDArray[np.float32], elapsed: float) -> Stir:
        options, now = self._options, self._seconds
        size = np.asarray(cv2.absdiff(small, _relit(background, small)), dtype=np.uint8)
        noise = float(np.median(size[::3, ::3])) * 1.5  # of noise, 1.5 medians are one deviation
        self._noise = noise if self._noise is None else self._noise + (noise - self._noise) * min(1.0, elapsed)
        changed = np.asarray(cv2.threshold(size, max(options.contrast, NOISE * self._noise), 1, cv2.THRESH_BINARY)[1], dtype=np.uint8)
        share = cv2.countNonZero(changed) / changed.size
        if share > 0.5:
            return self._begin(small, Why.LIGHT, now)
        area = _largest(changed) if share >= options.area else 0.0
        if area >= options.area:
            self._moved = now
        cv2.accumulateWeighted(small, background, 1 - math.exp(-elapsed / options.settle_s))
        if now - self._moved <= options.hold_s:
            return Stir(Why.MOTION, area)
        return Stir(Why.CHECK if now - self._passed >= options.check_s else Why.STILL, area)


def _relit(background: NDArray[np.float32], small: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the background in the light of the new picture: the gain that most of the pixels agree on."""
    gain = float(np.median((small[::3, ::3] + np.float32(16)) / (background[::3, ::3] + np.float32(16))))
    return np.asarray(cv2.convertScaleAbs(background, alpha=gain, beta=16 * gain - 16), dtype=np.uint8)


def _largest(changed: NDArray[np.uint8]) -> float:
    """Return the largest connected part, as a share of the picture."""
    count, _, stats, _ = cv2.connectedComponentsWithStats(changed, connectivity=8)
    return float(stats[1:, cv2.CC_STAT_AREA].max()) / changed.size if count > 1 else 0.0
