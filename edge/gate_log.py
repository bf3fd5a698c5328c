"""who passed this gateway's gates, as far as it counts → a small table on disk, so that a restart greets nobody a second time.

SQLite, ids only: no name, no face. Bounded by the occasions there are (what belongs to no other is cleared) and by `LIMIT` rows, the oldest
going first. Synchronous NORMAL: after a power cut the last ones may be missing here; the outbox and the center have them.
"""

import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog

from edge.sqlite_errors import is_broken
from edge.wire_clock import instant
from wardroom.admission import Direction, Method, Passage
from wardroom.errors import StorageGone

LIMIT: Final = 100_000
"""Passages kept."""
_COLUMNS: Final = "id, occasion, list, delegate, direction, method, at_us"
_SCHEMA: Final = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS passage (
    id TEXT PRIMARY KEY, occasion TEXT NOT NULL, list TEXT NOT NULL, delegate TEXT NOT NULL,
    direction TEXT NOT NULL, method TEXT NOT NULL, at_us INTEGER NOT NULL
) STRICT;
"""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A passage that counts: whose, on which list of which occasion."""

    passage: Passage
    occasion: str
    list: str
    delegate: str


class GateLog:
    """The table; every call opens the file anew and is for one thread at a time."""

    def __init__(self, file: Path, *, limit: int = LIMIT) -> None:
        self._file = file
        self._limit = limit

    def read(self) -> list[Kept]:
        """Return what is kept; a file that is none is set aside. Raises StorageGone."""
        try:
            with self._opened() as database:
                rows = database.execute(f"SELECT {_COLUMNS} FROM passage ORDER BY at_us").fetchall()
        except _Broken:
            aside = self._file.with_suffix(".broken")
            self._file.replace(aside)
            _log.error("the log of passages is damaged and set aside; whoever came before may be greeted again", file=str(aside))
            return []
        return [_kept(row) for row in rows]

    def change(self, put: Collection[Kept], remove: Collection[str]) -> None:
        """Take out and put in, at once. Raises StorageGone."""
        rows = [
            (one.passage.id, one.occasion, one.list, one.delegate, one.passage.direction, one.passage.method, _us(one.passage))
            for one in put
        ]
        with self._opened() as database:
            database.executemany("DELETE FROM passage WHERE id = ?", [(one,) for one in remove])
            database.executemany(f"INSERT OR REPLACE INTO passage ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
            if put:
                database.execute(
                    "DELETE FROM passage WHERE id IN (SELECT id FROM passage ORDER BY at_us DESC LIMIT -1 OFFSET ?)", (self._limit,)
                )

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self._file, timeout=2.0)) as database:
                database.executescript(_SCHEMA)
                with database:
                    yield database
        except sqlite3.Error as error:
            if is_broken(error):
                raise _Broken("gates.unwritable", file=self._file, detail=str(error)) from error
            raise StorageGone("gates.unwritable", file=self._file, detail=str(error)) from error


class _Broken(StorageGone):
    """The file is damaged, or no database."""


def _kept(row: tuple[str, str, str, str, str, str, int]) -> Kept:
    visit, occasion, listed, delegate, direction, method, at_us = row
    passage = Passage(id=visit, at=instant(at_us), direction=Direction(direction), method=Method(method))
    return Kept(passage=passage, occasion=occasion, list=listed, delegate=delegate)


def _us(passage: Passage) -> int:
    return round(passage.at.timestamp() * 1_000_000)
