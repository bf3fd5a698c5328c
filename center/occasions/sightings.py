"""a gateway's event → who or what was before which camera, and when: all that the check-in needs of it, whichever way it came.

An instant is the earlier of when it was seen and when it was received: a clock from the future puts nobody behind whoever comes later. An
instant of before 2000 is no clock's: then it is when it was received.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from center.fields import EARLIEST
from wardroom.admission import Method
from wardroom.errors import InvalidMessage
from wardroom.event import Event
from wardroom.sight_events import CodeRead, CodeReadData, FaceRecognized, FaceRecognizedData, FaceUnknown, FaceUnknownData
from wardroom.topics import Gateway

Data = CodeReadData | FaceRecognizedData | FaceUnknownData
KINDS: Final[Mapping[str, type[Data]]] = {
    str(kind.__struct_config__.tag): data
    for kind, data in ((CodeRead, CodeReadData), (FaceRecognized, FaceRecognizedData), (FaceUnknown, FaceUnknownData))
}
"""The events that somebody at a gate makes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An event's envelope, with what was added on its way: whose it is, when it came. `time`: when it was told, by the gateway's clock."""

    event: UUID
    place: Gateway
    time: datetime
    received: datetime
    offline: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """Somebody or a code before a camera. `visit` is the passage; of two events of one visit the one with the later id is truer.

    `late_s`: how long it was on the way, by two clocks. `person`: whose face it is, None for nobody known; `code`: the digest of what was
    read; `evidence`: the digest of the best shot.
    """

    visit: UUID
    event: UUID
    place: Gateway
    camera: str
    at: datetime
    received: datetime
    offline: bool
    late_s: float
    method: Method
    person: str | None = None
    code: bytes | None = None
    score: float | None = None
    evidence: bytes | None = None


def of_event(event: Event, place: Gateway, received: datetime) -> Sighting | None:
    """Return what a live event tells, None where it is of something else."""
    if not isinstance(event, CodeRead | FaceRecognized | FaceUnknown):
        return None
    return _sighting(Told(event=UUID(event.id), place=place, time=event.time, received=received, offline=event.offline), event.data)


def of_row(kind: str, told: Told, data: object) -> Sighting:
    """Return what a stored event tells. `kind`: one of `KINDS`. Raises InvalidMessage where its data is not what it should be."""
    try:
        return _sighting(told, msgspec.convert(data, KINDS[kind]))
    except msgspec.ValidationError as error:
        raise InvalidMessage("wire.bad_event", detail=str(error)[:200]) from error


def _sighting(told: Told, data: Data) -> Sighting:
    known = data if isinstance(data, FaceRecognizedData) else None
    code = data if isinstance(data, CodeReadData) else None
    evidence = None if isinstance(data, CodeReadData) or data.evidence is None else bytes.fromhex(data.evidence)
    return Sighting(
        visit=UUID(data.visit),
        event=told.event,
        place=told.place,
        camera=data.camera,
        at=data.at if EARLIEST <= data.at < told.received else told.received,
        received=told.received,
        offline=told.offline,
        late_s=(told.received - told.time).total_seconds(),
        method=Method.CODE if code else Method.FACE,
        person=known.person if known else None,
        code=bytes.fromhex(code.digest) if code else None,
        score=round(known.score, 4) if known else None,
        evidence=evidence,
    )
