"""a list's attendance → an XLSX: a frozen header, times as times, a row of sums for each delegation; and the template of a list.

A text is kept as text whatever it begins with: no spreadsheet computes a name.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from io import BytesIO
from typing import Final

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
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
_BOLD: Final = Font(bold=True)
_GREY: Final = PatternFill("solid", fgColor="E7E6E6")
_LINE: Final = Side(style="thin", color="BFBFBF")
_BOX: Final = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)

Value = str | int | datetime | None


def workbook(attendance: Attendance) -> bytes:
    """Return the list's attendance."""
    book, page = _book("Điểm danh", _WIDTHS)
    _titles(page, attendance)
    _row(page, _HEADS, bold=True)
    page.freeze_panes = f"D{page.max_row + 1}"
    head = page.max_row
    number = 0
    for delegation in attendance.delegations:
        _row(page, _sums(delegation), bold=True)
        for one in delegation.people:
            number += 1
            _row(page, _values(number, one))
    total = ("", "", "Tổng cộng", "", "", "", "", attendance.arrived, f"trên {attendance.expected}", "", "")
    _row(page, total, bold=True)
    page.auto_filter.ref = f"A{head}:{get_column_letter(len(_HEADS))}{max(page.max_row - 1, head)}"
    page.print_title_rows = f"{head}:{head}"
    return _bytes(book)


def template() -> bytes:
    """Return an empty list of delegates with every column that is read; numbers with leading zeros stay as they are typed."""
    book, page = _book("Danh sách", _TEMPLATE_WIDTHS)
    _row(page, _TEMPLATE, bold=True)
    page.freeze_panes = "D2"
    for row in range(2, _TEMPLATE_ROWS + 2):
        for heading in ("Số ghế", "Mã QR", "Ảnh"):
            page.cell(row, _TEMPLATE.index(heading) + 1).number_format = "@"
    return _bytes(book)


def _book(title: str, widths: Sequence[int]) -> tuple[Workbook, Worksheet]:
    book = Workbook()
    page = book.worksheets[0]
    page.title = title
    for column, wide in enumerate(widths, start=1):
        page.column_dimensions[get_column_letter(column)].width = wide
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = page.PAPERSIZE_A4
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    return book, page


def _titles(page: Worksheet, attendance: Attendance) -> None:
    for size, text in ((14, attendance.occasion_name), (12, attendance.name)):
        _row(page, (text,), boxed=False)
        page.cell(page.max_row, 1).font = Font(bold=True, size=size)


def _sums(delegation: Delegation) -> tuple[Value, ...]:
    name = delegation.name or "Không ghi đoàn"
    return "", "", name, "", "", "", "", delegation.arrived, f"trên {delegation.expected}", sum(one.inside for one in delegation.people), ""


def _values(number: int, one: Attendee) -> Iterable[Value]:
    yield from (number, one.title, one.name, one.position, one.unit, one.delegation, one.seat)
    yield from ("x" if one.at else "vắng", one.at, "x" if one.inside else "", "" if one.expected else "ngoài danh sách")


def _row(page: Worksheet, values: Iterable[Value], *, bold: bool = False, boxed: bool = True) -> None:
    row = page.max_row + 1 if page.max_row > 1 or page.cell(1, 1).value is not None else 1
    given = list(values)
    if boxed:
        page.row_dimensions[row].height = _LINE_HEIGHT * max(_lines(value, wide) for value, wide in zip(given, _WIDTHS, strict=False))
    for column, value in enumerate(given, start=1):
        cell = page.cell(row, column)
        cell.value = value
        if isinstance(value, str):
            cell.data_type = "s"
            cell.quotePrefix = value.startswith(_FORMULA)
        if isinstance(value, datetime):
            cell.number_format = "hh:mm dd/mm/yyyy"
        if boxed:
            cell.border = _BOX
            cell.alignment = Alignment(vertical="top", wrap_text=True)
        if bold:
            cell.font, cell.fill = _BOLD, _GREY


def _lines(value: Value, wide: int) -> int:
    """Return how many lines a text may take in a column: not every program finds a row's height by itself."""
    return -(-len(value) * 6 // (wide * 5)) or 1 if isinstance(value, str) else 1


def _bytes(book: Workbook) -> bytes:
    made = BytesIO()
    book.save(made)
    return made.getvalue()
