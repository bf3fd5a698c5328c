"""what is in each frame and who visited when → JSON lines, and back: what a system that watches a scene is measured against."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

import msgspec
from msgspec import Struct

from simulators.scenes.script import Level
from simulators.scenes.whole import whole
from wardroom.errors import ConfigError

Box: TypeAlias = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels; may reach beyond the picture's edges."""
Points: TypeAlias = tuple[tuple[float, float], ...]
USABLE_PX: Final = 48.0
"""A face narrower than this is too small to be recognised."""
USABLE_SHARE: Final = 0.85
"""A face of which less is seen, for the picture's edge or what is before it, cannot be asked to be recognised."""
USABLE_BLUR_PX: Final = 4.0


class FaceTruth(Struct, frozen=True, kw_only=True):
    """A face in one frame. `person`: whose; in a picture that is held up not the visitor's, and not `live`. `visible`: the share seen."""

    person: str
    box: Box
    landmarks: Points
    visible: float
    live: bool = True
    blur_px: float = 0.0

    @property
    def width(self) -> float:
        """Return the box's width in pixels."""
        return self.box[2] - self.box[0]

    @property
    def usable(self) -> bool:
        """Return whether a good system must recognise it: large, whole, sharp and alive."""
        return self.live and self.width >= USABLE_PX and self.visible >= USABLE_SHARE and self.blur_px <= USABLE_BLUR_PX


class CodeTruth(Struct, frozen=True, kw_only=True):
    """A QR code held up in one frame."""

    text: str
    box: Box
    visible: float


class Presence(Struct, frozen=True, kw_only=True):
    """Somebody in one frame; `faces` is empty where only the back of the head is seen, and has two where a picture is held up."""

    visit: str
    person: str
    box: Box
    visible: float
    distance_m: float
    faces: tuple[FaceTruth, ...] = ()
    code: CodeTruth | None = None


class FrameTruth(Struct, frozen=True, kw_only=True, tag="frame"):
    """Everybody in one frame, the farthest first."""

    number: int
    at_s: float
    level: Level
    people: tuple[Presence, ...] = ()


class VisitTruth(Struct, frozen=True, kw_only=True, tag="visit"):
    """One visit, in seconds of the scene: in the picture from, to; `usable_s`: when the face could first be recognised, None if never.

    `known`: whether the person is enrolled. `usable_frames`: in how many frames the face could be recognised. `largest_px`: the width of
    the largest face that could be.
    """

    id: str
    person: str
    known: bool
    picture: str
    from_s: float
    to_s: float
    usable_s: float | None = None
    usable_frames: int = 0
    largest_px: float = 0.0
    badge: str | None = None
    shows: str | None = None


class SceneTruth(Struct, frozen=True, kw_only=True, tag="scene"):
    """The head of the file. `enrolled`: each enrolled person's picture to enrol."""

    seed: int
    width: int
    height: int
    fps: float
    frames: int
    enrolled: dict[str, str]


Line: TypeAlias = SceneTruth | FrameTruth | VisitTruth


@dataclass(frozen=True, slots=True)
class Truth:
    """The whole truth of a scene."""

    scene: SceneTruth
    frames: tuple[FrameTruth, ...] = ()
    visits: tuple[VisitTruth, ...] = field(default=())


def written(file: Path, lines: Iterable[Line]) -> None:
    """Write one JSON object a line; raises ConfigError if the file cannot be written."""
    encoder = msgspec.json.Encoder()
    try:
        with whole(file) as part, part.open("wb") as out:
            for line in lines:
                out.write(encoder.encode(line) + b"\n")
    except OSError as error:
        raise ConfigError("simulators.status_unusable", file=file, detail=error.strerror) from error


def lines(truth: Truth) -> Iterator[Line]:
    """Yield the lines of the file: the scene, its frames, its visits."""
    yield truth.scene
    yield from truth.frames
    yield from truth.visits


def read(file: Path) -> Truth:
    """Return the truth in a file; raises ConfigError if it is none."""
    try:
        decoder = msgspec.json.Decoder(Line)
        found = [decoder.decode(line) for line in file.read_bytes().splitlines()]
    except OSError as error:
        raise ConfigError("config.unreadable", file=file, detail=error.strerror) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ConfigError("simulators.scene_not_read", file=file, detail=str(error)) from error
    heads = [line for line in found if isinstance(line, SceneTruth)]
    if not heads:
        raise ConfigError("simulators.scene_not_read", file=file, detail="scene?")
    frames = tuple(line for line in found if isinstance(line, FrameTruth))
    return Truth(heads[0], frames, tuple(line for line in found if isinstance(line, VisitTruth)))
