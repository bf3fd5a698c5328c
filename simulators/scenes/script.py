"""TOML or JSON → what happens in a scene: who comes when, by which path, in which light, holding what. Equal scripts give equal frames."""

import tomllib
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta, Struct

from wardroom import settings
from wardroom.errors import ConfigError

Moment = Annotated[float, Meta(ge=0, le=86_400)]
Metres = Annotated[float, Meta(ge=-50, le=50)]
Ahead = Annotated[float, Meta(ge=0.8, le=50)]
Way = Annotated[tuple[tuple[Metres, Ahead], ...], Meta(min_length=2, max_length=32)]
"""Points on the floor: metres to the right of the camera's axis, and ahead of the camera."""
BADGE_LONGEST: Final = 120


class PathName(StrEnum):
    """The ways through the entrance; `simulators.scenes.paths` has their points."""

    CENTRE = "centre"
    LEFT = "left"
    RIGHT = "right"
    CROSS_LEFT = "cross_left"
    """From the left at the back to the right at the front."""
    CROSS_RIGHT = "cross_right"
    EDGE_LEFT = "edge_left"
    """Stops where the picture's edge cuts the face."""
    EDGE_RIGHT = "edge_right"
    TURN_BACK = "turn_back"
    """Comes to the gate, turns round and goes; the face is not seen on the way back."""
    AWAY = "away"
    """Goes from the gate into the building: only the back of a head."""


class Level(StrEnum):
    """How the entrance is lit."""

    BRIGHT = "bright"
    NORMAL = "normal"
    DIM = "dim"
    BACKLIT = "backlit"


class Arrival(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One visit: a person of the folder who comes in."""

    person: Annotated[str, Meta(min_length=1)]
    at_s: Moment
    path: PathName | Way = PathName.CENTRE
    speed_mps: Annotated[float, Meta(ge=0.2, le=4)] = 1.2
    pause_s: Annotated[float, Meta(ge=0, le=600)] = 2.0
    """How long they stop at the gate."""
    picture: str | None = None
    """The file's name; if not given, one that is not the enrolled one where there are several."""
    covers: Literal["nothing", "mask", "hand"] = "nothing"
    """What is before the face."""
    badge: Annotated[str, Meta(min_length=1, max_length=BADGE_LONGEST)] | None = None
    """What the QR code says that is held up at the gate."""
    shows: str | None = None
    """The person whose portrait is held up, in the hope that the camera takes it for a face."""
    on: Literal["paper", "phone"] = "paper"


class LightChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The entrance is lit like this from a moment on."""

    from_s: Moment
    level: Level


class Defocus(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The camera hunts for focus for a while; `sigma_px` is the blur in a picture 720 pixels high."""

    from_s: Moment
    to_s: Moment
    sigma_px: Annotated[float, Meta(gt=0, le=20)] = 2.5


class SceneScript(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A whole scene. Without `enrolled` everybody in the folder is; who is not enrolled is a stranger."""

    seconds: Annotated[float, Meta(gt=0, le=86_400)]
    seed: int = 1
    fps: Annotated[float, Meta(ge=1, le=60)] = 12.0
    width: Annotated[int, Meta(ge=320, le=3840, multiple_of=2)] = 1280
    height: Annotated[int, Meta(ge=180, le=2160, multiple_of=2)] = 720
    arrivals: tuple[Arrival, ...] = ()
    light: tuple[LightChange, ...] = ()
    defocus: tuple[Defocus, ...] = ()
    enrolled: tuple[str, ...] | None = None
    stamp: bool = True
    """Whether the frame's number stands in the picture's upper right corner, in black and white cells."""

    @property
    def frames(self) -> int:
        """Return how many frames the scene has."""
        return max(1, round(self.seconds * self.fps))

    def level(self, at_s: float) -> Level:
        """Return how the entrance is lit at a moment: as the latest change says, normal before the first."""
        return max((change for change in self.light if change.from_s <= at_s), key=_when, default=_FIRST).level

    def sigma(self, at_s: float) -> float:
        """Return the blur of the camera's focus at a moment, 0 if sharp."""
        return max((one.sigma_px for one in self.defocus if one.from_s <= at_s < one.to_s), default=0.0)


_FIRST: Final = LightChange(from_s=0, level=Level.NORMAL)


def _when(change: LightChange) -> float:
    return change.from_s


def read(file: Path) -> SceneScript:
    """Return the script in a TOML or JSON file; raises ConfigError naming field, value and fix."""
    try:
        text = file.read_bytes()
        raw: Any = msgspec.json.decode(text) if file.suffix == ".json" else tomllib.loads(text.decode())
    except FileNotFoundError as error:
        raise ConfigError("config.no_file", file=file) from error
    except OSError as error:
        raise ConfigError("config.unreadable", file=file, detail=error.strerror) from error
    except (ValueError, msgspec.DecodeError, RecursionError) as error:
        raise ConfigError("simulators.scene_not_read", file=file, detail=str(error)) from error
    if not isinstance(raw, dict):
        raise ConfigError("simulators.scene_not_read", file=file, detail=type(raw).__name__)
    return settings.convert(raw, SceneScript, str(file))


def plain(script: SceneScript) -> dict[str, Any]:
    """Return the script as tables and lists, as a file has them."""
    tables: dict[str, Any] = msgspec.to_builtins(script)
    return tables
