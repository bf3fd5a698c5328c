"""Lists made for one test, refusals of lists, and what a plan says of them."""

import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from center.papers import reader
from center.papers.plan import Plan, Severity
from wardroom.errors import InvalidMessage

FOLDER = Path(__file__).parent / "workbooks"
SHEET = "xl/worksheets/sheet1.xml"
SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def refusal(data: bytes) -> InvalidMessage:
    with pytest.raises(InvalidMessage) as refused:
        reader.read(data)
    assert "{" not in refused.value.sentence("vi") + refused.value.sentence("en")
    return refused.value


def said(plan: Plan, severity: Severity) -> dict[str, list[str | int | None]]:
    """Return the problems' keys with their cells, or rows where they name no cell."""
    found: dict[str, list[str | int | None]] = {}
    for problem in plan.problems:
        if problem.severity is severity:
            found.setdefault(problem.key.removeprefix("papers."), []).append(problem.cell or problem.row)
    return found


def packed(**parts: bytes) -> bytes:
    """Return plain.xlsx with parts put in or changed."""
    made = BytesIO()
    with zipfile.ZipFile(FOLDER / "plain.xlsx") as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            if name not in parts:
                target.writestr(name, source.read(name))
        for name, data in parts.items():
            target.writestr(name, data)
    return made.getvalue()


def sheet(*rows: str, merged: str = "") -> bytes:
    """Return plain.xlsx with these rows below a header."""
    merges = f'<mergeCells><mergeCell ref="{merged}"/></mergeCells>' if merged else ""
    lines = "".join((cells(1, "Họ và tên", "Đơn vị", "Số ghế"), *rows))
    body = f'<worksheet xmlns="{SPREADSHEET}"><sheetData>{lines}</sheetData>{merges}</worksheet>'
    return packed(**{SHEET: body.encode()})


def cells(row: int, *texts: str, further: str = "") -> str:
    """Return a row with these texts from its first cell on."""
    return f'<row r="{row}">{"".join(_cell(text) for text in texts)}{further}</row>'


def _cell(text: str) -> str:
    return f'<c t="inlineStr"><is><t>{text}</t></is></c>'
