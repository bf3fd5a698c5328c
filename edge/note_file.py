"""a small table ↔ a JSON file beside the outbox, replaced whole: what a restart must not forget."""

from pathlib import Path
from typing import Generic, TypeVar

import msgspec
import structlog

T = TypeVar("T")

_log = structlog.get_logger()


class NoteFile(Generic[T]):
    """A table of `kind`, by id."""

    def __init__(self, file: Path, kind: type[T]) -> None:
        self._file = file
        self._kind = kind

    def read(self) -> dict[str, T]:
        """Return what the file holds; nothing, and a line in the log, where that cannot be read."""
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=dict[str, self._kind])  # type: ignore[name-defined]
        except FileNotFoundError:
            return {}
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
            _log.warning("notes cannot be read; what they told is told anew", file=str(self._file), detail=str(error))
            return {}

    def write(self, table: dict[str, T]) -> None:
        """Replace the file whole; where the disk takes nothing the old one stays, and a restart may tell something twice."""
        fresh = self._file.with_suffix(".new")
        try:
            fresh.write_bytes(msgspec.json.encode(table))
            fresh.replace(self._file)
        except OSError as error:
            _log.warning("notes cannot be written", file=str(self._file), detail=error.strerror)
