"""a ZIP of photos → its entries, each with its bytes or one sentence why not. Nothing is ever written where an entry's name says. Pure.

What a hostile archive could do is bounded before it is done: the directory is measured before it is read, each entry's size and ratio
before it is unpacked, and all together by `TOTAL`.
"""

import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO, Final

from center.bodies import PHOTO
from center.problems import printable
from wardroom.errors import PeopleError

ENTRIES: Final = 5_000
TOTAL: Final = 4 << 30
"""Bytes that all entries together may unpack to."""
RATIO: Final = 200
"""Bytes of a photo for one in the archive: photos are compressed already."""
_SMALL: Final = 1 << 20
"""Up to here no ratio harms."""
_DIRECTORY: Final = 8 << 20
"""Bytes of an archive's directory, which is read at once."""
_TAIL: Final = 22 + 65_535
_END, _END64, _LOCATOR64 = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
_UTF8: Final = 0x800
_ENCRYPTED: Final = 0x1
_METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_NESTED: Final = (".zip", ".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz")
_LEFTOVERS: Final = re.compile(r"(^|/)(__MACOSX/|\._|\.DS_Store$|Thumbs\.db$|desktop\.ini$)", re.IGNORECASE)
"""What systems put into archives by themselves: no photo of anybody, and nobody's mistake."""
_VIETNAMESE: Final = frozenset(
    unicodedata.normalize("NFC", vowel + tone) for vowel in "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY" for tone in ("", *"\u0300\u0301\u0303\u0309\u0323")
) | {"đ", "Đ"}
_DRIVE: Final = re.compile(r"^[A-Za-z]:")
_BROKEN: Final = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    RuntimeError,
    NotImplementedError,
    ValueError,
    struct.error,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in an archive. `name`: with ``/`` between folders, composed (NFC). `refusal`: why it is not looked at."""

    name: str
    info: zipfile.ZipInfo
    refusal: PeopleError | None = None


class Archive:
    """An archive that is open: its entries, and their bytes as long as they stay within the bounds."""

    def __init__(self, source: BinaryIO) -> None:
        self._zip = zipfile.ZipFile(source)
        self._left = TOTAL

    @property
    def entries(self) -> list[Entry]:
        """Return every file in it, in its order; each name counts once."""
        found: list[Entry] = []
        seen: set[str] = set()
        for info in self._zip.infolist():
            name = _named(info)
            if info.is_dir() or _LEFTOVERS.search(name):
                continue
            twice = name.casefold() in seen
            seen.add(name.casefold())
            found.append(Entry(printable(name), info, _fault(name, info, twice=twice)))
        return found

    def read(self, entry: Entry) -> bytes:
        """Return an entry's bytes; raises PeopleError where it cannot be read, or all together are too much."""
        if entry.refusal is not None:
            raise entry.refusal
        self._left -= entry.info.file_size
        if self._left < 0:
            raise PeopleError("people.entry_total", file=entry.name, gigabytes=TOTAL >> 30)
        try:
            with self._zip.open(entry.info) as source:
                data = source.read(PHOTO + 1)
        except _BROKEN as error:
            raise PeopleError("people.entry_unreadable", file=entry.name, detail=str(error) or type(error).__name__) from error
        if len(data) > PHOTO:
            raise PeopleError("people.entry_large", file=entry.name, megabytes=PHOTO >> 20)
        return data


def opened(source: BinaryIO) -> Archive:
    """Return an archive; raises PeopleError for what is none, or has too much in it."""
    try:
        size = _directory(source)
        if size > _DIRECTORY:
            raise PeopleError("people.zip_many", limit=ENTRIES)
        archive = Archive(source)
        if len(archive._zip.infolist()) > ENTRIES:  # noqa: SLF001 - our own
            raise PeopleError("people.zip_many", limit=ENTRIES)
    except _BROKEN as error:
        raise PeopleError("people.no_zip", detail=str(error) or type(error).__name__) from error
    return archive


def _directory(source: BinaryIO) -> int:
    """Return how many bytes the archive says its directory has (APPNOTE 6.3.10, 4.3.14 to 4.3.16), before anybody reads it."""
    end = source.seek(0, 2)
    start = max(0, end - _TAIL)
    source.seek(start)
    tail = source.read(_TAIL)
    at = tail.rfind(_END)
    if at < 0 or at + 22 > len(tail):
        raise zipfile.BadZipFile("no end of a ZIP archive")
    size: int = struct.unpack_from("<L", tail, at + 12)[0]
    if tail[max(0, at - 20) : at].startswith(_LOCATOR64):
        source.seek(struct.unpack_from("<Q", tail, at - 12)[0])
        record = source.read(56)
        if record.startswith(_END64) and len(record) == 56:
            size = struct.unpack_from("<Q", record, 40)[0]
    source.seek(0)
    return size


def _named(info: zipfile.ZipInfo) -> str:
    """Return an entry's name: where it does not say that it is UTF-8, `zipfile` read it as the letters of an old code page."""
    name = info.orig_filename
    if not info.flag_bits & _UTF8:
        with suppress(UnicodeEncodeError):
            name = _guessed(name.encode("cp437"), name)
    return unicodedata.normalize("NFC", name.replace("\\", "/"))


def _guessed(raw: bytes, otherwise: str) -> str:
    """Return UTF-8, which many programs write without saying so; Windows' own Vietnamese page, where only such letters come of it."""
    with suppress(UnicodeDecodeError):
        return raw.decode("utf-8")
    with suppress(UnicodeDecodeError):
        name = unicodedata.normalize("NFC", raw.decode("cp1258"))
        if all(letter.isascii() or letter in _VIETNAMESE for letter in name):
            return name
    return otherwise


def _fault(name: str, info: zipfile.ZipInfo, *, twice: bool) -> PeopleError | None:
    """Return why an entry is not looked at."""
    shown = printable(name)
    mode = info.external_attr >> 16
    checks = (
        (_outside(name), "people.entry_path"),
        (stat.S_IFMT(mode) not in {0, stat.S_IFREG}, "people.entry_link"),
        (twice, "people.entry_twice"),
        (bool(info.flag_bits & _ENCRYPTED), "people.entry_encrypted"),
        (name.lower().endswith(_NESTED), "people.entry_nested"),
        (info.file_size == 0, "people.entry_empty"),
        (info.file_size > PHOTO, "people.entry_large"),
        (info.file_size > max(_SMALL, RATIO * info.compress_size), "people.entry_bomb"),
        (info.compress_type not in _METHODS, "people.entry_method"),
    )
    key = next((key for wrong, key in checks if wrong), None)
    return None if key is None else PeopleError(key, file=shown, megabytes=PHOTO >> 20)


def _outside(name: str) -> bool:
    parts = name.split("/")
    return not name or "\0" in name or name.startswith("/") or ".." in parts or bool(_DRIVE.match(name))
