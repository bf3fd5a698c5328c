"""bytes ↔ what was seen: visits of people and things, zones, faces. Every type has flat `data`, and `subject` is the camera.

A visit is one id from its first event to its last: new, any number of updates, end. What is said later under the same id is truer.
"""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from wardroom.event import UUID7, Count, Event, Id, Instant, Text

Score = Annotated[float, Meta(ge=-1, le=1)]
"""What a detector is sure of, 0 to 1, or a cosine of two faces."""
Seconds = Annotated[float, Meta(ge=0)]
Digest = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$(?!\n)")]
"""SHA-256 in hexadecimal."""
Zones = Annotated[str, Meta(max_length=500, pattern=r"^([A-Za-z0-9_-]+(,[A-Za-z0-9_-]+)*)?$(?!\n)")]
"""Zones' names with commas between: data is flat."""


class Change(StrEnum):
    """Where in a visit an event stands."""

    NEW = "new"
    UPDATE = "update"
    END = "end"


class ObjectVisitData(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody or something came, is somewhere else or better seen, or went. `began`, `seen`: its first and last sighting so far."""

    camera: Id
    visit: UUID7
    change: Change
    label: Text
    score: Score
    began: Instant
    seen: Instant
    zones: Zones = ""
    stationary: bool = False


class InZone(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody or something and a zone. `visit`: None where none was told of it."""

    camera: Id
    zone: Id
    label: Text
    at: Instant
    visit: UUID7 | None = None


class ObjectEnteredData(InZone, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody or something is in a zone."""


class ObjectLeftData(InZone, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody or something is out of a zone again, after `stayed_s`."""

    stayed_s: Seconds


class ObjectLoiteringData(InZone, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody or something is in a zone for longer than is wanted."""

    stayed_s: Seconds


class ZoneCrowdedData(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A zone has more visitors at once than is wanted, or no longer has."""

    camera: Id
    zone: Id
    crowded: bool
    count: Count
    at: Instant


class FaceVisit(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is known of a face's visit. `at`: when the deciding frame was caught. `liveness`: a score, no proof; None where nobody looked.

    `votes` of `frames` speak for whoever leads; `reason`: why that is enough, or is not. `evidence`: of the best shot's JPEG, which goes to
    the center by another way; None where none is kept.
    """

    camera: Id
    visit: UUID7
    change: Change
    at: Instant
    reason: Id
    votes: Count = 0
    frames: Count = 0
    liveness: Score | None = None
    evidence: Digest | None = None


class FaceRecognizedData(FaceVisit, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A face's visit is somebody known, by the votes of its frames. `score`: their mean cosine; `runner_up`: whoever came next."""

    person: Text
    score: Score
    runner_up: Text | None = None
    runner_up_score: Score | None = None


class FaceUnknownData(FaceVisit, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A face's visit is nobody known. `nearest` is no name to act on; it is kept so that the answer can be explained."""

    nearest: Text | None = None
    nearest_score: Score | None = None


class CodeReadData(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A QR code was held before a camera. `digest`: of its text (UTF-8), which may be anybody's and is not told; one a stay, by `visit`."""

    camera: Id
    visit: UUID7
    at: Instant
    digest: Digest


class ObjectVisit(Event, frozen=True, kw_only=True, tag="vn.wardroom.object.visit.v1"):
    """`ObjectVisitData` in its envelope."""

    data: ObjectVisitData


class ObjectEntered(Event, frozen=True, kw_only=True, tag="vn.wardroom.object.entered.v1"):
    """`ObjectEnteredData` in its envelope."""

    data: ObjectEnteredData


class ObjectLeft(Event, frozen=True, kw_only=True, tag="vn.wardroom.object.left.v1"):
    """`ObjectLeftData` in its envelope."""

    data: ObjectLeftData


class ObjectLoitering(Event, frozen=True, kw_only=True, tag="vn.wardroom.object.loitering.v1"):
    """`ObjectLoiteringData` in its envelope."""

    data: ObjectLoiteringData


class ZoneCrowded(Event, frozen=True, kw_only=True, tag="vn.wardroom.zone.crowded.v1"):
    """`ZoneCrowdedData` in its envelope."""

    data: ZoneCrowdedData


class FaceRecognized(Event, frozen=True, kw_only=True, tag="vn.wardroom.face.recognized.v1"):
    """`FaceRecognizedData` in its envelope."""

    data: FaceRecognizedData


class FaceUnknown(Event, frozen=True, kw_only=True, tag="vn.wardroom.face.unknown.v1"):
    """`FaceUnknownData` in its envelope."""

    data: FaceUnknownData


class CodeRead(Event, frozen=True, kw_only=True, tag="vn.wardroom.code.read.v1"):
    """`CodeReadData` in its envelope."""

    data: CodeReadData


AnySight = CodeRead | FaceRecognized | FaceUnknown | ObjectEntered | ObjectLeft | ObjectLoitering | ObjectVisit | ZoneCrowded
SightData = (
    CodeReadData
    | FaceRecognizedData
    | FaceUnknownData
    | ObjectEnteredData
    | ObjectLeftData
    | ObjectLoiteringData
    | ObjectVisitData
    | ZoneCrowdedData
)
"""What a camera's pictures say."""
