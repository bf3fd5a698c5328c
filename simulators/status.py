"""what the fleet and the probe say of themselves ↔ a small file each, for the panel and the report; whole or not at all."""

import os
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Struct

from wardroom.errors import StorageError

S = TypeVar("S", bound=Struct)


class FaultNow(Struct, frozen=True):
    """A fault that shows now."""

    kind: str
    place: str


class FleetStatus(Struct, frozen=True, kw_only=True):
    """The fleet, once a second; `malformed` messages have their receipt as dead letters."""

    gateways: int = 0
    connected: int = 0
    sensors: int = 0
    recorded: int = 0
    backlog: int = 0
    malformed: int = 0
    draining: bool = False
    drained: bool = False
    faults: tuple[FaultNow, ...] = ()


class ProbeStatus(Struct, frozen=True, kw_only=True):
    """The probe, once a second; `apart` readings were not live: an outage lay between the sensor and the screen."""

    connected: bool = False
    connections: int = 0
    measured: int = 0
    apart: int = 0
    p50_ms: float | None = None
    p99_ms: float | None = None


def write(file: Path, status: Struct) -> None:
    """Replace the file's status; a full disk is no reason to stop."""
    part = file.with_name(f".{file.name}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
            stream.write(msgspec.json.encode(status))
        part.replace(file)
    except OSError as error:
        raise StorageError("simulators.status_unusable", file=file, detail=error.strerror) from error


def read(file: Path, kind: type[S]) -> S | None:
    """Return the file's status, None where there is none."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=kind)
    except (OSError, msgspec.MsgspecError):
        return None
