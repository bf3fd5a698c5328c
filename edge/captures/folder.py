"""a folder of pictures → one after the other, `fps` a second, by name, once or again and again; one that cannot be read is passed over."""

from collections.abc import Generator
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import structlog

from edge.camera_settings import CameraSettings
from edge.captures.file import waited
from edge.captures.picture import Picture
from vision.errors import PictureError
from vision.frames import Image
from vision.pictures import opened
from wardroom.clock import Clock
from wardroom.errors import CameraError

_ENDINGS: Final = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp"})

_log = structlog.get_logger()


class Folder:
    """One folder. Made with (camera, clock): touches nothing."""

    def __init__(self, camera: CameraSettings, clock: Clock) -> None:
        self._camera = camera
        self._clock = clock
        self.place = camera.needed("path")

    def pictures(self) -> Generator[Picture | None, None, None]:
        """Yield each picture at its time, None for what cannot be read or while it waits; raises CameraError at any end."""
        due = self._clock.monotonic()
        told: set[Path] = set()
        while True:
            files = self._files()
            told.intersection_update(files)
            for file in files:
                yield from waited(self._clock, due)
                due = max(due, self._clock.monotonic() - 1 / self._camera.fps) + 1 / self._camera.fps
                yield self._picture(file, told)
            if not self._camera.repeat:
                raise CameraError("camera.ended", place=self.place)

    def _files(self) -> list[Path]:
        """Return the pictures there are now, by name."""
        try:
            files = sorted(file for file in Path(self.place).iterdir() if file.suffix.lower() in _ENDINGS)
        except PermissionError:
            raise CameraError("camera.auth", place=self.place) from None
        except OSError:
            raise CameraError("camera.not_found", place=self.place) from None
        if not files:
            raise CameraError("camera.not_found", place=f"{self.place}/*.jpg")
        return files

    def _picture(self, file: Path, told: set[Path]) -> Picture | None:
        """Return a picture, or None for one that cannot be read: that is told once, not each time it is its turn."""
        try:
            image = _scaled(opened(file), self._camera.max_width)
        except PictureError as error:
            if file not in told:
                _log.warning("picture passed over", camera=self._camera.id, detail=str(error))
            told.add(file)
            return None
        told.discard(file)
        return Picture(lambda: image)


def _scaled(image: Image, max_width: int) -> Image:
    height, width = image.shape[:2]
    if width <= max_width:
        return image
    return np.asarray(cv2.resize(image, (max_width, max(1, round(height * max_width / width))), interpolation=cv2.INTER_AREA), np.uint8)
