"""bytes of an XLSX → its visible sheets, every merge shown in all of its cells, what is hidden marked as such."""

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Final
from zipfile import BadZipFile

import openpyxl
from openpyxl.cell import Cell, MergedCell
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from center.papers import archive
from center.papers.sheet import Place, Row, Sheet
from center.papers.tidy import odd, shown, tidy
from wardroom.errors import InvalidMessage

_MOST_COLUMNS: Final = 200
_MOST_LINES: Final = 2 * archive.MOST_ROWS
_UNREADABLE: Final = (InvalidFileException, BadZipFile, KeyError, ValueError, TypeError, AttributeError, IndexError, SyntaxError, OSError)
"""What openpyxl raises over a workbook that does not hold together."""


@dataclass(frozen=True, slots=True)
class _Merge:
    """One merged range: where its text is, and whether it goes over columns."""

    row: int
    column: int
    wide: bool


def sheets(data: bytes) -> list[Sheet]:
    """Return the sheets that a reader sees; raises InvalidMessage for what is no workbook, or goes beyond the bounds."""
    archive.checked(data)
    values = _loaded(data, values=True)
    formulas = _loaded(data, values=False) if archive.has_formulas(data) else None
    return [_sheet(one, formulas) for one in values.worksheets if one.sheet_state == "visible"]


def _loaded(data: bytes, *, values: bool) -> Workbook:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return openpyxl.load_workbook(BytesIO(data), data_only=values, keep_links=False)
    except _UNREADABLE as error:
        raise InvalidMessage("papers.file_damaged") from error


def _sheet(page: Worksheet, formulas: Workbook | None) -> Sheet:
    _without_far_cells(page)
    merges = dict(_merges(page))
    strange = {place for place, cell in _cells(page) if isinstance(cell.value, str) and odd(cell.value)}
    return Sheet(
        name=page.title,
        rows=tuple(_row(page, number, line, merges) for number, line in enumerate(_lines(page), start=1)),
        hidden_columns=frozenset(_hidden_columns(page)),
        faults=dict(_faults(page, None if formulas is None else formulas[page.title])),
        odd=frozenset(strange),
    )


def _lines(page: Worksheet) -> Iterator[tuple[Cell | MergedCell, ...]]:
    yield from page.iter_rows(min_row=1, max_row=page.max_row, min_col=1, max_col=min(page.max_column, _MOST_COLUMNS))


def _without_far_cells(page: Worksheet) -> None:
    """Leave out empty cells far below the list, which have a format and nothing else: all rows before them would be made.

    Raises InvalidMessage where one of them says something.
    """
    far = [place for place in page._cells if place[0] > _MOST_LINES]  # noqa: SLF001 - the library has no other way to the cells there are
    if any(page._cells[place].value is not None for place in far):  # noqa: SLF001
        raise InvalidMessage("papers.too_many_rows", most=archive.MOST_ROWS)
    for place in far:
        del page._cells[place]  # noqa: SLF001


def _cells(page: Worksheet) -> Iterator[tuple[Place, Cell | MergedCell]]:
    for number, line in enumerate(_lines(page), start=1):
        for column, cell in enumerate(line):
            yield (number, column), cell


def _row(page: Worksheet, number: int, line: tuple[Cell | MergedCell, ...], merges: Mapping[Place, _Merge]) -> Row:
    texts, spans = [], set()
    for column, cell in enumerate(line):
        merge = merges.get((number, column))
        texts.append(_text(cell if merge is None else page.cell(merge.row, merge.column + 1)))
        if merge is not None and merge.wide:
            spans.add(column)
    return Row(number=number, cells=tuple(texts), hidden=bool(page.row_dimensions[number].hidden), spans=frozenset(spans))


def _text(cell: Cell | MergedCell) -> str:
    if isinstance(cell, MergedCell) or cell.data_type == "e":
        return ""
    return tidy(shown(cell.value, cell.number_format))


def _merges(page: Worksheet) -> Iterator[tuple[Place, _Merge]]:
    for merged in page.merged_cells.ranges:
        if merged.size["rows"] * merged.size["columns"] > archive.MOST_ROWS:
            continue
        made = _Merge(merged.min_row, merged.min_col - 1, wide=merged.max_col > merged.min_col)
        for row, column in merged.cells:
            yield (row, column - 1), made


def _faults(page: Worksheet, formulas: Worksheet | None) -> Iterator[tuple[Place, str]]:
    """Yield errors, and formulas whose value the program that wrote the file never computed."""
    for (row, column), cell in _cells(page):
        if cell.data_type == "e":
            yield (row, column), str(cell.value)
        elif cell.value is None and formulas is not None:
            there = formulas.cell(row, column + 1)
            if there.data_type == "f":
                yield (row, column), str(there.value)[:100]


def _hidden_columns(page: Worksheet) -> Iterator[int]:
    for dimension in page.column_dimensions.values():
        if dimension.hidden and dimension.min and dimension.max:
            yield from range(dimension.min - 1, min(dimension.max, _MOST_COLUMNS))
