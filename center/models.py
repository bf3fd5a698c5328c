"""What the REST interface takes and gives; the names say the direction. OpenAPI is made from these."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Generic, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue

Item = TypeVar("Item")

AccountName = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$", description="1 to 64 of A-Z a-z 0-9 . _ -")]
Password = Annotated[str, Field(min_length=1, max_length=200)]
Token = Annotated[str, Field(min_length=20, max_length=200)]
Label = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]{1,100}$", description="What people call the screen.")]


class _In(BaseModel):
    """What a client sends: an unknown field is an error."""

    model_config = ConfigDict(extra="forbid")


class AccountIn(_In):
    """A person signs in."""

    account: AccountName
    password: Password


class WallIn(_In):
    """A screen signs in."""

    wall_token: Token


class PasswordIn(_In):
    """A person changes their password."""

    current: Password
    new: Annotated[str, Field(max_length=200)]


class WallTokenIn(_In):
    """An administrator makes a wall token."""

    label: Label


class SessionOut(BaseModel):
    """Who is signed in; for a wall token `account` is its label."""

    account: str
    role: str
    must_change_password: bool


class WallTokenOut(BaseModel):
    """A wall token, without the token."""

    id: int
    label: str
    created: datetime
    created_by: str
    revoked: datetime | None


class WallTokenMadeOut(WallTokenOut):
    """A new wall token; `token` is said this once."""

    token: str


class UploadOut(BaseModel):
    """A file that was sent; `id` is what a later request names it by, for half an hour."""

    id: str
    name: str
    size: int


class TokenOut(BaseModel):
    """A new token; it is said this once."""

    token: str


class SiteOut(BaseModel):
    """A place with gateways."""

    id: str
    name_vi: str
    name_en: str
    kind: str


class GatewayOut(BaseModel):
    """A gateway: its session's word (`state`), its heartbeat and its statistics. `missing`: packs of its boots that never came."""

    site: str
    id: str
    name_vi: str
    name_en: str
    software: str | None
    state: str
    state_since: datetime | None
    health: JsonValue
    health_received: datetime | None
    missing: int


class SensorOut(BaseModel):
    """A sensor behind a gateway."""

    site: str
    gateway: str
    id: str
    name_vi: str
    name_en: str


class SeriesOut(BaseModel):
    """One quantity of one sensor with its latest reading, if it has one. `period_s`: the longest silence that is normal."""

    id: int
    site: str
    gateway: str
    sensor: str
    quantity: str
    unit: str
    period_s: float | None
    time: datetime | None
    received: datetime | None
    value: float | None
    flags: int | None


class Page(BaseModel, Generic[Item]):
    """Some of a list; `next` is the cursor of what follows, null at the end."""

    items: list[Item]
    next: str | None


class Resolution(StrEnum):
    """How fine the points are: `auto` takes the finest that fits into the points asked for."""

    AUTO = "auto"
    RAW = "raw"
    MINUTE = "1m"
    HOUR = "1h"
    DAY = "1d"


class ReadingsIn(BaseModel):
    """What to show of a series: from `from` (included) to `to` (excluded); the last hour if neither is given."""

    model_config = ConfigDict(extra="forbid")

    series: Annotated[int, Field(ge=1, le=2**31 - 1, description="The series' id.")]
    from_: Annotated[AwareDatetime | None, Field(alias="from", description="RFC 3339, with its offset from UTC.")] = None
    to: Annotated[AwareDatetime | None, Field(description="RFC 3339, with its offset from UTC; now if not given.")] = None
    points: Annotated[int, Field(ge=1, le=5_000, description="The most points to answer with.")] = 600
    resolution: Resolution = Resolution.AUTO
    cursor: Annotated[str | None, Field(max_length=400)] = None


class PageIn(BaseModel):
    """Where a list goes on, and how much of it to give; `site` and `gateway` narrow it."""

    model_config = ConfigDict(extra="forbid")

    cursor: Annotated[str | None, Field(max_length=400)] = None
    limit: Annotated[int, Field(ge=1, le=1_000)] = 200
    site: Annotated[str | None, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")] = None
    gateway: Annotated[str | None, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")] = None


class PointOut(BaseModel):
    """A reading (`count` 1), or a minute, an hour or a day (`time` its start, `value` its average)."""

    time: datetime
    value: float
    min: float
    max: float
    count: int


class ReadingsOut(BaseModel):
    """A series over a range; `next` is the cursor of what follows, null at the end."""

    series: int
    resolution: Resolution
    points: list[PointOut]
    next: str | None


class ProblemOut(BaseModel):
    """RFC 9457: what went wrong; `detail` is one sentence for a person, in the language of Accept-Language."""

    type: str
    title: str
    status: int
    detail: str
