"""tables below → XLSX files as LibreOffice writes them: ``python -m tests.center.papers.workbooks.make`` with LibreOffice Calc on PATH.

The files lie beside this one and are committed, so that tests need no LibreOffice. Every name is an invented one made of the most common
Vietnamese family, middle and given names.
"""

import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import EllipsisType
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from tests.center.papers.workbooks import tables
from tests.center.papers.workbooks.cells import Cell, Formula, Hidden, Merged, Number

HERE: Final = Path(__file__).parent
_SPACES: Final = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0" xmlns:of="urn:oasis:names:tc:opendocument:xmlns:of:1.2"'
)
_STYLES: Final = (
    '<office:automatic-styles><number:number-style style:name="five">'
    '<number:number number:decimal-places="0" number:min-integer-digits="5"/></number:number-style>'
    '<style:style style:name="zeros" style:family="table-cell" style:parent-style-name="Default" style:data-style-name="five"/>'
    "</office:automatic-styles>"
)
_PASSWORD: Final = """
import subprocess, sys, time, uno
from com.sun.star.beans import NamedValue, PropertyValue
from com.sun.star.connection import NoConnectException
source, target, profile = sys.argv[1:]
pipe = "pipe,name=wardroom-workbooks;urp"
office = subprocess.Popen(["soffice", profile, "--headless", "--norestore", "--accept=" + pipe])
resolver = uno.getComponentContext().ServiceManager.createInstance("com.sun.star.bridge.UnoUrlResolver")
for _ in range(120):
    try:
        context = resolver.resolve("uno:" + pipe + ";StarOffice.ComponentContext")
        break
    except NoConnectException:
        time.sleep(0.5)
desktop = context.ServiceManager.createInstance("com.sun.star.frame.Desktop")
page = desktop.loadComponentFromURL(uno.systemPathToFileUrl(source), "_blank", 0, ())
encryption = uno.Any("[]com.sun.star.beans.NamedValue", (NamedValue("CryptoType", "Standard"), NamedValue("OOXPassword", "wardroom")))
words = []
for name, value in (("FilterName", "Calc MS Excel 2007 XML"), ("EncryptionData", encryption)):
    word = PropertyValue()
    word.Name, word.Value = name, value
    words.append(word)
page.storeToURL(uno.systemPathToFileUrl(target), tuple(words))
desktop.terminate()
office.wait(30)
"""
"""What the system's Python, which has LibreOffice's bridge, runs: only so can a file be saved with a password."""


@dataclass(frozen=True)
class _Office:
    folder: Path

    @property
    def profile(self) -> str:
        return f"-env:UserInstallation={(self.folder / 'profile').as_uri()}"

    def convert(self, source: Path, kind: str, target: Path) -> None:
        out = self.folder / kind
        command = ["soffice", self.profile, "--headless", "--convert-to", kind, "--outdir", str(out), str(source)]
        subprocess.run(command, check=True, timeout=120, capture_output=True)
        target.write_bytes((out / source.with_suffix(f".{kind}").name).read_bytes())


def flat(sheets: tables.Sheets) -> str:
    """Return sheets as flat OpenDocument XML."""
    body = "".join(_sheet(name, rows) for name, rows in sheets.items())
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<office:document {_SPACES} office:version="1.2" office:mimetype="application/vnd.oasis.opendocument.spreadsheet">{_STYLES}'
        f"<office:body><office:spreadsheet>{body}</office:spreadsheet></office:body></office:document>"
    )


def _sheet(name: str, rows: Sequence[tables.Line]) -> str:
    hidden = tables.HIDDEN_COLUMNS.get(name, frozenset())
    columns = "".join(f"<table:table-column{_collapsed(column in hidden)}/>" for column in range(12))
    return f"<table:table table:name={quoteattr(name)}>{columns}{''.join(_row(row) for row in rows)}</table:table>"


def _row(row: tables.Line) -> str:
    cells = row.cells if isinstance(row, Hidden) else row
    return f"<table:table-row{_collapsed(isinstance(row, Hidden))}>{''.join(_cell(cell) for cell in cells or ('',))}</table:table-row>"


def _collapsed(hidden: bool) -> str:  # noqa: FBT001 - a word of the format
    return ' table:visibility="collapse"' if hidden else ""


def _cell(cell: Cell | EllipsisType) -> str:
    if isinstance(cell, EllipsisType):
        return "<table:covered-table-cell/>"
    if isinstance(cell, Merged):
        span = f' table:number-columns-spanned="{cell.columns}" table:number-rows-spanned="{cell.rows}"'
        return f'<table:table-cell{span} office:value-type="string"><text:p>{escape(cell.text)}</text:p></table:table-cell>'
    if isinstance(cell, Formula):
        return f"<table:table-cell table:formula={quoteattr(cell.text)}/>"
    if isinstance(cell, Number | int | float):
        style = ' table:style-name="zeros"' if isinstance(cell, Number) else ""
        return f'<table:table-cell{style} office:value-type="float" office:value="{getattr(cell, "value", cell)}"/>'
    return (
        f'<table:table-cell office:value-type="string"><text:p>{escape(cell)}</text:p></table:table-cell>'
        if cell
        else "<table:table-cell/>"
    )


def main() -> None:
    """Write every file."""
    with tempfile.TemporaryDirectory() as folder:
        office = _Office(Path(folder))
        for name, sheets in tables.WORKBOOKS.items():
            source = Path(folder, f"{name}.fods")
            source.write_text(flat(sheets), encoding="utf-8")
            office.convert(source, "xlsx", HERE / f"{name}.xlsx")
        small = Path(folder, "plain.fods")
        for kind in ("xls", "ods"):
            office.convert(small, kind, HERE / f"plain.{kind}")
        locked = ["/usr/bin/python3", "-c", _PASSWORD, str(small), str(HERE / "protected.xlsx"), office.profile]
        subprocess.run(locked, check=True, timeout=120)


if __name__ == "__main__":
    main()
