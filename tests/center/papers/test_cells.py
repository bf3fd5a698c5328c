"""A sheet read as a stream: its bounds, and what cells of odd kinds say."""

import tracemalloc
from io import BytesIO

import openpyxl
import pytest

from center.papers import reader
from center.papers.cells import MOST_CELLS, Cells
from center.papers.plan import Severity
from tests.center.papers.books import cells, refusal, said, sheet
from wardroom.errors import InvalidMessage


def peak_mib(data: bytes) -> float:
    """Return how much memory reading takes at most, beside the file itself."""
    tracemalloc.start()
    reader.read(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 2**20


def test_cells_that_only_have_a_format_cost_no_memory_and_hide_nobody() -> None:
    empty = "".join(f'<row r="{row}"><c r="A{row}" s="0"/><c r="GR{row}" s="0"/></row>' for row in range(3, 60_000))
    data = sheet(cells(2, "Lê Văn An", "Chi bộ 1"), empty)

    assert [one.name for one in reader.read(data).entries] == ["Lê Văn An"]
    assert peak_mib(sheet(cells(2, "Lê Văn An"), '<row r="40000"><c r="GR40000" s="0"/></row>')) < 8


def test_a_list_beyond_its_bounds_is_refused_with_the_cell_where_it_went_beyond() -> None:
    low = refusal(sheet(cells(2, "Lê Văn An"), cells(40_001, "Lê Văn Ba")))
    with pytest.raises(InvalidMessage) as many:
        Cells(count=MOST_CELLS).keep(7, 2, "Lê Văn An")

    assert (low.key, low.data["cell"]) == ("papers.too_many_rows", "A40001")
    assert (many.value.key, many.value.data["cell"]) == ("papers.too_many_cells", "C7")


def test_a_cell_too_far_to_the_right_is_told() -> None:
    plan = reader.read(sheet(cells(2, "Lê Văn An"), '<row r="3"><c r="GS3" t="b"><v>1</v></c></row>'))

    assert "từ ô GS3" in " ".join(problem.sentence("vi") for problem in plan.problems)


def test_a_formula_that_gives_an_empty_text_is_an_empty_cell() -> None:
    empty = '<c r="C2" t="str"><f>IF(FALSE,1,"")</f><v></v></c>'
    plan = reader.read(sheet(cells(2, "Lê Văn An", "Chi bộ 1", further=empty)))

    assert [(one.name, one.seat) for one in plan.entries] == [("Lê Văn An", "")]


def test_an_error_in_a_merged_cell_keeps_out_every_row_it_covers() -> None:
    faulty = cells(2, "Lê Văn An", further='<c t="e"><v>#REF!</v></c>')
    plan = reader.read(sheet(faulty, cells(3, "Lê Văn Ba"), merged="B2:B3"))

    assert said(plan, Severity.ERROR) == {"error_value": ["B2", "B3"]}


def test_a_sheet_that_is_hidden_is_not_read() -> None:
    book = openpyxl.Workbook()
    old, new = book.worksheets[0], book.create_sheet("Mới")
    for page, name in ((old, "Lê Văn Cũ"), (new, "Lê Văn Mới")):
        page.append(["Họ và tên"])
        page.append([name])
    old.sheet_state = "hidden"
    made = BytesIO()
    book.save(made)

    assert [one.name for one in reader.read(made.getvalue()).entries] == ["Lê Văn Mới"]
