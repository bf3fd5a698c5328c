"""who passed this gateway's gates, as far as it counts, and who was greeted → small tables on disk: a restart greets nobody a second time.

SQLite, ids only: no name, no face. Bounded by the occasions there are (what belongs to no other is cleared) and by `LIMIT` rows, the oldest
going first; a greeting is forgotten once `AGAIN` has passed. Synchronous NORMAL: after a power cut the last ones may be missing here; the
outbox and the center have them.
"""

import sqlite3
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import structlog

from edge.sqlite_errors import is_broken
from edge.wire_clock import instant
from wardroom.admission import Direction, Method, Passage
from wardroom.errors import StorageGone

LIMIT: Final = 100_000
"""Passages kept, and greetings."""
AGAIN: Final = timedelta(minutes=5)
"""Whoever comes by again is greeted again after so long, not before."""
_COLUMNS: Final = "id, occasion, list, delegate, direction, method, at_us"
_BEYOND: Final = "DELETE FROM {table} WHERE {key} IN (SELECT {key} FROM {table} ORDER BY at_us DESC LIMIT -1 OFFSET ?)"
_SCHEMA: Final = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS passage (
    id TEXT PRIMARY KEY, occasion TEXT NOT NULL, list TEXT NOT NULL, delegate TEXT NOT NULL,
    direction TEXT NOT NULL, method TEXT NOT NULL, at_us INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS greeted (delegate TEXT PRIMARY KEY, at_us INTEGER NOT NULL) STRICT;
"""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A passage that counts: whose, on which list of which occasion."""

    passage: Passage
    occasion: str
    list: str
    delegate: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What the log has to keep and to forget: passages and visits; who was greeted when, and delegates who are none any more."""

    put: Collection[Kept] = ()
    remove: Collection[str] = ()
    greeted: Mapping[str, datetime] = field(default_factory=dict)
    forget: Collection[str] = ()

    def __bool__(self) -> bool:
        """Return whether there is anything."""
        return bool(self.put or self.remove or self.greeted or self.forget)


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

    def greeted(self) -> dict[str, datetime]:
        """Return who was greeted a short while ago, and when. Raises StorageGone."""
        with self._opened() as database:
            return {delegate: instant(at_us) for delegate, at_us in database.execute("SELECT delegate, at_us FROM greeted")}

    def change(self, changes: Changes) -> None:
        """Take out and put in, at once. Raises StorageGone."""
        rows = [
            (one.passage.id, one.occasion, one.list, one.delegate, one.passage.direction, one.passage.method, _us(one.passage.at))
            for one in changes.put
        ]
        greeted = [(delegate, _us(at)) for delegate, at in changes.greeted.items()]
        with self._opened() as database:
            database.executemany("DELETE FROM passage WHERE id = ?", [(one,) for one in changes.remove])
            database.executemany("DELETE FROM greeted WHERE delegate = ?", [(one,) for one in changes.forget])
            database.executemany(f"INSERT OR REPLACE INTO passage ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
            database.executemany("INSERT OR REPLACE INTO greeted (delegate, at_us) VALUES (?, ?)", greeted)
            if rows:
                database.execute(_BEYOND.format(table="passage", key="id"), (self._limit,))
            if greeted:
                over_us = max(at_us for _, at_us in greeted) - round(AGAIN.total_seconds() * 1_000_000)
                database.execute("DELETE FROM greeted WHERE at_us <= ?", (over_us,))
                database.execute(_BEYOND.format(table="greeted", key="delegate"), (self._limit,))

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


def _us(at: datetime) -> int:
    return round(at.timestamp() * 1_000_000)
