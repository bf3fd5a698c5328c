"""the faces of a track, frame by frame → the best picture of it, as JPEG: replaced only by a clearly better one.

One picture a track, at most 480 pixels a side and 100 kB; forgotten with the track, as everything kept by track is.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from vision.faces import Crop, Face
from vision.frames import Frame, Image
from vision.quality import Quality
from vision.track_memory import LIMIT, MAX_AGE_S, TrackMemory

SIDE: Final = 480
"""Most pixels a side of a kept picture."""
LARGEST: Final = 100_000
"""Most bytes of one."""
BETTER: Final = 1.15
"""A picture replaces another one that is worse by this factor: else a visit would be told again and again for nothing."""
_AROUND: Final = 0.6
"""How much is kept around a face, in parts of its box."""
_LARGE: Final = 120.0
_SHARP: Final = 0.35
_JPEG: Final = (85, 70, 50, 25)
"""How well it is written: the first of these that is small enough; even noise is with the last."""


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """The best picture of a track so far. `worth`: see `worth`. `jpeg`: face and surroundings. `crop`: the aligned face, for embedding."""

    worth: float
    at_us: int
    seconds: float
    jpeg: bytes
    crop: Crop


@dataclass(slots=True)
class _Best:
    shot: Shot | None = None


class BestShots:
    """The best shots of one camera's tracks. Bounded as `TrackMemory` is: with the default limit 26 MB at the very most."""

    def __init__(self, *, max_age_s: float = MAX_AGE_S, limit: int = LIMIT) -> None:
        self._tracks: TrackMemory[_Best] = TrackMemory(_Best, max_age_s=max_age_s, limit=limit)

    def __len__(self) -> int:
        """Return how many tracks have a picture."""
        return len(self._tracks)

    def offer(self, track: int, frame: Frame, face: Face, crop: Crop, quality: Quality) -> Shot | None:
        """Return the new best shot where this face is clearly better than the one before, else None."""
        best = self._tracks.seen(track, frame.seconds)
        value = worth(quality)
        if best.shot is not None and value <= best.shot.worth * BETTER:
            return None
        best.shot = Shot(value, frame.at_us, frame.seconds, _jpeg(frame.image, face), crop.copy())
        return best.shot

    def best(self, track: int) -> Shot | None:
        """Return a track's best shot so far."""
        found = self._tracks.get(track)
        return None if found is None else found.shot

    def ended(self, track: int) -> Shot | None:
        """Forget a track and return its best shot."""
        found = self._tracks.ended(track)
        return None if found is None else found.shot

    def expired(self, seconds: float) -> None:
        """Forget the tracks not seen for too long before `seconds`."""
        self._tracks.expired(seconds)


def worth(quality: Quality) -> float:
    """Return how good a picture is, 0 to 1: large, sharp, frontal, well lit and whole, each of which can spoil it alone."""
    turned = abs(quality.pose.yaw) / 60 + abs(quality.pose.pitch) / 90 + abs(quality.pose.roll) / 180
    return (
        _part(quality.size_px / _LARGE)
        * _part(quality.sharpness / _SHARP)
        * _part(1 - turned)
        * _part(quality.contrast / 0.1)
        * _part(1 - quality.bright)
        * quality.visible**4
    )


def _part(value: float) -> float:
    return min(1.0, max(0.0, value))


def _jpeg(image: Image, face: Face) -> bytes:
    """Return the face with its surroundings, shrunk where it is large."""
    height, width = image.shape[:2]
    around = _AROUND * np.asarray(face.size)
    left, top = np.clip(face.box_xyxy[:2] - around, 0, (width - 1, height - 1)).astype(int)
    right, bottom = np.clip(face.box_xyxy[2:] + around, (left + 1, top + 1), (width, height)).astype(int)
    part = image[top:bottom, left:right]
    shrink = SIDE / max(part.shape[:2])
    if shrink < 1:
        part = np.asarray(cv2.resize(part, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    written = (cv2.imencode(".jpg", part, [cv2.IMWRITE_JPEG_QUALITY, level])[1].tobytes() for level in _JPEG)
    return next(jpeg for jpeg in written if len(jpeg) <= LARGEST)
