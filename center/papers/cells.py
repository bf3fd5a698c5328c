"""one sheet's XML → what its cells say, its merges and what is hidden, an element at a time: cells that only have a format cost no memory.

`openpyxl` reads a cell; here is only the way through the file, for its own way keeps every cell there is, or fills in those there are not.
"""

from dataclasses import dataclass, field
from typing import IO, Any, Final
from xml.etree.ElementTree import Element

from openpyxl.styles.numbers import BUILTIN_FORMATS
from openpyxl.utils.cell import range_boundaries
from openpyxl.workbook import Workbook
from openpyxl.worksheet._reader import WorkSheetParser
from openpyxl.xml.constants import SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

from center.papers.archive import MOST_ROWS
from center.papers.sheet import Place
from center.papers.sheet import cell as place_of
from center.papers.tidy import odd, shown, tidy
from wardroom.errors import InvalidMessage

MOST_COLUMNS: Final = 200
MOST_LINES: Final = 2 * MOST_ROWS
MOST_CELLS: Final = 1_000_000
"""Cells of a sheet that say something: twenty thousand delegates in fifty columns."""
_BUILT_IN: Final = 164
"""Formats from this number on are the workbook's own."""
_CELL, _ROW, _COLUMN, _MERGE, _FORMULA = (f"{{{SHEET_MAIN_NS}}}{name}" for name in ("c", "row", "col", "mergeCell", "f"))
_DEEP: Final = 3
"""A cell stands in a row in the rows in the sheet; only its parts are kept until it ends."""


@dataclass(slots=True)
class Cells:
    """What a sheet shows, by row (from 1) and column (from 0). `merges`: rows and columns, both ends included; `far`: a cell not read."""

    texts: dict[int, dict[int, str]] = field(default_factory=dict)
    faults: dict[Place, str] = field(default_factory=dict)
    odd: set[Place] = field(default_factory=set)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    merges: list[tuple[range, range]] = field(default_factory=list)
    far: str = ""
    count: int = 0

    def keep(self, row: int, column: int, text: str) -> None:
        """Keep what a cell says; raises InvalidMessage, which names it, where it is one too many."""
        if row > MOST_LINES:
            raise InvalidMessage("papers.too_many_rows", most=MOST_ROWS, cell=place_of(row, column))
        if column >= MOST_COLUMNS:
            self.far = self.far or place_of(row, column)
            return
        self.count += 1
        if self.count > MOST_CELLS:
            raise InvalidMessage("papers.too_many_cells", most=MOST_CELLS, cell=place_of(row, column))
        self.texts.setdefault(row, {})[column] = text


def read(part: IO[bytes], book: Workbook, strings: list[str]) -> Cells:
    """Return what a sheet's part says; raises InvalidMessage beyond the bounds, and whatever openpyxl raises over nonsense."""
    return _Reading(part, book, strings).take()


class _Reading:
    """A way through one sheet."""

    def __init__(self, part: IO[bytes], book: Workbook, strings: list[str]) -> None:
        self._part = part
        self._found = Cells()
        self._formats = _formats(book)
        dates, spans = book._date_formats, book._timedelta_formats  # type: ignore[attr-defined] # noqa: SLF001 - as openpyxl's own reader
        self._parser = WorkSheetParser(part, strings, data_only=True, epoch=book.epoch, date_formats=dates, timedelta_formats=spans)

    def take(self) -> Cells:
        ways = {_CELL: self._cell, _COLUMN: self._column, _MERGE: self._merge}
        inside: list[Element] = []
        for event, element in iterparse(self._part, events=("start", "end")):
            if event == "start":
                inside.append(element)
                if element.tag == _ROW:
                    self._row(element)
                continue
            inside.pop()
            if way := ways.get(element.tag):
                way(element)
            if inside and (len(inside) <= _DEEP or inside[_DEEP].tag != _CELL):
                inside[-1].remove(element)
        return self._found

    def _row(self, element: Element) -> None:
        self._parser.row_counter = int(element.get("r", self._parser.row_counter + 1))
        self._parser.col_counter = 0
        if element.get("hidden") in {"1", "true"} and self._parser.row_counter <= MOST_LINES:
            self._found.hidden_rows.add(self._parser.row_counter)

    def _cell(self, element: Element) -> None:
        if not len(element):
            self._parser.col_counter += 1
            return
        cell: dict[str, Any] = self._parser.parse_cell(element)
        row, column, value = int(cell["row"]), int(cell["column"]) - 1, cell["value"]
        formula = element.find(_FORMULA)
        if cell["data_type"] == "e":
            self._fault(row, column, str(value))
        elif value is None and formula is not None and element.get("t") != "str":
            self._fault(row, column, f"={formula.text or ''}"[:100])
        elif value is not None:
            if isinstance(value, str) and odd(value):
                self._found.odd.add((row, column))
            if text := tidy(shown(value, self._formats.get(cell["style_id"], "General"))):
                self._found.keep(row, column, text)

    def _fault(self, row: int, column: int, value: str) -> None:
        """Keep a fault: it takes the place of what the cell says."""
        self._found.keep(row, column, "")
        if column < MOST_COLUMNS:
            self._found.faults[row, column] = value

    def _column(self, element: Element) -> None:
        if element.get("hidden") in {"1", "true"}:
            self._found.hidden_columns |= set(range(int(element.get("min", 1)) - 1, min(int(element.get("max", 1)), MOST_COLUMNS)))

    def _merge(self, element: Element) -> None:
        left, top, right, bottom = range_boundaries(element.get("ref", ""))
        if left and top and right and bottom and (bottom - top + 1) * (right - left + 1) <= MOST_ROWS:
            self._found.merges.append((range(top, bottom + 1), range(left - 1, right)))


def _formats(book: Workbook) -> dict[int, str]:
    """Return each style's number format."""
    own, styles = book._number_formats, book._cell_styles  # type: ignore[attr-defined] # noqa: SLF001 - as openpyxl's own cells do
    return dict(enumerate(_format(style.numFmtId, own) for style in styles))


def _format(number: int, own: list[str]) -> str:
    return own[number - _BUILT_IN] if _BUILT_IN <= number < _BUILT_IN + len(own) else str(BUILTIN_FORMATS.get(number, "General"))
