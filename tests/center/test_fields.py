import unicodedata
from datetime import UTC, datetime

import pytest
from pydantic import TypeAdapter, ValidationError

from center.fields import Instant, Name, Note

INSTANT: TypeAdapter[datetime] = TypeAdapter(Instant)
NAME: TypeAdapter[str] = TypeAdapter(Name)
NOTE: TypeAdapter[str] = TypeAdapter(Note)

OUTSIDE = (
    "0001-01-01T00:00:00+14:00",  # the year 0 of UTC: PostgreSQL keeps it, Python cannot read it
    "9999-12-31T23:59:59-14:00",  # the year 10000
    "1999-12-31T23:59:59Z",
    "2100-01-01T00:00:00Z",
    "2000-01-01T06:59:59+07:00",
    "2026-11-26T08:00:00",  # of no place
    "2026-11-26",
)
HIDDEN = ("\x00", "\x1b", "\n", "\x85", "\u202e", "\u2066")


@pytest.mark.parametrize("text", OUTSIDE)
def test_an_instant_outside_of_what_can_be_planned_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        INSTANT.validate_python(text)


def test_an_instant_of_this_century_is_taken_with_its_offset() -> None:
    assert INSTANT.validate_python("2000-01-01T07:00:00+07:00") == datetime(2000, 1, 1, tzinfo=UTC)
    assert INSTANT.validate_python("2099-12-31T23:59:59Z") == datetime(2099, 12, 31, 23, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize("hidden", HIDDEN)
def test_what_nobody_can_read_is_in_no_name_and_no_note(hidden: str) -> None:
    for kind in (NAME, NOTE):
        with pytest.raises(ValidationError):
            kind.validate_python(f"An{hidden}Nguyen")


def test_a_name_is_kept_composed_and_a_blank_one_is_none() -> None:
    assert NAME.validate_python(unicodedata.normalize("NFD", "  Đặng  Thị Ngọc ")) == "Đặng Thị Ngọc"
    with pytest.raises(ValidationError):
        NAME.validate_python("   ")
