"""bytes → what kind of file they are, and a workbook's ZIP within its bounds; everything else is refused in one sentence.

Nothing is unpacked before its size is known by unpacking: what a ZIP says of its parts is not believed.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import IO, Final

from openpyxl.utils import column_index_from_string

from wardroom.errors import InvalidMessage

LARGEST: Final = 24 * 2**20
"""Bytes of a file, and of each part of a workbook as it is unpacked: twenty thousand delegates in twelve columns need half of it."""
LARGEST_SHEET: Final = 256 * 2**20
"""Bytes of a sheet as it is unpacked: they are read as a stream, and a million rows that only have a format take a hundred million."""
LARGEST_WHOLE: Final = 384 * 2**20
"""Bytes of all parts."""
MOST_ROWS: Final = 20_000
_PARTS: Final = 2_000
_CHUNK: Final = 2**18
_MOST_MERGED: Final = 1_000_000
"""Cells that merged ranges cover: each is looked at, and one range may have seventeen thousand million."""

_ZIP: Final = b"PK\x03\x04"
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_SHEET: Final = re.compile(r"xl/worksheets/[^/]+\.xml")
_MERGED: Final = re.compile(rb"mergeCell\s+ref\s*=\s*[\"']\$?([A-Za-z]{1,3})\$?(\d{1,7}):\$?([A-Za-z]{1,3})\$?(\d{1,7})")
_DOCTYPE: Final = re.compile(rb"<!DOCTYPE|<!ENTITY", re.IGNORECASE)


def is_workbook(data: bytes) -> bool:
    """Return whether the bytes begin as an XLSX does; raises InvalidMessage for Excel files of other kinds, and for an empty one."""
    if not data.strip():
        raise InvalidMessage("papers.file_empty")
    if len(data) > LARGEST:
        raise InvalidMessage("papers.file_too_large", most_mib=LARGEST // 2**20)
    if data.startswith(_OLE):
        raise InvalidMessage("papers.file_protected" if _ENCRYPTED in data else "papers.file_old_excel")
    return data.startswith(_ZIP)


def checked(data: bytes) -> bytes:
    """Return a workbook's bytes if they are one and stay within the bounds; raises InvalidMessage with the reason."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            _known(archive)
            total = 0
            for part in archive.infolist():
                total += _size(archive, part)
                if total > LARGEST_WHOLE:
                    raise InvalidMessage("papers.file_unpacks_too_large", most_mib=LARGEST_WHOLE // 2**20)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError, RuntimeError) as error:
        raise InvalidMessage("papers.file_damaged") from error
    return data


def is_sheet(part: str) -> bool:
    """Return whether a part is what is read as a sheet, and was looked at as one."""
    return _SHEET.fullmatch(part) is not None


def _known(archive: zipfile.ZipFile) -> None:
    names = set(archive.namelist())
    if len(names) > _PARTS or len(names) != len(archive.infolist()):
        raise InvalidMessage("papers.file_damaged")
    if "xl/vbaProject.bin" in names:
        raise InvalidMessage("papers.file_macros")
    if "xl/workbook.xml" not in names:
        known_other = {"xl/workbook.bin": "XLSB", "content.xml": "ODS", "word/document.xml": "DOCX", "ppt/presentation.xml": "PPTX"}
        kind = next((kind for name, kind in known_other.items() if name in names), "ZIP")
        raise InvalidMessage("papers.file_other_kind", kind=kind)


def _size(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> int:
    """Return how many bytes a part unpacks to, having unpacked it."""
    size = merged = 0
    text = part.filename.endswith((".xml", ".rels"))
    most = LARGEST_SHEET if _SHEET.fullmatch(part.filename) else LARGEST
    with archive.open(part) as stream:
        for piece, whole in _pieces(stream):
            size += whole
            if text:
                merged += sum(_area(*(one.decode() for one in found)) for found in _MERGED.findall(piece))
            if text and (_DOCTYPE.search(piece) or b"\0" in piece):
                raise InvalidMessage("papers.file_damaged")
            if size > most:
                raise InvalidMessage("papers.file_unpacks_too_large", most_mib=most // 2**20)
            if merged > _MOST_MERGED:
                raise InvalidMessage("papers.file_unpacks_too_large", most_mib=LARGEST // 2**20)
    return size


def _area(left: str, top: str, right: str, bottom: str) -> int:
    """Return how many cells a range has."""
    across = abs(column_index_from_string(right) - column_index_from_string(left)) + 1
    return across * (abs(int(bottom) - int(top)) + 1)


def _pieces(stream: IO[bytes]) -> Iterator[tuple[bytes, int]]:
    """Yield what is read with the end of what was read before, so that no mark is cut in two unseen; and how much of it is new."""
    tail = b""
    while chunk := stream.read(_CHUNK):
        yield tail + chunk, len(chunk)
        tail = chunk[-64:]
