"""bytes of an XLSX → its visible sheets, every merge shown in all of its cells, what is hidden marked as such.

The sheets are read as streams: see `center.papers.cells` for what bounds them.
"""

import warnings
from collections.abc import Iterator
from io import BytesIO
from typing import Final
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.utils.exceptions import InvalidFileException

from center.papers import archive, cells
from center.papers.cells import MOST_COLUMNS, Cells
from center.papers.sheet import Row, Sheet
from wardroom.errors import InvalidMessage

_UNREADABLE: Final = (InvalidFileException, BadZipFile, KeyError, ValueError, TypeError, AttributeError, IndexError, SyntaxError, OSError)
"""What openpyxl raises over a workbook that does not hold together."""
_NO_MEMORY: Final = 1
"""How expat says that there was none left."""


def sheets(data: bytes) -> list[Sheet]:
    """Return the sheets that a reader sees; raises InvalidMessage for what is no workbook, or goes beyond the bounds."""
    archive.checked(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return list(_sheets(data))
    except ParseError as error:
        if error.code == _NO_MEMORY:
            raise MemoryError from error
        raise InvalidMessage("papers.file_damaged") from error
    except _UNREADABLE as error:
        raise InvalidMessage("papers.file_damaged") from error


def _sheets(data: bytes) -> Iterator[Sheet]:
    reader = ExcelReader(BytesIO(data), read_only=True, data_only=True, keep_links=False)
    with reader.archive as parts:
        reader.read_manifest()
        reader.read_strings()
        reader.read_workbook()
        apply_stylesheet(parts, reader.wb)
        for sheet, link in reader.parser.find_sheets():
            if sheet.state != "visible" or not link.Type.endswith("/worksheet") or not archive.is_sheet(link.target):
                continue
            with parts.open(link.target) as part:
                yield _shown(sheet.name, cells.read(part, reader.wb, reader.shared_strings))


def _shown(name: str, found: Cells) -> Sheet:
    """Return a sheet as its reader sees it."""
    spans = _merged(found)
    numbers = sorted(found.texts)
    return Sheet(
        name=name,
        rows=tuple(
            Row(
                number=number,
                cells=_filled(found.texts[number]),
                hidden=number in found.hidden_rows,
                spans=frozenset(spans.get(number, ())),
            )
            for number in numbers
        ),
        hidden_columns=frozenset(found.hidden_columns),
        faults=found.faults,
        odd=frozenset(found.odd),
        far=found.far,
    )


def _merged(found: Cells) -> dict[int, set[int]]:
    """Show each merge's text, or its fault, in all of its cells; return the columns of wide merges, by row."""
    spans: dict[int, set[int]] = {}
    for rows, columns in found.merges:
        row, column = rows[0], columns[0]
        text, fault = found.texts.get(row, {}).get(column), found.faults.get((row, column))
        if text is None:
            continue
        for place in ((below, beside) for below in rows for beside in columns if beside < MOST_COLUMNS):
            found.keep(*place, text)
            if fault is not None:
                found.faults[place] = fault
        if len(columns) > 1:
            for below in rows:
                spans.setdefault(below, set()).update(columns)
    return spans


def _filled(texts: dict[int, str]) -> tuple[str, ...]:
    return tuple(texts.get(column, "") for column in range(max(texts) + 1))
