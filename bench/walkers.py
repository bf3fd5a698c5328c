"""a film → a camera for benchmarks: the file's own pictures, and in a log the instant at which each was handed over."""

import time
from collections.abc import Generator
from pathlib import Path

from msgspec import Struct

from edge.camera_options import checked
from edge.camera_settings import CameraSettings
from edge.captures.file import File
from edge.captures.picture import Picture
from wardroom.clock import Clock


class WalkersOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Such a camera's `options`."""

    log: str


class Walkers:
    """The film again and again. Made with (camera, clock); named ``bench.walkers:Walkers`` in a gateway's file."""

    def __init__(self, camera: CameraSettings, clock: Clock) -> None:
        self._file = File(camera, clock)
        self._log = Path(checked(camera.id, "options", camera.options, WalkersOptions).log)
        self.place = self._file.place

    def pictures(self) -> Generator[Picture | None, None, None]:
        """Yield each picture at its time, noted before."""
        with self._log.open("a", encoding="ascii", buffering=1) as log:
            for picture in self._file.pictures():
                if picture is not None:
                    log.write(f"{time.time_ns() // 1_000}\n")
                yield picture


def handed_over(log: Path) -> list[int]:
    """Return when each picture was handed over, in microseconds since 1970."""
    return [int(line) for line in log.read_text(encoding="ascii").split()] if log.exists() else []
