"""what a list says, before anything is stored: its delegates, its columns, and every problem with the row, the cell and the fix."""

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from center.papers.fields import Field
from center.papers.sheet import cell
from center.plain import plain
from wardroom import texts
from wardroom.errors import InvalidMessage

MOST_PROBLEMS: Final = 1_000
"""Problems told of one list; of the others only how many there are."""


class Severity(StrEnum):
    """An error keeps a row out; a warning says what was done with it."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something a person should look at; `key` names its sentence. `cell`: as spreadsheets show it, e.g. C7."""

    key: str
    severity: Severity
    row: int | None = None
    cell: str | None = None
    field: Field | None = None
    value: str | None = None
    data: Mapping[str, object] = dataclasses.field(default_factory=dict)

    def sentence(self, language: str) -> str:
        """Return what it says in ``vi`` or ``en``."""
        named = {} if self.field is None else {"field": texts.say(f"papers.field_{self.field.value}", language)}
        return InvalidMessage(self.key, **named, **self.data).sentence(language)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """Which column means what: its heading, and its letters."""

    field: Field
    header: str
    column: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One delegate of the list, as the row says."""

    row: int
    name: str
    title: str = ""
    position: str = ""
    unit: str = ""
    delegation: str = ""
    seat: str = ""
    code: str = ""
    photo_file: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """By what a delegate without a code is known again: name and unit (without a unit: delegation), however they are written."""
        return plain(self.name), plain(self.unit or self.delegation)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A whole list. `rows`: delegates in the file, those refused included."""

    sheet: str
    columns: tuple[Column, ...]
    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...]
    rows: int
    refused: int


def bounded(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return the problems, errors first and by row; of too many the first, and how many more there are."""
    found = sorted(problems, key=lambda one: (one.severity.value, one.row or 0))
    if len(found) > MOST_PROBLEMS:
        found = [*found[:MOST_PROBLEMS], warning("papers.more_problems", count=len(found) - MOST_PROBLEMS)]
    return tuple(found)


def error(key: str, row: int, of: Field, column: int, value: str = "", **data: object) -> Problem:
    """Return an error at a cell; its sentence may name the cell, the field and the value."""
    place = cell(row, column)
    said = {"cell": place, "value": value[:60]} | data
    return Problem(key=key, severity=Severity.ERROR, row=row, cell=place, field=of, value=value[:200], data=said)


def warning(key: str, row: int | None = None, **data: object) -> Problem:
    """Return a warning about a row, or about the list."""
    return Problem(key=key, severity=Severity.WARNING, row=row, data=({} if row is None else {"row": row}) | data)
