"""a list's attendance → an XLSX: a frozen header, times as times, a row of sums for each delegation; and the template of a list.

A text is kept as text whatever it begins with: no spreadsheet computes a name.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Final

from openpyxl import Workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from center.papers.attendance import Attendance, Attendee, Delegation

_HEADS: Final = ("STT", "Danh xưng", "Họ và tên", "Chức vụ", "Đơn vị", "Đoàn", "Số ghế", "Có mặt", "Giờ đến", "Đang ở trong", "Ghi chú")
_WIDTHS: Final = (6, 11, 28, 28, 32, 24, 10, 9, 18, 13, 22)
_TEMPLATE: Final = ("STT", "Danh xưng", "Họ và tên", "Chức vụ", "Đơn vị", "Đoàn", "Số ghế", "Mã QR", "Ảnh", "Ghi chú")
_TEMPLATE_WIDTHS: Final = (6, 11, 28, 28, 32, 24, 10, 30, 26, 22)
_TEMPLATE_ROWS: Final = 500
_LINE_HEIGHT: Final = 15
"""Points."""
_FORMULA: Final = ("=", "+", "-", "@")
_BODY, _HEAD = "Bảng", "Đầu bảng"
"""Styles with a name: to look for an equal one for each cell takes most of the time."""
_LINE: Final = Side(style="thin", color="BFBFBF")

Value = str | int | datetime | None


def workbook(attendance: Attendance) -> bytes:
    """Return the list's attendance."""
    page = _page("Điểm danh", _WIDTHS)
    page.titles(attendance.occasion_name, attendance.name)
    page.add(_HEADS, _HEAD)
    head = page.row
    page.sheet.freeze_panes = f"D{head + 1}"
    number = 0
    for delegation in attendance.delegations:
        page.add(_sums(delegation), _HEAD)
        for one in delegation.people:
            number += 1
            page.add(_values(number, one), _BODY)
    total = ("", "", "Tổng cộng", "", "", "", "", attendance.arrived, f"trên {attendance.expected}", "", "")
    page.add(total, _HEAD)
    page.sheet.auto_filter.ref = f"A{head}:{get_column_letter(len(_HEADS))}{max(page.row - 1, head)}"
    page.sheet.print_title_rows = f"{head}:{head}"
    return page.bytes()


def template() -> bytes:
    """Return an empty list of delegates with every column that is read; numbers with leading zeros stay as they are typed."""
    page = _page("Danh sách", _TEMPLATE_WIDTHS)
    page.add(_TEMPLATE, _HEAD)
    page.sheet.freeze_panes = "D2"
    for row in range(2, _TEMPLATE_ROWS + 2):
        for heading in ("Số ghế", "Mã QR", "Ảnh"):
            page.sheet.cell(row, _TEMPLATE.index(heading) + 1).number_format = "@"
    return page.bytes()


@dataclass(slots=True)
class _Page:
    """A workbook's only sheet; `row`: the last that was written."""

    book: Workbook
    sheet: Worksheet
    widths: Sequence[int]
    row: int = 0

    def titles(self, *texts: str) -> None:
        """Write lines above the table, the first the largest."""
        for size, text in zip((14, 12), texts, strict=False):
            self.row += 1
            cell = self.sheet.cell(self.row, 1)
            _put(cell, text)
            cell.font = Font(bold=True, size=size)

    def add(self, values: Iterable[Value], style: str) -> None:
        """Write a row of the table."""
        self.row += 1
        given = list(values)
        lines = max(_lines(value, wide) for value, wide in zip(given, self.widths, strict=True))
        self.sheet.row_dimensions[self.row].height = _LINE_HEIGHT * lines
        for column, value in enumerate(given, start=1):
            cell = self.sheet.cell(self.row, column)
            cell.style = style
            _put(cell, value)

    def bytes(self) -> bytes:
        """Return the whole file."""
        made = BytesIO()
        self.book.save(made)
        return made.getvalue()


def _page(title: str, widths: Sequence[int]) -> _Page:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = title
    for column, wide in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = wide
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    box, top = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE), Alignment(vertical="top", wrap_text=True)
    grey = PatternFill("solid", fgColor="E7E6E6")
    book.add_named_style(NamedStyle(_BODY, border=box, alignment=top))
    book.add_named_style(NamedStyle(_HEAD, border=box, alignment=top, font=Font(bold=True), fill=grey))
    return _Page(book, sheet, widths)


def _sums(delegation: Delegation) -> tuple[Value, ...]:
    name = delegation.name or "Không ghi đoàn"
    return "", "", name, "", "", "", "", delegation.arrived, f"trên {delegation.expected}", sum(one.inside for one in delegation.people), ""


def _values(number: int, one: Attendee) -> Iterable[Value]:
    yield from (number, one.title, one.name, one.position, one.unit, one.delegation, one.seat)
    yield from ("x" if one.at else "vắng", one.at, "x" if one.inside else "", "" if one.expected else "ngoài danh sách")


def _put(cell: Cell | MergedCell, value: Value) -> None:
    """Write a value; a text stays one, whatever it begins with."""
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
        cell.quotePrefix = value.startswith(_FORMULA)
    if isinstance(value, datetime):
        cell.number_format = "hh:mm dd/mm/yyyy"


def _lines(value: Value, wide: int) -> int:
    """Return how many lines a text may take in a column: not every program finds a row's height by itself."""
    return -(-len(value) * 6 // (wide * 5)) or 1 if isinstance(value, str) else 1
