from datetime import UTC, datetime
from io import BytesIO

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from center.papers import attendance_sheet, header, workbook
from center.papers.attendance import Attendee
from center.papers.fields import Field
from tests.center.papers.crowd import attendance, attendee

NOW = datetime(2026, 11, 26, 1, 30, tzinfo=UTC)
HEAD = 3


def page(*people: Attendee) -> Worksheet:
    return openpyxl.load_workbook(BytesIO(attendance_sheet.workbook(attendance(people)))).worksheets[0]


def test_a_time_is_a_time_of_vietnam_and_the_header_stays_in_sight() -> None:
    found = page(attendee("Lê Văn An", at=NOW), attendee("Lê Văn Bình"))
    row = next(cells for cells in found.iter_rows(min_row=HEAD + 1) if cells[2].value == "Lê Văn An")

    assert row[8].value == datetime(2026, 11, 26, 8, 30)  # noqa: DTZ001 - a spreadsheet's times have no zone
    assert row[8].is_date
    assert found.freeze_panes == f"D{HEAD + 1}"
    assert [cell.value for cell in found[HEAD]][:3] == ["STT", "Danh xưng", "Họ và tên"]


def test_each_delegation_has_its_sum_and_the_list_has_its_total() -> None:
    people = [attendee("Lê Văn An", at=NOW), attendee("Lê Văn Bình"), attendee("Lê Văn Cao", at=NOW, delegation="Đoàn số 2")]
    sums = [(cells[2].value, cells[7].value, cells[8].value) for cells in page(*people).iter_rows(min_row=HEAD + 1) if cells[2].font.bold]

    assert sums == [("Đoàn số 1", 1, "trên 2"), ("Đoàn số 2", 1, "trên 1"), ("Tổng cộng", 2, "trên 3")]


def test_a_row_is_high_enough_for_the_lines_of_its_longest_text() -> None:
    found = page(attendee("Lê Văn An", position="Phó Chủ nhiệm Ủy ban Kiểm tra Đảng ủy kiêm Trưởng ban Công tác Mặt trận"))

    assert found.row_dimensions[HEAD + 1].height == 15
    assert found.row_dimensions[HEAD + 2].height == 60


def test_no_text_becomes_a_formula() -> None:
    bad = attendee("=1+1", position="+cmd", unit="-2", delegation="@SUM(A1)", seat="=HYPERLINK(1)")
    found = [cell for cells in page(bad).iter_rows(min_row=HEAD + 1) for cell in cells if isinstance(cell.value, str)]

    assert {"=1+1", "+cmd", "-2", "@SUM(A1)", "=HYPERLINK(1)"} <= {cell.value for cell in found}
    assert {cell.data_type for cell in found} == {"s"}
    assert all(cell.quotePrefix for cell in found if str(cell.value)[0] in "=+-@")


def test_the_template_has_every_column_that_is_read() -> None:
    (sheet,) = workbook.sheets(attendance_sheet.template())
    found = header.find(sheet)

    assert found is not None
    assert set(found.columns) == set(Field) - {Field.FAMILY, Field.GIVEN}
