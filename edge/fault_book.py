"""a sensor's last word → a small file beside the outbox: a restart forgets no fault, and leaves none standing for ever."""

from pathlib import Path
from typing import Final

from msgspec import Struct

from edge.note_file import NoteFile
from wardroom.messages import SensorFaultData, SensorFaultReason, SensorRecoveredData

BOOK_FILE: Final = "faults.json"


class Standing(Struct, frozen=True):
    """A fault that was told and not taken back; `since_us` is when it was first told, microseconds since 1970 UTC."""

    reason: SensorFaultReason
    since_us: int


class FaultBook:
    """The faults that stand, by sensor: bounded by the sensors there are, since others are taken out with `others`."""

    def __init__(self, file: Path) -> None:
        self._file = NoteFile(file, Standing)
        self._standing = self._file.read()

    def standing(self, sensor: str) -> Standing | None:
        """Return the fault of a sensor that was told last."""
        return self._standing.get(sensor)

    def others(self, sensors: set[str]) -> dict[str, Standing]:
        """Return the faults of sensors that are none of `sensors`."""
        return {sensor: standing for sensor, standing in self._standing.items() if sensor not in sensors}

    def note(self, data: SensorFaultData | SensorRecoveredData, now_us: int) -> None:
        """Keep what was told."""
        if isinstance(data, SensorRecoveredData):
            self._standing.pop(data.sensor, None)
        else:
            before = self._standing.get(data.sensor)
            self._standing[data.sensor] = Standing(data.reason, before.since_us if before else now_us)
        self._file.write(self._standing)
