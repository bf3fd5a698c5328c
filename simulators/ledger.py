"""readings about to be put → an append-only file, written before the put: the truth that the database is compared with.

Every pack is one `os.write`: it is in the kernel's hands when its readings go on their way, and a kill -9 of the process loses nothing.
A file is a row of 32-byte cells; a series is introduced by name where it first occurs; a closed file ends with a cell that says so.
"""

import errno
import fcntl
import os
import struct
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from enum import IntFlag
from pathlib import Path
from typing import Final, NamedTuple, Self

from wardroom.errors import StorageError, StorageFull
from wardroom.senml import Reading
from wardroom.topics import Gateway

SUFFIX: Final = ".ledger"
_CELL: Final = struct.Struct("<IIqdq")
_DEFINES: Final = 0xFFFF_FFFF
_CLOSES: Final = 0xFFFF_FFFE
_CHUNK: Final = 1 << 20


class Mark(IntFlag):
    """What the fleet knew of a reading when it was put."""

    LIVE = 1
    """The gateway's session was up and its line neither cut nor held."""
    LOST = 2
    """Written a second time: its put failed and was counted as a loss; nobody may expect it, and it need not be absent."""


_MARKS: Final = tuple(Mark(bits) for bits in range(0x100))


class SeriesKey(NamedTuple):
    """Site, gateway, sensor, quantity."""

    site: str
    gateway: str
    sensor: str
    quantity: str


class Entry(NamedTuple):
    """One reading of the ledger; `session` counts the gateway's sessions, `tapped_ns` is the machine's monotonic clock."""

    key: SeriesKey
    mark: Mark
    session: int
    time_us: int
    value: float
    tapped_ns: int


class Ledger:
    """The writer; one process, one file."""

    def __init__(self, file: Path, *, monotonic_ns: Callable[[], int] = time.monotonic_ns) -> None:
        self._file = file
        self._monotonic_ns = monotonic_ns
        self._descriptor = -1
        self._end = 0
        self._numbers: dict[SeriesKey, int] = {}  # never evicted: as many as the fleet has series, and the file knows them by number
        self.count = 0

    def __enter__(self) -> Self:
        """Make the file, which must not exist, and hold its lock as the sign of a living writer."""
        try:
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._descriptor = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise StorageError("simulators.ledger_unusable", file=self._file, detail=error.strerror) from error
        return self

    def __exit__(self, *_: object) -> None:
        """Say that nothing comes any more, and close."""
        try:
            self._write(_CELL.pack(_CLOSES, 0, 0, 0.0, self._monotonic_ns()))
        finally:
            os.close(self._descriptor)
            self._descriptor = -1

    def record(self, gateway: Gateway, readings: Iterable[Reading], *, mark: Mark, session: int) -> None:
        """Write one pack's readings; StorageError if they cannot be, and then they must not be put."""
        now = self._monotonic_ns()
        cells = bytearray()
        new: dict[SeriesKey, int] = {}
        count = 0
        for reading in readings:
            key = SeriesKey(gateway.site, gateway.gateway, reading.sensor, reading.quantity)
            number = self._numbers.get(key, new.get(key))
            if number is None:
                number = new[key] = len(self._numbers) + len(new)
                cells += _definition(number, key)
            cells += _CELL.pack(number, mark | (session << 8 & 0xFFFF_FFFF), reading.observed_us, reading.value, now)
            count += 1
        self._write(bytes(cells))
        self._numbers |= new
        self.count += count

    def _write(self, data: bytes) -> None:
        """Write all of `data` or nothing of it."""
        try:
            written = os.write(self._descriptor, data)
            if written < len(data):
                os.ftruncate(self._descriptor, self._end)
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise StorageFull("simulators.ledger_full", file=self._file) from error
            raise StorageError("simulators.ledger_unusable", file=self._file, detail=error.strerror) from error
        if written < len(data):
            raise StorageFull("simulators.ledger_full", file=self._file)
        self._end += written


def _definition(number: int, key: SeriesKey) -> bytes:
    name = "/".join(key).encode()
    return _CELL.pack(_DEFINES, number, len(name), 0.0, 0) + name.ljust(-(-len(name) // _CELL.size) * _CELL.size, b"\0")


class Reader:
    """Reads a file from its beginning, and on from there as it grows; a torn end is left for the next time."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._names: list[SeriesKey] = []  # never evicted: a series stays known by its number to the end of the file
        self._offset = 0
        self.closed = False

    def __iter__(self) -> Iterator[Entry]:
        """Yield what was written since the last time."""
        try:
            with self._file.open("rb") as stream:
                stream.seek(self._offset)
                rest = b""
                while chunk := stream.read(_CHUNK):
                    data = rest + chunk
                    used = yield from self._cells(data)
                    self._offset += used
                    rest = data[used:]
        except OSError as error:
            raise StorageError("simulators.ledger_unusable", file=self._file, detail=error.strerror) from error

    def _cells(self, data: bytes) -> Generator[Entry, None, int]:
        """Yield the entries in `data`; return how many bytes of it are done with."""
        at = 0
        while at + _CELL.size <= len(data):
            number, flags, time_us, value, tapped_ns = _CELL.unpack_from(data, at)
            if number == _DEFINES:
                end = at + _CELL.size + time_us
                padded = at + _CELL.size + -(-time_us // _CELL.size) * _CELL.size
                if padded > len(data):
                    break
                self._names.append(self._key(data[at + _CELL.size : end]))
                at = padded
                continue
            at += _CELL.size
            if number == _CLOSES:
                self.closed = True
            elif number < len(self._names):
                yield Entry(self._names[number], _MARKS[flags & 0xFF], flags >> 8, time_us, value, tapped_ns)
            else:
                raise StorageError("simulators.ledger_damaged", file=self._file, offset=self._offset + at)
        return at

    def _key(self, name: bytes) -> SeriesKey:
        parts = name.decode(errors="replace").split("/")
        if len(parts) != 4:
            raise StorageError("simulators.ledger_damaged", file=self._file, offset=self._offset)
        return SeriesKey(*parts)


def files(folder: Path) -> list[Path]:
    """Return the folder's ledgers, oldest first."""
    return sorted(folder.glob(f"*{SUFFIX}"))


def is_closed(file: Path) -> bool:
    """Return whether the file's writer came to its end."""
    with file.open("rb") as stream:
        size = stream.seek(0, os.SEEK_END)
        if size < _CELL.size or size % _CELL.size:
            return False
        stream.seek(-_CELL.size, os.SEEK_END)
        number, *rest, _ = _CELL.unpack(stream.read(_CELL.size))
    return number == _CLOSES and not any(rest)


def is_written(file: Path) -> bool:
    """Return whether a living process still writes this file."""
    with file.open("rb") as stream:
        try:
            fcntl.flock(stream.fileno(), fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
