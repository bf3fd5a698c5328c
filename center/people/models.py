"""What the REST interface takes and gives of people; the names say the direction."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from center.fields import Instant, Name, Note

Uuid = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", description="A UUID in small letters.")]
Kind = Literal["face", "photo_shown"]


class _In(BaseModel):
    """What a client sends: an unknown field is an error."""

    model_config = ConfigDict(extra="forbid")


class FoundIn(_In):
    """Who is looked for. `q`: any words of the name, in any order, with diacritics or without."""

    q: Annotated[str, Field(max_length=200)] = ""
    cursor: Annotated[str | None, Field(max_length=400)] = None
    limit: Annotated[int, Field(ge=1, le=1_000)] = 200


class AgreedIn(_In):
    """What somebody agreed to: `face`, to be recognised; `photo_shown`, to be shown on a welcome screen."""

    kind: Kind
    note: Note = ""


class PersonIn(_In):
    """Somebody who may be recognised."""

    name: Name
    consents: Annotated[list[AgreedIn], Field(max_length=2)] = []
    retain_until: Instant | None = None


class PersonChangeIn(_In):
    """What becomes different; what is not named stays. `retain_until` null: until somebody erases them, or their occasions are over."""

    name: Name | None = None
    retain_until: Instant | None = None


class ConsentIn(_In):
    """A word of consent, given or withdrawn."""

    kind: Kind
    given: bool
    note: Note = ""


class Consents(BaseModel):
    """What holds now."""

    face: bool
    photo_shown: bool


class PersonOut(BaseModel):
    """Somebody. `enrolled`: can be recognised now."""

    id: str
    name: str
    photos: int
    enrolled: bool
    consent: Consents
    retain_until: datetime | None


class NearestOut(BaseModel):
    """Who else looks most like a photo, and the cosine: an advice, never a name to act on."""

    person: str
    name: str
    score: float


class PhotoOut(BaseModel):
    """What was found in a photo. `id` null: it was refused, and `reason` says why; nothing of it is kept.

    `size_px`: the face's shorter side. `blur`: 0 sharp to 1 smeared. `pose_deg`: how far it is turned, raised or tilted. `exposure`: 0 is
    dark, 1 is bright.
    """

    id: str | None
    file: str
    accepted: bool
    reason: str | None
    faces: int
    size_px: float | None
    blur: float | None
    pose_deg: float | None
    exposure: float | None
    nearest: NearestOut | None
    created: datetime


class SaidOut(BaseModel):
    """A word of consent: who noted it, when, and how it was given."""

    kind: Kind
    given: bool
    at: datetime
    noted_by: str
    note: str


class PersonWithPhotosOut(PersonOut):
    """Somebody with what is kept of their photos, and every word of consent, the newest first."""

    photo_list: list[PhotoOut]
    consents: list[SaidOut]


class ErasedGatewayOut(BaseModel):
    """A gateway that held somebody's face. `told`: it is connected and takes the change now; else it does when it returns."""

    site: str
    gateway: str
    told: bool


class ErasureOut(BaseModel):
    """What was erased, by table, and what a query over every table that refers to people still finds: nothing.

    `awaited`: best shots that were told of and have not come; they are let go when they do.
    """

    person: str
    rows: dict[str, int]
    left: dict[str, int]
    awaited: int
    gateways: list[ErasedGatewayOut]


class AgreementIn(_In):
    """What everybody in an archive agreed to, and how it was given."""

    face: bool
    photo_shown: bool
    note: Note = ""


class EnrolmentIn(_In):
    """An archive of photos to look at. `occasion`: its delegates are meant; without it everybody on record."""

    upload: Uuid
    occasion: Uuid | None = None
    consent: AgreementIn | None = None


class EnrolmentState(StrEnum):
    """Where an enrolment stands."""

    RUNNING = "running"
    READY = "ready"
    STORING = "storing"
    DONE = "done"
    FAILED = "failed"


class EnrolmentItemOut(PhotoOut):
    """A photo of an archive. `person` null: somebody new, or nobody; `name`: who is meant."""

    person: str | None
    name: str | None


class EnrolmentOut(BaseModel):
    """An archive that is looked at: the dry run until `ready`, then stored where it is committed."""

    id: str
    state: EnrolmentState
    detail: str | None
    total: int
    done: int
    accepted: int
    refused: int
    items: list[EnrolmentItemOut]


class AuditOut(BaseModel):
    """A line of the log of who did and looked at what."""

    seq: int
    at: datetime
    who: str
    action: str
    subject: str
    detail: dict[str, Any]
