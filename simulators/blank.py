"""a camera's pace → pictures with nothing on them: for gates that are told what they see."""

from collections.abc import Generator
from typing import Final

import numpy as np

from edge.camera_settings import CameraSettings
from edge.captures.file import waited
from edge.captures.picture import Picture
from vision.frames import Image
from wardroom.clock import Clock

_SIZE: Final = (180, 320, 3)


class Blank:
    """Such a camera. Made with (camera, clock); named ``simulators.blank:Blank`` in a gateway's file."""

    def __init__(self, camera: CameraSettings, clock: Clock) -> None:
        self._every_s = 1 / camera.fps
        self._clock = clock
        self.place = "blank"

    def pictures(self) -> Generator[Picture | None, None, None]:
        """Yield a grey picture at each moment, until closed."""
        image = np.full(_SIZE, 128, np.uint8)

        def made() -> Image:
            return image

        due = self._clock.monotonic()
        while True:
            yield from waited(self._clock, due)
            yield Picture(made)
            due = max(due + self._every_s, self._clock.monotonic() - self._every_s)
