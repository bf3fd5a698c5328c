"""a camera's last word → a small file beside the outbox: a restart tells only what changed meanwhile."""

from pathlib import Path
from typing import Final

from edge.note_file import NoteFile
from wardroom.camera_events import CameraStatusData

BOOK_FILE: Final = "cameras.json"


class CameraBook:
    """What was told last of each camera: bounded by the cameras there are, since others are taken out with `removed`."""

    def __init__(self, file: Path) -> None:
        self._file = NoteFile(file, CameraStatusData)
        self._told = self._file.read()

    def told(self, camera: str) -> CameraStatusData | None:
        """Return what was told last of a camera."""
        return self._told.get(camera)

    def others(self, cameras: set[str]) -> list[CameraStatusData]:
        """Return what was told last of cameras that are none of `cameras`."""
        return [told for camera, told in self._told.items() if camera not in cameras]

    def note(self, data: CameraStatusData) -> None:
        """Keep what was told."""
        self._told[data.camera] = data
        self._file.write(self._told)

    def forget(self, camera: str) -> None:
        """Keep nothing of a camera that is no more."""
        if self._told.pop(camera, None) is not None:
            self._file.write(self._told)
