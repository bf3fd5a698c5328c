"""What the REST interface takes and gives of passages and strangers."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Final, Literal, Self
from uuid import UUID

import msgspec
from pydantic import UUID7, BaseModel, Field

from center.fields import Reason
from center.occasions.delegate_models import Code
from center.occasions.models import In, Word
from wardroom.admission import Direction
from wardroom.live import LivePassage

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
LATEST_S: Final = 48 * 3_600
Version7 = Annotated[UUID7, Field(description="A UUIDv7 made by the desk: the same one again is the same passage.")]


class PassageIn(In):
    """The desk lets somebody pass: by the code of their badge, by their name, by hand. By hand and against the rules it says why.

    `ago_s`: how long ago that was, for a desk whose center was away; no instant, for nobody knows how its clock is set.
    """

    id: Version7
    gate: Word | None = None
    direction: Direction = Direction.IN
    method: Literal["code", "name", "hand"]
    code: Code | None = None
    delegate: UUID | None = None
    override: bool = False
    reason: Reason | None = None
    ago_s: Annotated[float, Field(ge=0, le=LATEST_S)] = 0


class UndoIn(In):
    """A passage is taken back."""

    reason: Reason


class PassageOut(BaseModel):
    """Somebody at a gate or a desk, and what it counts for; as on the live interface, with times as text."""

    id: str
    occasion: str
    list: str
    gate: str | None
    at: datetime
    received: datetime
    direction: str
    method: str
    result: str
    delegate: str | None
    person: str | None
    title: str
    name: str
    position: str
    unit: str
    delegation: str
    seat: str
    score: float | None
    stranger: str | None
    evidence: str | None
    offline: bool
    rehearsal: bool
    overridden: bool
    by: str | None
    reason: str | None

    @classmethod
    def of(cls, live: LivePassage) -> Self:
        fields = msgspec.structs.asdict(live)
        at, received = (_EPOCH + timedelta(microseconds=fields.pop(name)) for name in ("at_us", "received_us"))
        return cls(**fields, at=at, received=received)


class StrangerState(StrEnum):
    """What became of an unknown face."""

    OPEN = "open"
    ASSIGNED = "assigned"
    IGNORED = "ignored"


class StrangerOut(BaseModel):
    """Unknown faces that look alike: how often, when, at which gates, and the best shots, the newest first (at most twelve)."""

    id: UUID
    count: int
    first: datetime
    last: datetime
    gates: tuple[str, ...]
    evidence: tuple[str, ...]
    state: StrangerState


class AssignIn(In):
    """A stranger is a delegate. `enrol`: their best shot becomes a photo of the person, where that person agreed to be recognised."""

    delegate: UUID
    enrol: bool = False


class AssignOut(BaseModel):
    """What became of it: how many passages are the delegate's now; why the best shot did not become a photo, where it was asked to."""

    passages: int
    enrolled: bool
    reason: str | None
