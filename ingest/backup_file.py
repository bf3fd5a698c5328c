"""tables' rows → one backup file, and back: a zip with a member per table (PostgreSQL's COPY text) and a manifest, written last.

A file under its final name is whole: it is written beside it, brought to the disk, read back, and renamed. Only its owner may read it. The
rows are plain text and say nothing of the server they came from, so a backup goes back into any PostgreSQL, with TimescaleDB or without.
"""

import fcntl
import hashlib
import os
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from errno import EDQUOT, ENOSPC
from pathlib import Path
from typing import IO, Final

import msgspec
from msgspec import Struct

from wardroom.errors import SchemaNewer, StorageError, StorageFull

FORMAT: Final = 1
_MANIFEST: Final = "manifest.json"
_MANIFEST_BYTES: Final = 8 << 20
_CHUNK: Final = 1 << 18
_QUICK: Final = 1
"""Readings shrink to a quarter by the quickest compression, to a fifth by the slowest at a tenth of the speed."""
_BROKEN: Final = (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, RuntimeError, ValueError, msgspec.MsgspecError)
"""What reading a file that is damaged, or is no backup at all, raises."""


class SchemaFile(Struct, frozen=True, kw_only=True):
    """A table file that the database had run."""

    name: str
    checksum: str


class Rows(Struct, frozen=True, kw_only=True):
    """One table: `bytes` and `sha256` are of its rows as COPY writes them."""

    table: str
    columns: tuple[str, ...]
    rows: int
    bytes: int
    sha256: str


class NextNumber(Struct, frozen=True, kw_only=True):
    """What the numbering of a column would have given next."""

    table: str
    column: str
    next: int


class Manifest(Struct, frozen=True, kw_only=True):
    """What is in a backup, and where it came from."""

    format: int
    program: str
    taken: datetime
    database: str
    server: str
    timescaledb: str | None
    files: tuple[SchemaFile, ...]
    tables: tuple[Rows, ...]
    numbers: tuple[NextNumber, ...]
    ranges: tuple[tuple[datetime, datetime], ...]
    """What the parts of `reading` covered, partitions or chunks: where rows go, parts must be made first."""


class TableWriter:
    """Takes one table's rows, in pieces of any size."""

    def __init__(self, member: IO[bytes]) -> None:
        self._member = member
        self._held: list[bytes] = []
        self._held_bytes = 0
        self._hash = hashlib.sha256()
        self.rows = 0
        self.bytes = 0

    def write(self, row: bytes) -> None:
        """Add one row."""
        self._held.append(row)
        self._held_bytes += len(row)
        if self._held_bytes >= _CHUNK:
            self.flush()

    def flush(self) -> None:
        together = b"".join(self._held)
        self.rows += len(self._held)
        self.bytes += len(together)
        self._held, self._held_bytes = [], 0
        self._hash.update(together)
        self._member.write(together)

    def done(self, table: str, columns: tuple[str, ...]) -> Rows:
        """Return the table's line of the manifest."""
        return Rows(table=table, columns=columns, rows=self.rows, bytes=self.bytes, sha256=self._hash.hexdigest())


class Writer:
    """A backup file that is being written."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    @contextmanager
    def table(self, name: str) -> Iterator[TableWriter]:
        with self._archive.open(_member(name), "w", force_zip64=True) as member:
            writer = TableWriter(member)
            yield writer
            writer.flush()

    def finish(self, manifest: Manifest) -> None:
        self._archive.writestr(_MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)))


@contextmanager
def written(target: Path) -> Iterator[Writer]:
    """Yield the writer of a new backup file; `target` is there when the context ends well, and only then.

    Raises StorageError where `target` exists or another backup is writing it, StorageFull where the disk is full.
    """
    part = target.with_name(f"{target.name}.part")
    with _said(target):
        _refuse_existing(target)
        with _claimed(part) as file:
            try:
                yield from _filled(file)
                verify(part)
                _refuse_existing(target)
                part.rename(target)
            except BaseException:
                part.unlink(missing_ok=True)
                raise
            _to_disk(target.parent)


def _filled(file: IO[bytes]) -> Iterator[Writer]:
    archive = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=_QUICK)
    try:
        yield Writer(archive)
        archive.close()
    except BaseException:
        with suppress(OSError, ValueError):
            archive.close()  # else it tries when it is collected, on a file that is closed by then
        raise
    file.flush()
    os.fsync(file.fileno())


@contextmanager
def _claimed(part: Path) -> Iterator[IO[bytes]]:
    """Open the unfinished file; one that a killed backup left behind is written over, one that is being written is refused."""
    with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600), "r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StorageError("ingest.backup_runs", path=part) from error
        os.fchmod(file.fileno(), 0o600)
        file.truncate(0)
        yield file


def _refuse_existing(target: Path) -> None:
    if target.exists():
        raise StorageError("ingest.backup_exists", path=target)


def _to_disk(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _said(target: Path) -> Iterator[None]:
    """Turn the errors of writing into ours."""
    try:
        yield
    except OSError as error:
        if error.errno in {ENOSPC, EDQUOT}:
            raise StorageFull("ingest.backup_disk_full", path=target.parent) from error
        raise StorageError("ingest.backup_unwritable", path=target, detail=error.strerror or error) from error


class Reader:
    """A backup's manifest and rows; raises StorageError where a byte is not what was written."""

    def __init__(self, path: Path, archive: zipfile.ZipFile) -> None:
        self._path = path
        self._archive = archive

    def manifest(self) -> Manifest:
        with _understood(self._path), self._archive.open(_MANIFEST) as member:
            found = msgspec.json.decode(member.read(_MANIFEST_BYTES), type=Manifest)
        if found.format > FORMAT:
            raise SchemaNewer("ingest.backup_newer", path=self._path, file=f"format {found.format}")
        return found

    def pieces(self, table: str) -> Iterator[bytes]:
        """Yield a table's rows in pieces that know nothing of where a row ends."""
        with _understood(self._path), self._archive.open(_member(table)) as member:
            while piece := member.read(_CHUNK):
                yield piece


@contextmanager
def opened(path: Path) -> Iterator[Reader]:
    """Lend the reader of a backup."""
    with _understood(path):
        archive = zipfile.ZipFile(path)
    with archive:
        yield Reader(path, archive)


def verify(path: Path) -> Manifest:
    """Read a backup from end to end and return its manifest; raises StorageError where a byte is not what was written."""
    with opened(path) as reader:
        manifest = reader.manifest()
        for table in manifest.tables:
            digest, size, rows = hashlib.sha256(), 0, 0
            for piece in reader.pieces(table.table):
                digest.update(piece)
                size += len(piece)
                rows += piece.count(b"\n")
            if (digest.hexdigest(), size, rows) != (table.sha256, table.bytes, table.rows):
                raise StorageError("ingest.backup_broken", path=path, detail=f"{table.table}: {rows} rows, {table.rows} expected")
    return manifest


@contextmanager
def _understood(path: Path) -> Iterator[None]:
    """Turn the errors of reading into ours."""
    try:
        yield
    except OSError as error:
        raise StorageError("ingest.backup_unreadable", path=path, detail=error.strerror or error) from error
    except _BROKEN as error:
        raise StorageError("ingest.backup_broken", path=path, detail=" ".join(str(error).split())[:200]) from error


def _member(table: str) -> str:
    return f"tables/{table}.copy"
