"""a body, what it holds, and a stance → the pixels of somebody who walks, and where face, code and person are in the picture."""

from dataclasses import dataclass
from math import atan2, cos, pi, sin
from typing import Final

import cv2
import numpy as np

from simulators.scenes.body import HALF_M, HIP, Body, Colour
from simulators.scenes.cutout import PPM
from simulators.scenes.layers import Layer, Matrix, Pixels, Rect, Sprite, lay_over, smeared
from simulators.scenes.optics import Optics
from simulators.scenes.paths import Stance
from simulators.scenes.things import THING_PPM, Thing
from simulators.scenes.truth import Box, Points
from vision.frames import Image

_ASIDE_M: Final = 0.42
_HELD_ASIDE_M: Final = 0.55
_BOX_ASIDE_M: Final = 0.27
_SHOE: Final[Colour] = (34, 32, 32)
_FINE: Final = 4
_ARC: Final = np.array([(cos(turn), sin(turn)) for turn in np.linspace(-pi / 2, pi / 2, 7)])
"""Half a circle, to the right."""
_LOWERED_M: Final = 0.7


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """Somebody in one light: sprites and colours, lit."""

    front: Sprite
    back: Sprite
    thing: Sprite | None
    sleeve: Colour
    trousers: Colour
    skin: Colour
    shoe: Colour


def lit(body: Body, thing: Thing | None, table: Image) -> Look:
    """Return somebody's look in a light given as a table (256, 1, 3)."""

    def colour(value: Colour) -> Colour:
        pixel = np.clip(np.array([[value]]), 0, 255).astype(np.uint8)
        return tuple(float(part) for part in np.asarray(cv2.LUT(pixel, table))[0, 0])

    held = None
    if thing is not None:
        image = thing.image if thing.glows else np.asarray(cv2.LUT(thing.image, table), dtype=np.uint8)
        held = Sprite.of(image, np.ones(image.shape[:2], np.float32))
    front, back = (Sprite.of(np.asarray(cv2.LUT(image, table), dtype=np.uint8), alpha) for image, alpha in (body.front, body.back))
    return Look(front, back, held, colour(body.sleeve), colour(body.trousers), colour(body.skin), colour(_SHOE))


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """Somebody at one moment. `raised`: how far the thing is held up, 0 to 1."""

    body: Body
    thing: Thing | None
    stance: Stance
    raised: float
    optics: Optics

    @property
    def scale(self) -> float:
        """Return pixels a metre where they stand."""
        return self.optics.scale(self.stance.z_m)

    def pixel(self, x_m: float, y_m: float) -> tuple[float, float]:
        """Return column and row of a point of the body's own coordinates."""
        stance = self.stance
        return self.optics.pixel(stance.x_m + stance.sway_m + x_m, y_m + stance.bob_m, stance.z_m)

    @property
    def box(self) -> Box:
        """Return the person's box, head to feet."""
        left, top = self.pixel(-_BOX_ASIDE_M, self.body.stature_m)
        right, _ = self.pixel(_BOX_ASIDE_M, 0)
        return left, top, right, self.optics.pixel(0, 0, self.stance.z_m)[1]

    @property
    def face_box(self) -> Box:
        """Return the face's box."""
        left, bottom, right, top = (float(value) for value in self.body.box_m)
        return (*self.pixel(left, top), *self.pixel(right, bottom))

    @property
    def landmarks(self) -> Points:
        """Return the face's five points."""
        return tuple(self.pixel(float(x), float(y)) for x, y in self.body.landmarks_m)

    @property
    def holds(self) -> Thing | None:
        """Return what is held up just now."""
        return self.thing if self.raised > 0 and self.stance.facing else None

    def thing_box(self, thing: Thing) -> Box:
        """Return the box of the code or face on the thing."""
        column, row = self._middle(thing)
        left, bottom, right, top = (float(value) for value in thing.box_m * self.scale * thing.nearer)
        return column + left, row - top, column + right, row - bottom

    def thing_landmarks(self, thing: Thing) -> Points:
        """Return the five points of the face on the thing, none if there is no face on it."""
        if thing.landmarks_m is None:
            return ()
        column, row = self._middle(thing)
        size = self.scale * thing.nearer
        return tuple((column + size * float(x), row - size * float(y)) for x, y in thing.landmarks_m)

    def thing_outline(self, thing: Thing) -> Box:
        """Return the box of the whole thing."""
        column, row = self._middle(thing)
        wide, high = (size * self.scale * thing.nearer / 2 for size in thing.size_m)
        return column - wide, row - high, column + wide, row + high

    def moved_xy(self, seconds: float) -> tuple[float, float]:
        """Return by how many pixels the face moves in so many seconds."""
        left, top, right, bottom = self.face_box
        stance = self.stance
        across = self.scale * stance.vx_mps - ((left + right) / 2 - self.optics.width / 2) * stance.vz_mps / stance.z_m
        down = -((top + bottom) / 2 - self.optics.horizon) * stance.vz_mps / stance.z_m
        return across * seconds, down * seconds

    def layer(self, look: Look, exposure_s: float) -> Layer | None:
        """Return the person's pixels, smeared by what they move while the shutter is open; None if nothing of them is in the picture."""
        rect = self._rect()
        if rect.empty:
            return None
        pixels: Pixels = np.zeros((rect.bottom - rect.top, rect.right - rect.left, 4), np.uint8)
        limbs = _Limbs(self, look, pixels, rect)
        limbs.legs()
        limbs.arms()
        sprite = look.front if self.stance.facing else look.back
        (left, top), (right, bottom) = self.pixel(-HALF_M, self.body.top_m), self.pixel(HALF_M, HIP * self.body.stature_m)
        self._lay(Layer(rect, pixels), sprite, PPM / self.scale, (left, top, right, bottom))
        thing = self.holds
        if thing is not None and look.thing is not None:
            limbs.holding(self._hand(thing))
            self._lay(Layer(rect, pixels), look.thing, THING_PPM / (self.scale * thing.nearer), self.thing_outline(thing))
        return Layer(rect, smeared(pixels, self.moved_xy(exposure_s)))

    def _middle(self, thing: Thing) -> tuple[float, float]:
        x, below = thing.at_m
        return self.pixel(x, self.body.chin_m - below - _LOWERED_M * (1 - self.raised))

    def _hand(self, thing: Thing) -> tuple[float, float]:
        """Return where the hand is that holds the thing, in the body's own metres: at its lower edge."""
        x, below = thing.at_m
        return x, self.body.chin_m - below - thing.size_m[1] * thing.nearer / 2 - _LOWERED_M * (1 - self.raised)

    def _rect(self) -> Rect:
        aside = _HELD_ASIDE_M if self.holds else _ASIDE_M
        left, top = self.pixel(-aside, self.body.top_m + 0.02)
        right, _ = self.pixel(aside, 0)
        bottom = self.optics.pixel(0, 0, self.stance.z_m)[1] + 0.05 * self.scale
        frame = Rect(0, 0, self.optics.width, self.optics.height)
        return Rect(int(left), int(top), int(right) + 1, int(bottom) + 1).within(frame)

    @staticmethod
    def _lay(layer: Layer, sprite: Sprite, larger: float, box: Box) -> None:
        """Lay a sprite, which is so much larger, on its box in the picture; whole numbers are pixel centres in OpenCV, edges here."""
        left, top, right, bottom = box
        part = Rect(int(left) - 1, int(top) - 1, int(right) + 2, int(bottom) + 2).within(layer.rect)
        if part.empty:
            return
        rest = (1 / larger - 1) / 2
        matrix: Matrix = np.array([[1 / larger, 0.0, left + rest], [0.0, 1 / larger, top + rest]])
        lay_over(layer.pixels[part.moved(layer.rect.left, layer.rect.top).slices], sprite.drawn(matrix, part))


class _Limbs:
    """Legs and arms of one figure, drawn onto its layer."""

    def __init__(self, figure: Figure, look: Look, pixels: Pixels, rect: Rect) -> None:
        self._figure = figure
        self._look = look
        self._pixels = pixels
        self._corner = np.array([rect.left, rect.top], dtype=np.float64)
        self._swing = 0.0 if figure.stance.pausing else sin(figure.stance.phase)

    def legs(self) -> None:
        """Draw hips, knees and shoes: from the front a step is a knee and a foot that rise."""
        figure = self._figure
        hip = HIP * figure.body.stature_m
        foot_row = figure.optics.pixel(0, 0.5 * hip, figure.stance.z_m)[1]
        if foot_row > figure.optics.height + 0.6 * hip * figure.scale:
            return
        for side in (-1, 1):
            lift = 0.11 * max(0.0, side * self._swing)
            forward = 1 + 0.25 * max(0.0, -side * self._swing)
            x = 0.085 * side
            self._capsule((x, hip + 0.02), (x * 1.05, 0.52 * hip + 0.3 * lift), (0.085, 0.066), self._look.trousers)
            self._capsule((x * 1.05, 0.52 * hip + 0.3 * lift), (x * 1.1, 0.08 + lift), (0.066, 0.048), self._look.trousers)
            self._capsule((x * 1.1, 0.05 + lift), (x * 1.25, 0.025 + lift), (0.04 * forward, 0.046 * forward), self._look.shoe)

    def arms(self) -> None:
        """Draw the arms that hang; the one that holds something up is drawn after the trunk."""
        body = self._figure.body
        shoulder = body.chin_m - 0.155
        for side in (-1, 1):
            if side > 0 and self._figure.holds:
                continue
            swing = 0.05 * side * self._swing
            elbow, wrist = (0.245 * side, shoulder - 0.27 + 0.4 * swing), (0.25 * side, shoulder - 0.5 + swing)
            self._capsule((0.185 * side, shoulder), elbow, (0.06, 0.05), self._look.sleeve)
            self._capsule(elbow, wrist, (0.05, 0.038), self._look.sleeve)
            self._capsule((wrist[0], wrist[1] - 0.03), (wrist[0] * 0.97, wrist[1] - 0.085), (0.036, 0.03), self._look.skin)

    def holding(self, hand: tuple[float, float]) -> None:
        """Draw the right arm, bent, its hand at a place."""
        shoulder = self._figure.body.chin_m - 0.155
        elbow = 0.3, min(shoulder - 0.2, hand[1] - 0.12)
        self._capsule((0.185, shoulder), elbow, (0.06, 0.052), self._look.sleeve)
        self._capsule(elbow, (hand[0], hand[1] - 0.05), (0.052, 0.04), self._look.sleeve)
        self._capsule((hand[0], hand[1] - 0.03), (hand[0], hand[1] + 0.02), (0.042, 0.042), self._look.skin)

    def _capsule(self, start: tuple[float, float], end: tuple[float, float], radii: tuple[float, float], colour: Colour) -> None:
        """Fill a limb: round at both ends, thicker at one."""
        a, b = np.array(self._figure.pixel(*start)), np.array(self._figure.pixel(*end))
        along = atan2(b[1] - a[1], b[0] - a[0])
        scale = self._figure.scale
        turned = _ARC @ np.array([[cos(along), sin(along)], [-sin(along), cos(along)]])
        points = np.concatenate([a - turned * (radii[0] * scale), b + turned * (radii[1] * scale)])
        outline = np.rint((points - self._corner) * 2**_FINE).astype(np.int32)
        cv2.fillPoly(self._pixels, [outline], (*colour, 255.0), cv2.LINE_AA, _FINE)


def shadow(figure: Figure, table: float) -> Layer | None:
    """Return the soft dark spot under somebody's feet; `table` is its strength, 0 to 1."""
    column, row = figure.optics.pixel(figure.stance.x_m, 0, figure.stance.z_m)
    wide, high = 0.33 * figure.scale, 0.075 * figure.scale
    whole = Rect(int(column - wide), int(row - high), int(column + wide) + 1, int(row + high) + 1)
    rect = whole.within(Rect(0, 0, figure.optics.width, figure.optics.height))
    if rect.empty:
        return None
    rows, columns = np.ogrid[rect.top : rect.bottom, rect.left : rect.right]
    near = ((columns - column) / wide) ** 2 + ((rows - row) / high) ** 2
    pixels = np.zeros((rect.bottom - rect.top, rect.right - rect.left, 4), np.uint8)
    pixels[..., 3] = np.clip(255 * table * (1 - near), 0, 255).astype(np.uint8)
    return Layer(rect, pixels)
