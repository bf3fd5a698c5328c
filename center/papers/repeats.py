"""delegates of a list → each once: the same one twice is one, a code or a seat given twice is an error that names both cells."""

from collections.abc import Iterable, Mapping
from typing import Final

from center.papers.fields import Field
from center.papers.plan import Entry, Problem, error, warning
from center.papers.sheet import cell

_ONCE: Final = ((Field.CODE, "papers.code_twice"), (Field.SEAT, "papers.seat_twice"))


def once(entries: Iterable[Entry], columns: Mapping[Field, int]) -> tuple[list[Entry], list[Problem], int]:
    """Return the delegates without repetitions, what was found, and how many rows were refused.

    Same name and unit are one delegate, unless both have a seat or a code of their own: then they are two of the same name.
    """
    kept: list[Entry] = []
    found: list[Problem] = []
    refused = 0
    known: dict[tuple[str, str], list[Entry]] = {}
    taken: dict[tuple[Field, str], Entry] = {}
    for entry in entries:
        alike = known.setdefault(entry.key, [])
        if same := next((one for one in alike if not _apart(one, entry)), None):
            found.append(warning("papers.repeated", entry.row, first=same.row, name=entry.name))
        elif clash := _clash(entry, taken, columns):
            found.append(clash)
            refused += 1
        else:
            kept.append(entry)
            alike.append(entry)
            taken |= dict.fromkeys(_unique(entry), entry)
    return kept, found, refused


def _apart(one: Entry, other: Entry) -> bool:
    return _differ(one.code, other.code) or _differ(one.seat, other.seat)


def _differ(one: str, other: str) -> bool:
    return bool(one) and bool(other) and one != other


def _clash(entry: Entry, taken: Mapping[tuple[Field, str], Entry], columns: Mapping[Field, int]) -> Problem | None:
    for field, key in _ONCE:
        value = dict(_unique(entry)).get(field)
        if value is not None and (first := taken.get((field, value))):
            column = columns[field]
            text = entry.code if field is Field.CODE else entry.seat
            return error(key, entry.row, field, column, text, other=cell(first.row, column), name=first.name)
    return None


def _unique(entry: Entry) -> Iterable[tuple[Field, str]]:
    """Yield what only one may have: a code, and a seat that has a number (“hàng ghế đầu” is for many)."""
    if entry.code:
        yield Field.CODE, entry.code
    if any(sign.isdigit() for sign in entry.seat):
        yield Field.SEAT, "".join(entry.seat.casefold().split())
