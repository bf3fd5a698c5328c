import csv
import io

from openpyxl import load_workbook

from simulators.delegates import delegates
from simulators.workbook import HEADERS, csv_text, xlsx

WHO = delegates(1)
ROWS = [(one.number, one.title, one.name, one.position, one.unit, one.delegation, one.seat, one.code) for one in WHO]


def test_the_workbook_has_a_title_the_headers_and_everybody() -> None:
    sheet = load_workbook(io.BytesIO(xlsx(WHO))).worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))

    assert "MÔ PHỎNG" in str(rows[0][0])
    assert [str(one) for one in sheet.merged_cells.ranges] == ["A1:H1"]
    assert rows[2] == HEADERS
    assert rows[3:] == ROWS


def test_the_csv_says_the_same_as_excel_would_write_it() -> None:
    text = csv_text(WHO)
    rows = list(csv.reader(io.StringIO(text.decode("utf-8-sig")), delimiter=";"))

    assert text.startswith(b"\xef\xbb\xbf")
    assert tuple(rows[0]) == HEADERS
    assert [tuple(row) for row in rows[1:]] == [tuple(map(str, row)) for row in ROWS]
