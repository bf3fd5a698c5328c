"""Lists as organisers write them, in files that LibreOffice wrote."""

import unicodedata
from io import BytesIO

import msgspec
import openpyxl
import pytest
from openpyxl.styles import Font

from center.papers import archive, reader
from center.papers.plan import Plan, Severity
from tests.center.papers.books import FOLDER, SHEET, packed, refusal, said


def read(name: str) -> Plan:
    return reader.read((FOLDER / name).read_bytes())


def test_a_list_under_merged_titles_and_a_header_of_two_rows_is_read_as_its_reader_sees_it() -> None:
    plan = read("congress.xlsx")

    assert [(one.row, one.title, one.name, one.position, one.unit, one.delegation, one.seat, one.code) for one in plan.entries] == [
        (6, "Ông", "Nguyễn Văn An", "Bí thư chi bộ", "Chi bộ 1", "Đoàn số 1", "12", "00007"),
        (7, "Bà", "Trần Thị Mỹ Duyên", "Phó bí thư", "Chi bộ 1", "Đoàn số 1", "A-13", "00042"),
        (8, "Bà", "Lê Thị Ánh", "Đảng viên", "Chi bộ 2", "Đoàn số 1", "14", ""),
        (11, "Ông", "Hoàng Văn Cường", "Đảng viên", "Chi bộ 3", "Đoàn số 2", "16", ""),
        (13, "", "H'Hen Niê", "Đảng viên", "Chi bộ 3", "Đoàn số 2", "17", ""),
    ]
    assert (plan.sheet, plan.rows, plan.refused) == ("Danh sách", 6, 0)
    assert [(one.field.value, one.header, one.column) for one in plan.columns if one.field.value in {"family", "given", "unit"}] == [
        ("family", "Họ và tên", "C"),
        ("given", "Họ và tên", "D"),
        ("unit", "Đơn vị", "F"),
    ]


def test_what_is_left_out_of_a_list_is_told_with_its_rows() -> None:
    plan = read("congress.xlsx")
    sentences = {problem.key: problem.sentence("vi") for problem in plan.problems}

    assert said(plan, Severity.ERROR) == {}
    assert said(plan, Severity.WARNING) == {
        "rows_hidden": [None],
        "other_sheets": [None],
        "columns_unused": [None],
        "code_short": [6, 7],
        "repeated": [12],
        "row_ignored": [15, 16, 17],
    }
    assert "1 dòng đang bị ẩn hoặc bị lọc: 9;" in sentences["papers.rows_hidden"]
    assert "Hướng dẫn, Khách mời" in sentences["papers.other_sheets"]
    assert "J 'Ngày sinh'" in sentences["papers.columns_unused"]
    assert "Dòng 12 trùng dòng 11 (Hoàng Văn Cường" in sentences["papers.repeated"]


def test_headings_of_groups_are_delegations_and_titles_before_names_are_titles() -> None:
    plan = read("groups.xlsx")

    assert [(one.row, one.title, one.name, one.position, one.delegation) for one in plan.entries] == [
        (5, "Ông", "Nguyễn Văn Dũng", "Tổ trưởng", "Tổ dân phố số 1"),
        (6, "Bà", "Phạm Thị Hạnh", "Tổ phó", "Tổ dân phố số 1"),
        (9, "Ông", "Ông Văn Kiên", "Tổ trưởng", "Tổ dân phố số 2"),
        (10, "Đ/c", "Tống Thị Lan", "Tổ phó", "Tổ dân phố số 2"),
    ]
    assert (plan.rows, said(plan, Severity.WARNING)) == (4, {"group": [4, 8]})


def test_each_faulty_row_is_refused_with_its_cell_and_the_rest_goes_on() -> None:
    plan = read("faults.xlsx")

    assert said(plan, Severity.ERROR) == {
        "error_value": ["C2"],
        "name_missing": ["B3", "B13"],
        "code_twice": ["F5"],
        "seat_twice": ["E6"],
        "old_font": ["B8"],
        "too_long": ["C10"],
    }
    assert [one.row for one in plan.entries] == [4, 7, 9, 11, 12]
    assert (plan.rows, plan.refused) == (12, 7)
    assert plan.entries[0].photo_file == "nga.jpg"
    assert plan.entries[1].name == "Đỗ Thị Quyên"
    assert (plan.entries[2].name, plan.entries[2].position) == ("Vũ Thị Tâm", "=1+1")


def test_every_problem_is_one_sentence_in_both_languages_that_names_its_place() -> None:
    for name in ("congress.xlsx", "groups.xlsx", "faults.xlsx"):
        for problem in read(name).problems:
            vietnamese, english = problem.sentence("vi"), problem.sentence("en")

            assert "{" not in vietnamese + english
            assert vietnamese != english
            assert problem.row is None or (problem.cell or str(problem.row)) in vietnamese
            assert problem.cell is None or (problem.cell in english and problem.field is not None)


def test_an_english_header_and_a_header_of_the_name_alone_are_enough() -> None:
    assert [(one.name, one.unit, one.seat) for one in read("plain.xlsx").entries] == [("Lê Văn An", "Chi bộ 1", "A1")]
    assert [one.name for one in read("lonely.xlsx").entries] == ["Lê Văn An", "Trần Thị Bình"]


REFUSED = {
    "no_name.xlsx": ("papers.no_name_column", "1 không có cột “Họ và tên”"),
    "name_hidden.xlsx": ("papers.no_name_column", "bỏ ẩn"),
    "no_header.xlsx": ("papers.no_header", "Trang 1, Trang 2"),
    "empty.xlsx": ("papers.no_delegates", "dòng tiêu đề 1"),
    "protected.xlsx": ("papers.file_protected", "mật khẩu"),
    "plain.xls": ("papers.file_old_excel", ".xls"),
    "plain.ods": ("papers.file_other_kind", "ODS"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_without_a_list_is_refused_in_one_sentence(name: str) -> None:
    key, part = REFUSED[name]
    found = refusal((FOLDER / name).read_bytes())

    assert (found.key, part in found.sentence("vi")) == (key, True)


HOSTILE = {
    "nothing": (b"", "papers.file_empty"),
    "blanks": (b" \r\n ", "papers.file_empty"),
    "macros": (packed(**{"xl/vbaProject.bin": b"x"}), "papers.file_macros"),
    "a bomb": (packed(**{"xl/styles.xml": b"<a>" + b" " * (archive.LARGEST + 1)}), "papers.file_unpacks_too_large"),
    "a bomb in many parts": (packed(**{f"xl/{n}.xml": b" " * 2**24 for n in range(25)}), "papers.file_unpacks_too_large"),
    "a bomb of another name": (packed(**{"xl/strings.bin": b" " * (archive.LARGEST + 1)}), "papers.file_unpacks_too_large"),
    "entities in UTF-16": (packed(**{SHEET: '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'.encode("utf-16")}), "papers.file_damaged"),
    "entities": (packed(**{SHEET: b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}), "papers.file_damaged"),
    "a merged range over everything": (
        packed(**{SHEET: b'<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'}),
        "papers.file_unpacks_too_large",
    ),
    "no sheet": (packed(**{SHEET: b"<not a sheet"}), "papers.file_damaged"),
    "cut off": ((FOLDER / "plain.xlsx").read_bytes()[:3_000], "papers.file_damaged"),
    "another ZIP": (packed()[:4] + b"PK", "papers.file_damaged"),
    "too large": (b"a" * (archive.LARGEST + 1), "papers.file_too_large"),
    "a page": (b"<html><table><tr><td>a</td></tr></table></html>", "papers.file_other_kind"),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\x00\x00", "papers.file_other_kind"),
    "bytes": (b"\x8a\x8d, \x8a", "papers.file_encoding"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_is_refused_before_it_does_harm(what: str) -> None:
    data, key = HOSTILE[what]

    assert refusal(data).key == key


def test_a_formula_that_nobody_computed_is_an_error_at_its_cell() -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in (["Họ và tên", "Đơn vị"], ["Lê Văn An", '="Chi bộ "&1'], ["Lê Văn Bình", "Chi bộ 2"]):
        page.append(row)
    made = BytesIO()
    book.save(made)
    plan = reader.read(made.getvalue())

    assert said(plan, Severity.ERROR) == {"formula_unsaved": ["B2"]}
    assert [one.name for one in plan.entries] == ["Lê Văn Bình"]


ROWS = "Danh sách đại biểu\nSTT|Họ và tên|Đơn vị|Ghế\n1|TRẦN THỊ MỸ DUYÊN|Chi bộ 1|A1\n2|Nguyễn Hữu Ước|Chi bộ 2|07\n"


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1258"])
def test_a_csv_is_read_whatever_its_encoding_and_separator(encoding: str, separator: str) -> None:
    text = ROWS.replace("|", separator).replace("\n", "\r\n")
    plan = reader.read(in_windows(text) if encoding == "cp1258" else text.encode(encoding))

    assert [(one.row, one.name, one.unit, one.seat) for one in plan.entries] == [
        (3, "Trần Thị Mỹ Duyên", "Chi bộ 1", "A1"),
        (4, "Nguyễn Hữu Ước", "Chi bộ 2", "07"),
    ]


def in_windows(text: str) -> bytes:
    """Return text in Windows-1258, whose tone marks stand behind their letters."""
    marks = "\u0300\u0301\u0303\u0309\u0323"
    apart = {unicodedata.normalize("NFC", letter + mark): letter + mark for letter in "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY" for mark in marks}
    return "".join(apart.get(sign, sign) for sign in text).encode("cp1258")


def test_a_csv_that_names_its_separator_keeps_its_row_numbers() -> None:
    plan = reader.read('sep=;\nHọ tên;Đơn vị\nLê Văn An;"Chi bộ; số 1"\n;x;\n'.encode())

    assert [(one.row, one.unit) for one in plan.entries] == [(3, "Chi bộ; số 1")]


@pytest.mark.parametrize("far", [None, "x"])
def test_a_cell_at_the_very_end_of_a_sheet_makes_no_million_rows(far: str | None) -> None:
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    for row in (["Họ và tên", "Chức vụ"], ["Nguyễn Văn An", "Bí thư"]):
        page.append(row)
    page.cell(1_048_576, 20).value = far
    page.cell(1_048_576, 20).font = Font(bold=True)
    made = BytesIO()
    book.save(made)

    if far is None:
        assert [one.name for one in reader.read(made.getvalue()).entries] == ["Nguyễn Văn An"]
    else:
        assert refusal(made.getvalue()).key == "papers.too_many_rows"


def test_a_seat_that_a_spreadsheet_made_a_date_of_is_refused_and_one_it_put_zeros_behind_is_read() -> None:
    plan = reader.read("Họ tên;Số ghế\nLê Văn An;05/12/2026\nLê Văn Ba;12.0\nLê Văn Cao;12\nLê Văn Đô;14.5\n".encode())

    assert said(plan, Severity.ERROR) == {"seat_date": ["B2"], "seat_twice": ["B4"]}
    assert [(one.name, one.seat) for one in plan.entries] == [("Lê Văn Ba", "12"), ("Lê Văn Đô", "14.5")]


def test_letters_that_became_question_marks_are_refused_not_kept() -> None:
    plan = reader.read("Ho ten;Chuc vu\nNguy?n V?n An;Bi thu\nLê Văn Ba;Ai?\nLê \ufffdan;\n".encode())

    assert said(plan, Severity.ERROR) == {"signs_lost": ["A2", "A4"]}
    assert [one.name for one in plan.entries] == ["Lê Văn Ba"]
    assert refusal("H? và tên;??n v?\nNguy?n V?n An;Chi b? 1\n".encode()).key == "papers.file_lossy"


def test_a_column_that_is_hidden_is_told_once() -> None:
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    for row in (["Họ và tên", "Đơn vị"], ["Lê Văn An", "Chi bộ 1"]):
        page.append(row)
    page.column_dimensions["B"].hidden = True
    made = BytesIO()
    book.save(made)

    assert [one.key for one in reader.read(made.getvalue()).problems] == ["papers.columns_hidden"]


def test_a_plan_is_the_same_after_its_way_between_two_processes() -> None:
    for name in ("congress.xlsx", "faults.xlsx"):
        plan = msgspec.msgpack.decode(reader.work((FOLDER / name).read_bytes()), type=Plan)

        assert plan == read(name)
