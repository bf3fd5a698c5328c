"""a sheet → where its header is, and which column means what; title rows above it, and headers of two rows, are known as such."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from center.papers.fields import Field, meaning
from center.papers.sheet import Row, Sheet

_DEEPEST: Final = 40
"""Rows looked at for a header."""
_BOTH: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What the columns mean. `last`: the header's last row; `texts`: its words, by column, also of columns that mean nothing."""

    row: int
    last: int
    columns: Mapping[Field, int]
    texts: Mapping[int, str]

    @property
    def named(self) -> bool:
        """Whether there is a name to read: in one column, or in two."""
        return Field.NAME in self.columns or Field.GIVEN in self.columns

    def unused(self) -> list[int]:
        """Return the columns with a heading that means nothing here."""
        used = set(self.columns.values())
        return [column for column, text in self.texts.items() if text and column not in used]


def find(sheet: Sheet) -> Header | None:
    """Return the header that explains most columns, the upper one of equals; None where no row looks like one."""
    rows = [row for row in sheet.rows if not row.hidden and not row.blank][:_DEEPEST]
    found = [header for at in range(len(rows)) for header in _headers(rows[at : at + 2], sheet.hidden_columns)]
    return max(found, key=_weight, default=None)


def _weight(header: Header) -> tuple[bool, int, int]:
    return header.named, len(header.columns), header.row - header.last


def _headers(rows: Sequence[Row], hidden: frozenset[int]) -> list[Header]:
    """Return what the first row is as a header, alone and with the row below it."""
    alone = _header(rows[:1], hidden)
    below = rows[1:]
    if not below or below[0].number != rows[0].number + 1 or not _only_headings(below[0], rows[0]):
        return [alone] if alone else []
    both = _header(rows, hidden)
    if alone and both and len(both.columns) >= len(alone.columns):
        return [both]
    return [header for header in (alone, both) if header]


def _only_headings(row: Row, above: Row) -> bool:
    """Return whether every text of a row is a heading, or the one above it in the same merge."""
    texts = [(text, above.text(column)) for column, text in enumerate(row.cells) if text]
    return bool(texts) and all(text == upper or meaning(text) is not None for text, upper in texts)


def _header(rows: Sequence[Row], hidden: frozenset[int]) -> Header | None:
    texts = {column: text for column in range(max(len(row.cells) for row in rows)) if (text := _heading(rows, column))}
    columns: dict[Field, int] = {}
    for column, text in texts.items():
        if column not in hidden and (found := meaning(text)) is not None:
            columns.setdefault(found, column)
    columns = _name_in_two(columns, texts, rows[-1])
    lonely = set(columns) == {Field.NAME} and len(texts) <= _BOTH
    if len(columns) < _BOTH and not lonely:
        return None
    return Header(row=rows[0].number, last=rows[-1].number, columns=columns, texts=texts)


def _heading(rows: Sequence[Row], column: int) -> str:
    """Return the lowest text of a column that means something, else the lowest."""
    texts = [text for row in reversed(rows) if (text := row.text(column))]
    return next((text for text in texts if meaning(text) is not None), texts[0] if texts else "")


def _name_in_two(columns: dict[Field, int], texts: Mapping[int, str], last: Row) -> dict[Field, int]:
    """Make of a name's heading merged over two columns a family and a given name, and of a given name alone the whole one."""
    name = columns.get(Field.NAME)
    if name is not None and {name, name + 1} <= last.spans and texts.get(name) == texts.get(name + 1):
        return _without(columns, Field.NAME) | {Field.FAMILY: name, Field.GIVEN: name + 1}
    if name is not None:
        return _without(columns, Field.FAMILY, Field.GIVEN)
    if Field.FAMILY not in columns and Field.GIVEN in columns:
        return _without(columns, Field.GIVEN) | {Field.NAME: columns[Field.GIVEN]}
    return columns


def _without(columns: Mapping[Field, int], *fields: Field) -> dict[Field, int]:
    return {field: column for field, column in columns.items() if field not in fields}
