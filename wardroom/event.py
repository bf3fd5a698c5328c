"""the envelope of every event, CloudEvents 1.0, and the kinds of field that messages are made of."""

from datetime import datetime
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from wardroom import legible
from wardroom.topics import ID, SEQUENCE_LIMIT

_END: Final = r"$(?!\n)"
"""`$` alone also matches before a last line break, in Python though not in JavaScript."""
Id = Annotated[str, Meta(pattern=f"^{ID}{_END}")]
Seq = Annotated[int, Meta(ge=0, lt=SEQUENCE_LIMIT)]
Count = Annotated[int, Meta(ge=0, lt=2**53)]
Instant = Annotated[datetime, Meta(tz=True)]
Text = Annotated[str, Meta(min_length=1, max_length=200, pattern=legible.PATTERN)]
Detail = Annotated[str, Meta(max_length=500, pattern=legible.PATTERN)]
"""What a device, a library or an error said."""
UUID7 = Annotated[str, Meta(pattern="^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}" + _END)]


class Event(Struct, frozen=True, kw_only=True, tag_field="type"):
    """The CloudEvents 1.0 envelope; each type is a subclass with its own `data`.

    `source` is the gateway's prefix (``ward/{site}/{gateway}``); `offline` marks what was decided without the network.
    """

    id: UUID7
    source: Annotated[str, Meta(max_length=200)]
    time: Instant
    specversion: Literal["1.0"] = "1.0"
    datacontenttype: Literal["application/json"] = "application/json"
    subject: Annotated[str, Meta(max_length=200, pattern=legible.PATTERN)] | None = None
    offline: bool = False
