"""bytes of a CSV → its one sheet: UTF-8 with or without its mark, UTF-16 or Windows-1258; separated by commas, semicolons, tabs or bars."""

import codecs
import csv
import re
from collections.abc import Iterator
from io import StringIO
from typing import Final

from center.papers import header
from center.papers.archive import MOST_ROWS
from center.papers.sheet import Row, Sheet
from center.papers.tidy import odd, tidy
from wardroom.errors import InvalidMessage

_SEPARATORS: Final = ",;\t|"
_SAYS: Final = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
"""The line by which Excel is told what separates."""
_PAGE: Final = re.compile(r"\s*<(?:!doctype|html|table|\?xml)", re.IGNORECASE)
_TRIED: Final = 40
_MOST_COLUMNS: Final = 200


def sheet(data: bytes) -> Sheet:
    """Return the only sheet; raises InvalidMessage where the bytes are no text, or too many rows of it."""
    text = _text(data)
    said = _SAYS.match(text)
    skipped = 1 if said else 0
    if said:
        text = text[said.end() :]
    separator = said[1] if said else max(_SEPARATORS, key=lambda one: _weight(text, one))
    rows, strange = [], set()
    for number, cells in enumerate(_records(text, separator), start=1 + skipped):
        if number > 2 * MOST_ROWS:
            raise InvalidMessage("papers.too_many_rows", most=MOST_ROWS, cell=f"A{number}")
        strange |= {(number, column) for column, cell in enumerate(cells) if odd(cell)}
        rows.append(Row(number=number, cells=tuple(tidy(cell) for cell in cells)))
    return Sheet(name="", rows=tuple(rows), odd=frozenset(strange))


def _text(data: bytes) -> str:
    encoding = _encoding(data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise InvalidMessage("papers.file_encoding") from error
    if "\0" in text or _PAGE.match(text):
        raise InvalidMessage("papers.file_other_kind", kind="HTML" if _PAGE.match(text) else "?")
    return text


def _encoding(data: bytes) -> str:
    """Return how the text is written: as its mark says, UTF-8 if it is that, else the encoding of Vietnamese Windows."""
    if data.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    try:
        data.decode()
    except UnicodeDecodeError:
        return "cp1258"
    return "utf-8"


def _records(text: str, separator: str) -> Iterator[list[str]]:
    try:
        for record in csv.reader(StringIO(text, newline=""), delimiter=separator):
            yield record[:_MOST_COLUMNS]
    except csv.Error as error:
        raise InvalidMessage("papers.file_damaged") from error


def _weight(text: str, separator: str) -> tuple[int, int]:
    """Return how much sense a separator makes: how many columns its header explains, then how many cells there are."""
    records = [tuple(tidy(cell) for cell in cells) for cells, _ in zip(_records(text, separator), range(_TRIED), strict=False)]
    found = header.find(Sheet(name="", rows=tuple(Row(number=n, cells=cells) for n, cells in enumerate(records, start=1))))
    return len(found.columns) if found else 0, sum(len(cells) for cells in records)
