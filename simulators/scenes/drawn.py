"""a seed → a drawn portrait: a face that a detector finds and that is nobody's, so that scenes run without any photograph.

The same person drawn for another photo keeps proportions and colours; what changes is expression, tilt of the light and background.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.random import Generator, default_rng

from vision.faces import Face
from vision.frames import Image

_SIDE: Final = 480
_FINE: Final = 4
"""Bits below the pixel in OpenCV's drawing coordinates."""
_SKINS: Final = ((150, 180, 225), (125, 160, 212), (105, 140, 198), (170, 200, 238))
_HAIRS: Final = ((18, 16, 20), (30, 28, 34), (40, 52, 70), (110, 112, 116))
Colour = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Features:
    """What makes a drawn face this face and no other; lengths in shares of the face's height."""

    skin: Colour
    hair: Colour
    width: float
    jaw: float
    eyes_apart: float
    eye_width: float
    brow: float
    nose: float
    mouth: float
    fringe: float
    glasses: bool


def features(seed: int) -> Features:
    """Return the features of the person with this number."""
    chance = default_rng([seed, 71])
    return Features(
        skin=tuple(float(value + chance.normal(0, 6)) for value in _SKINS[chance.integers(len(_SKINS))]),  # type: ignore[arg-type]
        hair=tuple(float(value) for value in _HAIRS[chance.integers(len(_HAIRS))]),  # type: ignore[arg-type]
        width=float(chance.uniform(0.66, 0.78)),
        jaw=float(chance.uniform(0.72, 0.95)),
        eyes_apart=float(chance.uniform(0.155, 0.19)),
        eye_width=float(chance.uniform(0.065, 0.085)),
        brow=float(chance.uniform(0.085, 0.125)),
        nose=float(chance.uniform(0.055, 0.085)),
        mouth=float(chance.uniform(0.11, 0.16)),
        fringe=float(chance.uniform(0.02, 0.2)),
        glasses=bool(chance.random() < 0.25),
    )


def portrait(seed: int, photo: int = 0) -> tuple[Image, Face]:
    """Return the picture of a drawn person, (480, 480, 3), and where the face is in it."""
    made = _Drawing(features(seed), default_rng([seed, photo, 72]))
    return made.picture(), made.face


class _Drawing:
    """One portrait in the making."""

    def __init__(self, person: Features, chance: Generator) -> None:
        self._person = person
        self._chance = chance
        self._height = 0.42 * _SIDE
        self._at = np.array([_SIDE / 2 + chance.uniform(-8, 8), 0.44 * _SIDE])
        self._smile = float(chance.uniform(-0.2, 1.0))
        self._image: Image = np.empty((_SIDE, _SIDE, 3), np.uint8)

    @property
    def face(self) -> Face:
        person, height = self._person, self._height
        half = person.width * height / 2
        box = np.array([self._at[0] - half, self._at[1] - 0.5 * height, self._at[0] + half, self._at[1] + 0.5 * height])
        points = [
            (-person.eyes_apart, -0.1),
            (person.eyes_apart, -0.1),
            (0, 0.1),
            (-person.mouth * 0.85, 0.25),
            (person.mouth * 0.85, 0.25),
        ]
        return Face(box.astype(np.float32), 1.0, (self._at + np.array(points) * height).astype(np.float32))

    def picture(self) -> Image:
        """Draw from the back to the front."""
        backdrop = self._chance.uniform(110, 200, 3)
        self._image[:] = backdrop.astype(np.uint8)
        self._shoulders()
        self._hair_behind()
        self._head()
        for side in (-1, 1):
            self._eye(side)
        self._nose_and_mouth()
        self._fringe()
        soft = cv2.GaussianBlur(self._image, (0, 0), 1.2)
        grain = self._chance.normal(0, 2.5, soft.shape)
        return np.asarray(np.clip(soft + grain, 0, 255), dtype=np.uint8)

    def _point(self, x: float, y: float) -> tuple[int, int]:
        """Return a place of the face, in shares of its height from its centre, as OpenCV draws it."""
        column, row = self._at + np.array([x, y]) * self._height
        return round(column * 2**_FINE), round(row * 2**_FINE)

    def _ellipse(self, x: float, y: float, axes: tuple[float, float], colour: Colour, arc: tuple[float, float] = (0, 360)) -> None:
        drawn = tuple(round(axis * self._height * 2**_FINE) for axis in axes)
        cv2.ellipse(self._image, self._point(x, y), drawn, 0, *arc, colour, -1, cv2.LINE_AA, _FINE)

    def _line(self, points: list[tuple[float, float]], colour: Colour, thick: float) -> None:
        path = np.array([self._point(*point) for point in points], np.int32)
        cv2.polylines(
            self._image, [path], isClosed=False, color=colour, thickness=max(1, round(thick * self._height)), lineType=16, shift=_FINE
        )

    def _shade(self, amount: float) -> Colour:
        blue, green, red = self._person.skin
        return blue * amount * 0.97, green * amount, red * amount

    def _shoulders(self) -> None:
        cloth = tuple(float(value) for value in self._chance.uniform(30, 150, 3))
        self._ellipse(0, 1.25, (0.95, 0.62), cloth)  # type: ignore[arg-type]
        self._ellipse(0, 0.62, (0.2, 0.3), self._shade(0.78))

    def _hair_behind(self) -> None:
        self._ellipse(0, -0.14, (self._person.width * 0.56, 0.52), self._person.hair)

    def _head(self) -> None:
        """Draw skull, jaw and ears, lit from one side and darker towards the edges."""
        person = self._person
        for side in (-1, 1):
            self._ellipse(side * person.width * 0.5, 0.0, (0.05, 0.1), self._shade(0.82))
        before = self._image.copy()
        self._ellipse(0, -0.08, (person.width / 2, 0.42), self._shade(1.0))
        self._ellipse(0, 0.1, (person.width / 2 * person.jaw, 0.4), self._shade(1.0))
        rows, columns = np.mgrid[0:_SIDE, 0:_SIDE].astype(np.float32)
        across = (columns - self._at[0]) / (person.width / 2 * self._height)
        down = (rows - self._at[1]) / (0.5 * self._height)
        lit = float(self._chance.uniform(-0.12, 0.12))
        shade = np.clip(1.06 - 0.24 * across**2 - 0.1 * down**2 + lit * across, 0.5, 1.15)[..., None]
        skin = np.any(before != self._image, axis=2)[..., None]
        self._image = np.where(skin, np.clip(self._image * shade, 0, 255), self._image).astype(np.uint8)

    def _eye(self, side: int) -> None:
        person = self._person
        x, wide = side * person.eyes_apart, person.eye_width
        self._ellipse(x, -0.105, (wide * 1.35, 0.06), self._shade(0.8))
        self._ellipse(x, -0.1, (wide, 0.03), (225, 228, 230))
        self._ellipse(x, -0.1, (0.03, 0.031), (22, 26, 34))
        self._ellipse(x + 0.01, -0.11, (0.008, 0.008), (240, 240, 240))
        self._line([(x - wide, -0.105), (x - wide / 2, -0.13), (x + wide / 2, -0.13), (x + wide, -0.105)], (25, 25, 30), 0.014)
        self._line([(x - wide, -0.07), (x, -0.062), (x + wide, -0.07)], self._shade(0.62), 0.008)
        outer, inner = x + side * wide * 1.25, x - side * wide * 1.05
        self._line([(inner, -0.1 - person.brow), (x, -0.115 - person.brow), (outer, -0.095 - person.brow)], person.hair, 0.026)
        if person.glasses:
            ring = np.array([self._point(x + 0.12 * np.cos(turn), -0.095 + 0.085 * np.sin(turn)) for turn in np.linspace(0, 6.2832, 40)])
            cv2.polylines(self._image, [ring], isClosed=True, color=(30, 30, 30), thickness=2, lineType=16, shift=_FINE)

    def _nose_and_mouth(self) -> None:
        person = self._person
        self._line([(-0.015, -0.07), (-0.03, 0.04), (-person.nose, 0.1)], self._shade(0.84), 0.016)
        self._ellipse(0, 0.1, (person.nose, 0.03), self._shade(0.88))
        self._ellipse(0.008, 0.085, (0.028, 0.03), self._shade(1.08))
        for side in (-1, 1):
            self._ellipse(side * person.nose * 0.55, 0.118, (0.016, 0.01), self._shade(0.45))
        corner, lift = person.mouth, 0.04 * self._smile
        dark: Colour = (80, 82, 150)
        self._ellipse(0, 0.25 - lift, (corner * 0.95, 0.028 + max(0.0, lift) * 0.8), (105, 105, 185), (0, 180))
        self._ellipse(0, 0.25 - lift, (corner * 0.8, 0.02), (100, 98, 170), (180, 360))
        self._line([(-corner, 0.25 - lift), (0, 0.255 + lift * 0.3), (corner, 0.25 - lift)], dark, 0.014)
        self._line([(-0.06, 0.33), (0, 0.345), (0.06, 0.33)], self._shade(0.82), 0.014)

    def _fringe(self) -> None:
        person = self._person
        self._ellipse(0, -0.36, (person.width * 0.5, 0.17 + person.fringe * 0.3), person.hair, (180, 360))
        for side in (-1, 1):
            points = [(side * person.width * 0.5, -0.4), (side * person.width * 0.53, -0.15), (side * person.width * 0.45, -0.2)]
            path = np.array([self._point(*point) for point in points], np.int32)
            cv2.fillPoly(self._image, [path], person.hair, cv2.LINE_AA, _FINE)
