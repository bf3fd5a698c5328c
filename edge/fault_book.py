"""a sensor's last word → a small file beside the outbox: a restart forgets no fault, and leaves none standing for ever."""

from pathlib import Path
from typing import Final

import msgspec
import structlog
from msgspec import Struct

from wardroom.messages import SensorFaultData, SensorFaultReason, SensorRecoveredData

BOOK_FILE: Final = "faults.json"

_log = structlog.get_logger()


class Standing(Struct, frozen=True):
    """A fault that was told and not taken back; `since_us` is when it was first told, microseconds since 1970 UTC."""

    reason: SensorFaultReason
    since_us: int


class FaultBook:
    """The faults that stand, by sensor: bounded by the sensors there are, since others are taken out with `others`."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._standing = self._read()

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
        self._write()

    def _read(self) -> dict[str, Standing]:
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=dict[str, Standing])
        except FileNotFoundError:
            return {}
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
            _log.warning("fault book cannot be read; sensors at fault are told anew", file=str(self._file), detail=str(error))
            return {}

    def _write(self) -> None:
        """Replace the file whole; where the disk takes nothing the old one stays, and a restart may tell a fault twice."""
        fresh = self._file.with_suffix(".new")
        try:
            fresh.write_bytes(msgspec.json.encode(self._standing))
            fresh.replace(self._file)
        except OSError as error:
            _log.warning("fault book cannot be written", file=str(self._file), detail=error.strerror)
