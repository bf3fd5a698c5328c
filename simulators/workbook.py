"""delegates → the workbook an organiser would send: XLSX as people make them, or CSV."""

import csv
import io
from collections.abc import Sequence
from typing import Final

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from simulators.delegates import Delegate

HEADERS: Final = ("STT", "Danh xưng", "Họ và tên", "Chức vụ", "Đơn vị", "Đoàn đại biểu", "Số ghế", "Mã QR")
_TITLE: Final = "DANH SÁCH ĐẠI BIỂU (MÔ PHỎNG)"
_WIDTHS: Final = (6, 12, 28, 20, 36, 34, 10, 34)


def xlsx(who: Sequence[Delegate]) -> bytes:
    """Return the list as a workbook with one sheet: a title over merged cells, an empty row, then the table."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Đại biểu"
    sheet.append([_TITLE])
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(HEADERS))
    sheet["A1"].font = Font(bold=True, size=14)
    sheet["A1"].alignment = Alignment(horizontal="center")
    sheet.append([])
    sheet.append(HEADERS)
    for cell in sheet[3]:
        cell.font = Font(bold=True)
    for one in who:
        sheet.append(_row(one))
    for number, width in enumerate(_WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def csv_text(who: Sequence[Delegate]) -> bytes:
    """Return the list as CSV: UTF-8 with a byte order mark and semicolons, as Excel writes it under Vietnamese settings."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=";")
    writer.writerow(HEADERS)
    writer.writerows(_row(one) for one in who)
    return stream.getvalue().encode("utf-8-sig")


def _row(one: Delegate) -> tuple[int | str, ...]:
    return one.number, one.title, one.name, one.position, one.unit, one.delegation, one.seat, one.code
