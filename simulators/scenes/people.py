"""a folder of portraits → people: `DIR/person/*.jpg`, or one picture each; without a folder, people who are drawn."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from simulators.scenes import portraits
from simulators.scenes.drawn import portrait
from vision.faces import Face, FaceDetector
from vision.frames import Image
from vision.pictures import opened
from wardroom.errors import ConfigError

_DRAWN_PHOTOS: Final = 3
_LIKE_THE_SUREST: Final = 0.15
"""Of several faces in a portrait the largest counts, among those the detector is about as sure of as of the surest."""
_HEIGHT: Final = 0.4
_MIDDLE: Final = 0.42
"""Where a face is taken to be if nobody looks: this share of the picture's shorter side high, its middle this far down."""
_LANDMARKS: Final = ((-0.17, -0.1), (0.17, -0.1), (0.0, 0.1), (-0.12, 0.25), (0.12, 0.25))
"""Of a face from the front, in shares of its height from its middle."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with pictures, by file name in alphabetical order; the first is the one to enrol."""

    id: str
    pictures: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Portrait:
    """A picture and where the face is in it."""

    image: Image
    face: Face


class Drawn:
    """People who are drawn: their number is their seed."""

    def __init__(self, count: int, seed: int = 1) -> None:
        self._seeds = {f"drawn-{number}": seed * 1_000 + number for number in range(1, count + 1)}
        photos = tuple(f"{number}" for number in range(1, _DRAWN_PHOTOS + 1))
        self.people: Mapping[str, Person] = {name: Person(name, photos) for name in self._seeds}

    def portrait(self, person: str, picture: str) -> Portrait:
        """Return one drawing of a person."""
        return Portrait(*portrait(self._seeds[person], int(picture)))


class Folder:
    """People of a folder; faces are found by `detector`, or taken to be in the middle of the picture without one."""

    def __init__(self, folder: Path, detector: FaceDetector | None = None) -> None:
        self._folder = folder
        self._detector = detector
        self._files = portraits.files(folder)
        self.people: Mapping[str, Person] = {name: Person(name, tuple(files)) for name, files in self._files.items()}

    def portrait(self, person: str, picture: str) -> Portrait:
        """Return one picture of a person; raises PictureError if it cannot be read, ConfigError if no face is found in it."""
        file = self._files[person][picture]
        image = opened(file)
        if self._detector is None:
            return Portrait(image, middle(image))
        faces = self._detector.detect(image)
        if not faces:
            raise ConfigError("simulators.scene_no_face", file=file)
        surest = max(face.score for face in faces)
        likely = [face for face in faces if face.score >= surest - _LIKE_THE_SUREST]
        return Portrait(image, max(likely, key=lambda face: face.size[0] * face.size[1]))


People = Drawn | Folder


def middle(image: Image) -> Face:
    """Return where a portrait has its face if nobody looks, with landmarks where most faces have them."""
    high, wide = image.shape[:2]
    height = _HEIGHT * min(high, wide)
    centre = np.array([wide / 2, _MIDDLE * high])
    half = np.array([0.36 * height, 0.5 * height])
    landmarks = centre + height * np.array(_LANDMARKS)
    return Face(np.concatenate([centre - half, centre + half]).astype(np.float32), 0.5, landmarks.astype(np.float32))
