"""(camera, clock) → a scene as one of the edge's cameras: ``source = "simulators.scenes.capture:SceneCamera"`` in a gateway's file.

A picture is composed only when somebody takes it. At its end the scene begins anew if the camera says ``repeat``.
"""

import threading
from collections.abc import Generator
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from edge.camera_options import checked
from edge.camera_settings import CameraSettings
from edge.captures.file import waited
from edge.captures.picture import Picture
from simulators.scenes.asked import asked
from simulators.scenes.order import Order
from simulators.scenes.scene import Scene, prepared
from simulators.scenes.script import Level
from vision.errors import VisionError
from vision.frames import Image
from wardroom.clock import Clock
from wardroom.errors import CameraError, WardroomError

PLACE = "scene"


class SceneOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A simulated camera's `options`: those of `wardroom simulate scene`. Its frame rate is the scene's, the camera's only thins it out."""

    people: str | None = None
    drawn: Annotated[int, Meta(ge=1, le=1_000)] = 6
    models: str | None = None
    script: str | None = None
    seconds: Annotated[float, Meta(ge=1, le=86_400)] | None = None
    light: Level | None = None
    seed: Annotated[int, Meta(ge=0)] = 1
    fps: Annotated[float, Meta(ge=1, le=60)] = 12.0


class SceneCamera:
    """One scene as a camera."""

    def __init__(self, camera: CameraSettings, clock: Clock) -> None:
        options = checked(camera.id, "options", camera.options, SceneOptions)
        self._order = _order(options)
        self._repeat = camera.repeat
        self._clock = clock
        self._composing = threading.Lock()
        self._scene: Scene | None = None
        self.place = options.people or PLACE

    def pictures(self) -> Generator[Picture | None, None, None]:
        """Yield each picture at its time; raises CameraError if the scene cannot be made, and at its end."""
        scene = self._prepared()
        due = self._clock.monotonic()
        while True:
            for number in range(scene.script.frames):
                yield from waited(self._clock, due)
                yield Picture(partial(self._image, scene, number))
                due = max(due, self._clock.monotonic() - 1 / scene.script.fps) + 1 / scene.script.fps
            if not self._repeat:
                raise CameraError("camera.ended", place=self.place)

    def _prepared(self) -> Scene:
        """Return the scene, made once: a camera that is opened again goes on with it."""
        if self._scene is None:
            try:
                self._scene = prepared(*asked(self._order))
            except (WardroomError, VisionError) as error:
                raise CameraError("camera.failed", place=self.place, detail=str(error)) from error
        return self._scene

    def _image(self, scene: Scene, number: int) -> Image:
        with self._composing:
            return scene.composed(number).image


def _order(options: SceneOptions) -> Order:
    fields: dict[str, Any] = msgspec.structs.asdict(options)
    paths = {name: None if fields[name] is None else Path(fields[name]) for name in ("people", "models", "script")}
    return Order(**(fields | paths))
