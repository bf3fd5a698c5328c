"""(cast, frame number) → the frame's picture and its truth; the same question always has the same answer, to the byte."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import cv2

from simulators.scenes import stamp
from simulators.scenes.backdrop import Backdrop, backdrop
from simulators.scenes.cast import Cast, Visit, cast
from simulators.scenes.figure import Figure, Look, lit, shadow
from simulators.scenes.kept import Kept
from simulators.scenes.layers import Layer, lay_on
from simulators.scenes.light import LIGHTS, Noise, room, subjects
from simulators.scenes.optics import Optics
from simulators.scenes.people import People
from simulators.scenes.presence import Drawn, Lens
from simulators.scenes.script import Level, SceneScript
from simulators.scenes.truth import FrameTruth, Presence, SceneTruth
from vision.frames import Image

_LOOKS: Final = 12
_SHADOW: Final = 0.4
_DEFOCUS: Final = 2.0
"""What a defocus of one pixel's standard deviation counts as, beside a smear of so many pixels."""


@dataclass(frozen=True, slots=True, eq=False)
class Composed:
    """A frame's picture (h, w, 3), and what is in it."""

    image: Image
    truth: FrameTruth


@dataclass(frozen=True, slots=True, eq=False)
class _Room:
    """The empty entrance in one light; what stands in it with its distance, the farthest first."""

    image: Image
    noise: Noise
    props: tuple[tuple[float, Layer], ...]


class Scene:
    """A scene that can be asked for any of its frames; one thread at a time."""

    def __init__(self, script: SceneScript, players: Cast, place: Backdrop, optics: Optics) -> None:
        self.script = script
        self.cast = players
        self._place = place
        self._optics = optics
        self._rooms: Kept[Level, _Room] = Kept(len(Level))
        self._looks: Kept[tuple[str, Level], Look] = Kept(_LOOKS)

    @property
    def head(self) -> SceneTruth:
        """Return what is true of the whole scene."""
        script = self.script
        return SceneTruth(
            seed=script.seed, width=script.width, height=script.height, fps=script.fps, frames=script.frames, enrolled=self.cast.enrolled
        )

    def composed(self, number: int) -> Composed:
        """Return frame `number`; beyond the scene's end the entrance is empty."""
        at_s = number / self.script.fps
        level = self.script.level(at_s)
        place = self._rooms.get(level, lambda: self._room(level))
        image = place.image.copy()
        people = self._people(image, place, level, at_s)
        sigma = self._sigma(at_s)
        if sigma:
            cv2.GaussianBlur(image, (0, 0), sigma, dst=image)
        place.noise.add(image, number)
        if self.script.stamp:
            stamp.write(image, number)
        return Composed(image, FrameTruth(number=number, at_s=round(at_s, 6), level=level, people=people))

    def all(self) -> Iterator[Composed]:
        """Yield every frame."""
        for number in range(self.script.frames):
            yield self.composed(number)

    def _sigma(self, at_s: float) -> float:
        return self.script.sigma(at_s) * self.script.height / 720

    def _room(self, level: Level) -> _Room:
        light, place = LIGHTS[level], self._place
        image = room(light, place.image, place.depth_m)
        props = sorted(((prop.z_m, Layer.cut(image, prop.rect, prop.alpha)) for prop in place.props), key=lambda prop: -prop[0])
        return _Room(image, Noise(light, (self._optics.width, self._optics.height), self.script.seed), tuple(props))

    def _look(self, visit: Visit, level: Level) -> Look:
        def made() -> Look:
            return lit(*self.cast.body(visit), subjects(LIGHTS[level]))

        return self._looks.get((visit.id, level), made)

    def _figures(self, at_s: float) -> list[tuple[Visit, Figure]]:
        """Return who is there, the farthest first."""
        there: list[tuple[Visit, Figure]] = []
        for visit in self.cast.visits:
            stance = visit.walk.at(at_s)
            if stance is not None:
                there.append((visit, Figure(*self.cast.body(visit), stance, visit.walk.at_gate(at_s), self._optics)))
        return sorted(there, key=lambda one: -one[1].stance.z_m)

    def _people(self, image: Image, place: _Room, level: Level, at_s: float) -> tuple[Presence, ...]:
        """Draw everybody, the farthest first, what stands in the entrance in its turn; return who is where."""
        lens = Lens(LIGHTS[level].exposure_s, self._sigma(at_s) * _DEFOCUS)
        drawn: list[Drawn] = []
        props = list(place.props)
        for visit, figure in self._figures(at_s):
            while props and props[0][0] > figure.stance.z_m:
                _lay(image, props.pop(0)[1], drawn, again=True)
            dark = shadow(figure, _SHADOW)
            if dark is not None:
                lay_on(image[dark.rect.slices], dark.pixels)
            layer = figure.layer(self._look(visit, level), lens.exposure_s)
            if layer is not None:
                _lay(image, layer, drawn)
                drawn.append(Drawn(visit, figure, lens))
        for _, layer in props:
            _lay(image, layer, drawn, again=True)
        return tuple(one.presence() for one in drawn)


def prepared(script: SceneScript, people: People) -> Scene:
    """Return the scene of a script, everything read and cut out; raises ConfigError or PictureError in one sentence."""
    optics = Optics(script.width, script.height)
    return Scene(script, cast(script, people, optics), backdrop(optics, script.seed), optics)


def _lay(image: Image, layer: Layer, drawn: list[Drawn], *, again: bool = False) -> None:
    """Lay a layer over all that is farther; what the empty entrance shows anyhow is laid `again` only where it hides somebody."""
    hidden = [one for one in drawn if one.cover(layer)]
    if hidden or not again:
        lay_on(image[layer.rect.slices], layer.pixels)
