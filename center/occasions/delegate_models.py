"""What the REST interface takes and gives of delegates."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from center.fields import LEGIBLE, Line, Name, Reason
from center.occasions.models import In, Presence

Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=LEGIBLE)]


class DelegateIn(In):
    """A delegate is expected. `code`: the text of a badge they have already; a new one is made without."""

    name: Name
    title: Line = ""
    position: Line = ""
    unit: Line = ""
    delegation: Line = ""
    seat: Line = ""
    code: Code | None = None
    person: UUID | None = None
    lists: Annotated[tuple[UUID, ...], Field(max_length=100)] = ()


class DelegatePatch(In):
    """What is to be changed of a delegate; what is not given stays. `lists`: all they are on; `person`: null for nobody's."""

    name: Name | None = None
    title: Line | None = None
    position: Line | None = None
    unit: Line | None = None
    delegation: Line | None = None
    seat: Line | None = None
    person: UUID | None = None
    lists: Annotated[tuple[UUID, ...] | None, Field(max_length=100)] = None


class RevokeIn(In):
    """A delegate is not to be let in from now on."""

    reason: Reason


class DelegatesIn(BaseModel):
    """Whom to show of an occasion: by words of the name in any order, by list, delegation, presence on the list (on any without)."""

    model_config = ConfigDict(extra="forbid")

    q: Annotated[str, Field(max_length=200)] = ""
    list: UUID | None = None
    delegation: Annotated[str | None, Field(max_length=200)] = None
    status: Presence | None = None
    cursor: Annotated[str | None, Field(max_length=1_000)] = None
    limit: Annotated[int, Field(ge=1, le=1_000)] = 200


class ConsentOut(BaseModel):
    """What a person agreed to: to be recognised, to be shown."""

    face: bool = False
    photo_shown: bool = False


class DelegateOut(BaseModel):
    """A delegate. `badge`: whether they have a code; `enrolled`: a face; `arrived`: when first, by list; `inside`: whether, by list."""

    id: UUID
    person: UUID | None
    title: str
    name: str
    position: str
    unit: str
    delegation: str
    seat: str
    revoked: datetime | None
    badge: bool
    enrolled: bool
    consent: ConsentOut
    lists: list[UUID]
    arrived: dict[UUID, datetime | None]
    inside: dict[UUID, bool]
