"""what a client writes into a field → a name, a line, an instant that can be kept and shown; or it is refused at the door."""

from datetime import UTC, datetime
from typing import Annotated, Final

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints
from pydantic_core import PydanticCustomError

from center.plain import written

LEGIBLE: Final = r"^[^\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]*$"
"""`wardroom.legible` in the words of Pydantic's engine of patterns, whose `$` is the end."""
EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(2100, 1, 1, tzinfo=UTC)
"""What is planned lies between; PostgreSQL knows years that Python cannot read, and one such row would hide all others of its table."""


def _between(instant: datetime) -> datetime:
    if not EARLIEST <= instant < LATEST:
        raise PydanticCustomError("instant_range", "not between {first} and {last}", {"first": EARLIEST.year, "last": LATEST.year - 1})
    return instant


_Written = AfterValidator(written)
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=LEGIBLE), _Written]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=LEGIBLE), _Written]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=LEGIBLE)]
Note = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=1_000, pattern=LEGIBLE),
    Field(description="How it was given: on paper, by telephone, to whom."),
]
Instant = Annotated[
    AwareDatetime, AfterValidator(_between), Field(description="RFC 3339, with its offset from UTC, in the years 2000 to 2099.")
]
