"""Faces that are squares of one colour: a detector that finds them, an embedder that knows them, and pictures to look at.

A stage for tests of what lies between the models: where each face is and whose it is, is known exactly.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vision import gallery_contents
from vision.engine import FaceEngine
from vision.faces import Crop, Embeddings, Face
from vision.frames import Frame, Image
from vision.gallery import Gallery
from vision.gallery_entries import Person

MODEL: Final = "staged:0123456789abcdef:1"
SIDE: Final = 80
STEP: Final = 4
"""Pixels: squares are found to this accuracy."""
SIZE: Final = (360, 640)
DIMENSIONS: Final = 8
COLOURS: Final = {"an": (40, 200, 90), "binh": (200, 60, 160), "stranger": (230, 160, 20)}
"""Blue, green, red; no two alike, none grey."""
DIRECTIONS: Final = {"an": 0, "binh": 1, "stranger": 2}
_LANDMARKS: Final = np.array([[0.34, 0.46], [0.66, 0.46], [0.5, 0.64], [0.37, 0.82], [0.63, 0.82]], np.float32)


def picture(faces: Mapping[str, tuple[int, int]]) -> Image:
    """Return a grey picture with a textured square for each person at (left, top)."""
    image = np.full((*SIZE, 3), 128, np.uint8)
    for person, (left, top) in faces.items():
        colour = np.array(COLOURS[person], np.int16)
        texture = np.random.default_rng(7).integers(-30, 30, (SIDE, SIDE, 1))
        seen = image[top : top + SIDE, left : left + SIDE]
        seen[:] = np.clip(colour + texture, 0, 255).astype(np.uint8)[: seen.shape[0], : seen.shape[1]]
    return image


def frame(number: int, faces: Mapping[str, tuple[int, int]], fps: float = 10.0) -> Frame:
    """Return the frame `number` of a stream."""
    return Frame(picture(faces), round(number / fps * 1e6), number / fps, number)


class Squares:
    """Finds the squares by their colour; counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    def detect(self, image: Image) -> Sequence[Face]:
        self.asked += 1
        return tuple(face for colour in COLOURS.values() if (face := _found(image, colour)) is not None)


class Colours:
    """Knows whose a crop is by its colour; counts the crops."""

    def __init__(self) -> None:
        self.embedded = 0

    @property
    def model(self) -> str:
        return MODEL

    @property
    def dimensions(self) -> int:
        return DIMENSIONS

    def embed(self, crops: Sequence[Crop]) -> Embeddings:
        self.embedded += len(crops)
        rows = np.zeros((len(crops), DIMENSIONS), np.float32)
        for row, crop in zip(rows, crops, strict=True):
            middle = crop[40:72, 40:72].reshape(-1, 3).mean(axis=0)
            row[DIRECTIONS[min(COLOURS, key=lambda name: float(np.abs(middle - COLOURS[name]).sum()))]] = 1
        return rows


def engine() -> tuple[FaceEngine, Squares, Colours]:
    """Return an engine over the squares, and its two halves to ask how often they were used."""
    squares, colours = Squares(), Colours()
    return FaceEngine(squares, colours), squares, colours


def gallery(*persons: str) -> Gallery:
    """Return a gallery of these persons."""
    rows = np.eye(DIMENSIONS, dtype=np.float32)
    made = Gallery(gallery_contents.nothing("staged", MODEL, DIMENSIONS))
    made.change([Person(person, rows[DIRECTIONS[person]][None]) for person in persons])
    return made


def row(person: str) -> NDArray[np.float32]:
    """Return the direction of somebody's embeddings, (dimensions,)."""
    return np.asarray(np.eye(DIMENSIONS, dtype=np.float32)[DIRECTIONS[person]])


def _found(image: Image, colour: tuple[int, int, int]) -> Face | None:
    seen = image[::STEP, ::STEP].astype(np.int16) - np.array(colour, np.int16)
    rows, columns = np.nonzero((np.abs(seen) <= 31).all(axis=2))
    if len(rows) < SIDE // STEP:
        return None
    left, top = float(STEP * columns.min()), float(STEP * rows.min())
    box = np.array(
        [left, top, left + SIDE, top + SIDE], np.float32
    )  # as detectors have it: beyond the picture's edge where the face is cut
    return Face(box, 0.95, (_LANDMARKS * SIDE + (left, top)).astype(np.float32))
