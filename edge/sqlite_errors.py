"""SQLite's and the system's errors → ours: full, in use, broken, or not usable at all."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from wardroom.errors import StorageError, StorageFull, StorageGone

_BROKEN: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


@contextlib.contextmanager
def mapped(file: Path) -> Iterator[None]:
    """Turn whatever goes wrong with `file` in the block into a StorageError."""
    try:
        yield
    except sqlite3.Error as error:
        raise _storage_error(error, file) from error
    except OSError as error:
        raise StorageGone("edge.outbox_unusable", file=file, detail=error.strerror) from error


def broken(detail: str) -> sqlite3.DatabaseError:
    """Return the error of a file whose own check found damage."""
    error = sqlite3.DatabaseError(detail)
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    return error


def is_broken(error: sqlite3.Error) -> bool:
    """Return whether the file's content is damaged, or no database."""
    return _code(error) in _BROKEN


def _code(error: sqlite3.Error) -> int:
    # the low byte: SQLite adds the exact place above it
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _storage_error(error: sqlite3.Error, file: Path) -> StorageError:
    if _code(error) == sqlite3.SQLITE_FULL:
        return StorageFull("edge.outbox_full", file=file)
    if _code(error) == sqlite3.SQLITE_BUSY:
        return StorageGone("edge.outbox_in_use", file=file)
    return StorageGone("edge.outbox_unusable", file=file, detail=str(error))
