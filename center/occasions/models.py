"""What the REST interface takes and gives of occasions, their lists and gates; the names say the direction."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from center.fields import Instant, Line, Name
from center.occasions import emblems
from center.occasions.states import State
from wardroom.admission import Direction

EMBLEM_BYTES: Final = 49_152

Word = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$", description="1 to 64 of A-Z a-z 0-9 _ -")]
Colour = Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$", description="#rrggbb")]
Emblem = Annotated[
    str,
    Field(pattern=r"^data:image/png;base64,[A-Za-z0-9+/]+={0,2}$", max_length=EMBLEM_BYTES, description="A PNG as data:image/png;base64."),
]


class In(BaseModel):
    """What a client sends: an unknown field is an error."""

    model_config = ConfigDict(extra="forbid")


class Theme(In):
    """How a welcome screen looks and what it says."""

    background: Colour = "#7a0c12"
    ink: Colour = "#fff8e1"
    accent: Colour = "#ffd54a"
    emblem: Emblem | None = None
    heading: Line = ""
    greeting: Line = "Trân trọng chào mừng Đại biểu"
    idle: Line = "Kính chào quý đại biểu"


class ThemeIn(Theme):
    """A look that is chosen: its emblem is really a picture."""

    emblem: Annotated[Emblem, AfterValidator(emblems.checked)] | None = None


class OccasionIn(In):
    """An occasion is planned."""

    name: Name
    place: Line = ""
    starts: Instant
    ends: Instant
    retain_days: Annotated[int, Field(ge=0, le=3_650, description="Days after its end for which photos and faces are kept.")] = 30
    theme: ThemeIn = ThemeIn()


class OccasionPatch(In):
    """What is to be changed of an occasion; what is not given stays."""

    name: Name | None = None
    place: Line | None = None
    starts: Instant | None = None
    ends: Instant | None = None
    retain_days: Annotated[int | None, Field(ge=0, le=3_650)] = None
    theme: ThemeIn | None = None


class StateIn(In):
    """An occasion goes on to another state."""

    state: State


class ListIn(In):
    """A session or a day. Without times it is the occasion's."""

    name: Name
    starts: Instant | None = None
    ends: Instant | None = None


class ListPatch(In):
    """What is to be changed of a list; what is not given stays, a null takes a time away."""

    name: Name | None = None
    starts: Instant | None = None
    ends: Instant | None = None


class GateIn(In):
    """A camera and a screen: `id` is in the screen's address. Without a camera it is only a screen, and a desk's place."""

    id: Word
    name: Line = ""
    list: UUID
    direction: Direction = Direction.IN
    site: Word | None = None
    gateway: Word | None = None
    camera: Word | None = None


class GatePatch(In):
    """What is to be changed of a gate; what is not given stays, a null takes the camera away."""

    name: Line | None = None
    list: UUID | None = None
    direction: Direction | None = None
    site: Word | None = None
    gateway: Word | None = None
    camera: Word | None = None


class GateOut(BaseModel):
    """A gate of an occasion."""

    id: str
    name: str
    list: UUID
    direction: Direction
    site: str | None
    gateway: str | None
    camera: str | None


class ListOut(BaseModel):
    """A list with its numbers: `expected` are its delegates who are not revoked, `arrived` those who came in, `inside` who is now."""

    id: UUID
    name: str
    starts: datetime | None
    ends: datetime | None
    expected: int
    arrived: int
    inside: int


class OccasionOut(BaseModel):
    """An occasion with its lists and gates."""

    id: UUID
    name: str
    place: str
    starts: datetime
    ends: datetime
    state: State
    opened: datetime | None
    closed: datetime | None
    retain_days: int
    theme: Theme
    delegates: int
    lists: tuple[ListOut, ...] = ()
    gates: tuple[GateOut, ...] = ()


class DelegationOut(BaseModel):
    """How many of a delegation are expected, and how many came in."""

    delegation: str
    expected: int
    arrived: int


class AttendanceOut(BaseModel):
    """A list's numbers, whole and by delegation."""

    list: UUID
    expected: int
    arrived: int
    inside: int
    delegations: tuple[DelegationOut, ...]


class WelcomeOut(BaseModel):
    """What a gate's screen shows when nobody comes."""

    gate: str
    name: str
    direction: Direction
    occasion: UUID
    name_of_occasion: str
    place: str
    starts: datetime
    ends: datetime
    state: State
    theme: Theme


class Presence(StrEnum):
    """Whom to show: who did not come, who came, who is in."""

    MISSING = "missing"
    ARRIVED = "arrived"
    INSIDE = "inside"
