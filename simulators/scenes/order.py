"""what `wardroom simulate scene` was asked for."""

from pathlib import Path

from msgspec import Struct

from simulators.scenes.script import Level


class Order(Struct, frozen=True, kw_only=True):
    """One scene to show. `people` None: drawn ones. Exactly one of `film`, `rtsp` (a port) and `frames` (a folder) says where it goes."""

    people: Path | None = None
    drawn: int = 6
    models: Path | None = None
    script: Path | None = None
    seconds: float | None = None
    light: Level | None = None
    seed: int = 1
    fps: float = 12.0
    film: Path | None = None
    rtsp: int | None = None
    frames: Path | None = None
    truth: Path | None = None
