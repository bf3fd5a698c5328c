"""a scene's truth → a detector and an embedder that know it, and err as much as they are told to: tests and demos run without any model.

The frame's number in the picture (`simulators.scenes.stamp`) says which truth is due. A crop is known again because it is the very crop
that `vision.alignment` cuts from a face this detector gave, so detect and embed belong to one object.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

import numpy as np
from numpy.random import default_rng
from numpy.typing import NDArray

from simulators.scenes import stamp
from simulators.scenes.kept import Kept
from simulators.scenes.truth import Box, FaceTruth, FrameTruth
from vision.alignment import aligned
from vision.detections import Detections
from vision.faces import Crop, Embeddings, Face
from vision.frames import Image

_CROPS: Final = 512
_DIMENSIONS: Final = 128
_LEAST_SEEN: Final = 0.4


@dataclass(frozen=True, slots=True)
class Errors:
    """How the knowing detector errs. `misses`: the share of faces it overlooks. `jitter`: how far a box is off, a share of its size.

    `smallest_px`: narrower faces are not found. `noise`: how far an embedding is from its person's, 0 none: the cosine of two of one
    person is about 1 / (1 + noise²).
    """

    misses: float = 0.0
    jitter: float = 0.0
    smallest_px: float = 20.0
    noise: float = 0.3


class Knowing:
    """A `FaceDetector` and a `FaceEmbedder` in one. `truth` gives a frame's truth by its number, None if there is none."""

    model: str = "knowing:0000000000000000:1"
    dimensions: int = _DIMENSIONS

    def __init__(self, truth: Callable[[int], FrameTruth | None], errors: Errors | None = None, seed: int = 1) -> None:
        self._truth = truth
        self._errors = errors or Errors()
        self._seed = seed
        self._known: Kept[bytes, str] = Kept(_CROPS)

    def detect(self, image: Image) -> Sequence[Face]:
        """Return the faces the truth has, but for those overlooked; none in a picture without a number."""
        frame = self._frame(image)
        if frame is None:
            return ()
        found = [self._found(image, frame, one) for one in _faces(frame) if self._sees(frame, one)]
        return tuple(sorted(found, key=lambda face: -face.score))

    def embed(self, crops: Sequence[Crop]) -> Embeddings:
        """Return one row for each crop: its person's own direction and some noise; a crop this detector never gave is like nobody."""
        rows = [self._row(crop) for crop in crops]
        return np.stack(rows) if rows else np.zeros((0, _DIMENSIONS), np.float32)

    def _frame(self, image: Image) -> FrameTruth | None:
        number = stamp.read(image)
        return None if number is None else self._truth(number)

    def _sees(self, frame: FrameTruth, face: FaceTruth) -> bool:
        if face.width < self._errors.smallest_px or face.visible < _LEAST_SEEN:
            return False
        return self._chance(frame.number, face).random() >= self._errors.misses

    def _found(self, image: Image, frame: FrameTruth, truth: FaceTruth) -> Face:
        chance = self._chance(frame.number, truth)
        chance.random()
        off = chance.normal(0, self._errors.jitter * truth.width, 2) if self._errors.jitter else np.zeros(2)
        box = np.array(truth.box, dtype=np.float32) + np.tile(off, 2).astype(np.float32)
        landmarks = np.array(truth.landmarks, dtype=np.float32) + off.astype(np.float32)
        self._known.put(_digest(aligned(image, landmarks)), truth.person)
        return Face(box, round(0.5 + 0.5 * truth.visible, 4), landmarks)

    def _row(self, crop: Crop) -> NDArray[np.float32]:
        digest = _digest(crop)
        person = self._known.peek(digest)
        noise = _unit(digest)
        if person is None:
            return noise
        return _normal(_unit(person.encode()) + self._errors.noise * noise)

    def _chance(self, number: int, face: FaceTruth) -> np.random.Generator:
        return default_rng([self._seed, number, *_digest_words(f"{face.person}:{face.live}".encode())])


def _faces(frame: FrameTruth) -> list[FaceTruth]:
    return [face for one in frame.people for face in one.faces]


def _digest(crop: Crop) -> bytes:
    return blake2b(np.ascontiguousarray(crop).tobytes(), digest_size=16).digest()


def _digest_words(text: bytes) -> list[int]:
    whole = blake2b(text, digest_size=16).digest()
    return [int.from_bytes(whole[place : place + 4], "big") for place in range(0, 16, 4)]


def _unit(text: bytes) -> NDArray[np.float32]:
    """Return a direction that is always the same for the same text, and square to most others."""
    return _normal(default_rng(_digest_words(text)).normal(0, 1, _DIMENSIONS))


def _normal(vector: NDArray[np.float64] | NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)


class KnowingObjects:
    """An `ObjectDetector` that finds every person of whom enough is seen."""

    labels: tuple[str, ...] = ("person",)

    def __init__(self, truth: Callable[[int], FrameTruth | None]) -> None:
        self._truth = truth

    def detect(self, image: Image) -> Detections:
        """Return the persons in a picture that bears a number."""
        number = stamp.read(image)
        frame = None if number is None else self._truth(number)
        people = [one for one in frame.people if one.visible >= _LEAST_SEEN / 2] if frame else []
        boxes: list[Box] = [one.box for one in people]
        xyxy = np.array(boxes, dtype=np.float32).reshape(-1, 4)
        return Detections(xyxy, np.array([one.visible for one in people], np.float32), np.zeros(len(people), np.int32))
