"""packs ↔ one SQLite file: the outbox's only hands on the disk, used from one thread. A commit that returned survives a power cut.

WAL with synchronous=FULL: the commit is on the disk before it is acknowledged. AUTOINCREMENT: an id never comes twice.
The file is locked for this process. A broken file is set aside, never repaired and never deleted.
"""

import contextlib
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar

import structlog

from edge.sqlite_errors import broken, is_broken, mapped
from wardroom.messages import Settled

ROW_BYTES: Final = 128
"""What a pack takes beside its topic and payload, roughly: columns, an index, page overhead."""
READINGS: Final = "readings"
EVENTS: Final = "events"
_QUARANTINE_ROWS: Final = 1_000
_READ_BYTES: Final = 1_048_576

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS pack (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    boot TEXT NOT NULL,
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL,
    topic TEXT NOT NULL,
    payload BLOB NOT NULL,
    size INTEGER NOT NULL,
    put_us INTEGER NOT NULL,
    UNIQUE (boot, seq)
) STRICT;
CREATE TABLE IF NOT EXISTS quarantine (
    id INTEGER PRIMARY KEY,
    boot TEXT NOT NULL,
    seq INTEGER NOT NULL,
    topic TEXT NOT NULL,
    payload BLOB NOT NULL,
    put_us INTEGER NOT NULL,
    set_aside_us INTEGER NOT NULL
) STRICT;
"""

T = TypeVar("T")

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Stored:
    """A pack on the disk, exactly as it goes on the wire."""

    id: int
    boot: str
    seq: int
    topic: str
    payload: bytes

    @property
    def size(self) -> int:
        """What it takes of the line and of the outbox."""
        return _size(self)


@dataclass(frozen=True, slots=True)
class New:
    """A pack to be stored; its topic ends in the boot and the sequence it was given."""

    kind: str
    topic: str
    boot: str
    seq: int
    payload: bytes
    put_us: int


@dataclass(slots=True)
class Done:
    """What one commit did."""

    packs: list[Stored] = field(default_factory=list)
    dropped_packs: int = 0
    dropped_bytes: int = 0


class Store:
    """The file, open. Every method runs in the one thread that opened it."""

    def __init__(self, file: Path, limit_bytes: int) -> None:
        self._file = file
        self._limit_bytes = limit_bytes
        self.packs = 0
        self.bytes = 0
        self.last_id = 0
        self._no_readings_upto = 0

    def open(self) -> None:
        """Open the file or make it; a broken one is set aside first. Raises StorageError where neither can be."""
        with mapped(self._file):
            self._file.parent.mkdir(parents=True, exist_ok=True)
        self._safely(self._connect, retry=lambda: None)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def set_aside(self, why: Exception) -> None:
        """Rename the broken file and begin a new one that goes on counting ids where the old one was."""
        self._connection.close()
        aside = self._file.with_name(f"{self._file.name}.broken-{time.time_ns()}")
        for suffix in ("", "-wal", "-shm"):
            with contextlib.suppress(FileNotFoundError):
                self._file.with_name(self._file.name + suffix).rename(aside.with_name(aside.name + suffix))
        _log.error("outbox file is broken and was set aside; unsent packs in it are not sent", file=str(aside), detail=str(why))
        self._connect()

    def commit(self, new: Sequence[New], confirmed: Sequence[Settled]) -> Done:
        """Delete what is confirmed and store what is new, durably, in one transaction."""
        return self._safely(lambda: self._commit(new, confirmed))

    def read(self, after: int, upto: int, limit: int) -> list[Stored]:
        """Return packs with `after` < id ≤ `upto` in order: at most `limit`, and no more than a mebibyte beyond the first."""
        return self._safely(lambda: self._read(after, upto, limit))

    def waiting(self, after: int, upto: int, limit: int) -> list[tuple[int, str, int]]:
        """Return (id, boot, seq) of packs with `after` < id ≤ `upto`, in order, without their bytes."""
        sql = "SELECT id, boot, seq FROM pack WHERE id > ? AND id <= ? ORDER BY id LIMIT ?"
        return self._safely(lambda: self._connection.execute(sql, (after, upto, limit)).fetchall())

    def quarantine(self, pack: int, now_us: int) -> bool:
        """Move one pack to the quarantine, which keeps the newest thousand; return whether it was still there."""
        return self._safely(lambda: self._quarantine(pack, now_us))

    def oldest_us(self) -> int | None:
        """Return when the oldest pack was put, None where there is none."""
        row = self._safely(lambda: self._connection.execute("SELECT put_us FROM pack ORDER BY id LIMIT 1").fetchone())
        return None if row is None else int(row[0])

    def _safely(self, work: Callable[[], T], retry: Callable[[], T] | None = None) -> T:
        """Return what `work` does; on a broken file set that aside and do it (or `retry`) with the new one."""
        with mapped(self._file):
            try:
                return work()
            except sqlite3.DatabaseError as error:
                if not is_broken(error):
                    raise
                self.set_aside(error)
                return (retry or work)()

    def _read(self, after: int, upto: int, limit: int) -> list[Stored]:
        rows: list[Stored] = []
        size = 0
        with contextlib.closing(self._connection.cursor()) as cursor:
            sql = "SELECT id, boot, seq, topic, payload FROM pack WHERE id > ? AND id <= ? ORDER BY id LIMIT ?"
            for row in cursor.execute(sql, (after, upto, limit)):
                rows.append(Stored(*row))
                size += rows[-1].size
                if size > _READ_BYTES:
                    break
        return rows

    def _quarantine(self, pack: int, now_us: int) -> bool:
        with self._transaction():
            self._connection.execute(
                "INSERT INTO quarantine SELECT id, boot, seq, topic, payload, put_us, ? FROM pack WHERE id = ?", (now_us, pack)
            )
            moved = self._delete("id = ?", (pack,))
            self._connection.execute(
                "DELETE FROM quarantine WHERE id <= (SELECT id FROM quarantine ORDER BY id DESC LIMIT 1 OFFSET ?)", (_QUARANTINE_ROWS,)
            )
        return moved > 0

    def _connect(self) -> None:
        self._connection = sqlite3.connect(self._file, isolation_level=None, timeout=1.0)
        try:
            for pragma in ("locking_mode=EXCLUSIVE", "journal_mode=WAL", "synchronous=FULL", "cache_size=-512", "temp_store=MEMORY"):
                self._connection.execute(f"PRAGMA {pragma}").fetchall()
            damage = self._connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            if damage != "ok":
                raise broken(damage)
            self._connection.executescript(_SCHEMA)
            self._connection.execute("INSERT INTO sqlite_sequence SELECT 'pack', 0 WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence)")
            self._connection.execute("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = 'pack'", (self.last_id,))
            self.packs, self.bytes = self._connection.execute("SELECT count(*), coalesce(sum(size), 0) FROM pack").fetchone()
            self._no_readings_upto = 0
            self.last_id = self._connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'pack'").fetchone()[0]
        except sqlite3.Error:
            self._connection.close()
            raise

    def _commit(self, new: Sequence[New], confirmed: Sequence[Settled]) -> Done:
        done = Done()
        packs, size = self.packs, self.bytes
        # one INSERT alone is a transaction by itself: the usual case, with two statements less to wait for
        alone = len(new) == 1 and not confirmed and size + _size(new[0]) <= self._limit_bytes
        try:
            with contextlib.nullcontext() if alone else self._transaction():
                for settled in confirmed:
                    self._delete("boot = ? AND seq BETWEEN ? AND ?", (settled.boot, settled.first, settled.last))
                for pack in new:
                    self._insert(pack, done)
        except sqlite3.Error:
            self.packs, self.bytes, self._no_readings_upto = packs, size, 0
            raise
        if done.packs:
            self.last_id = done.packs[-1].id
        return done

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")  # SQLite has already done so after some errors
            raise

    def _insert(self, pack: New, done: Done) -> None:
        size = _size(pack)
        if not self._made_room(size, pack.kind, done):
            done.dropped_packs += 1
            done.dropped_bytes += size
            return
        row = self._connection.execute(
            "INSERT INTO pack (boot, seq, kind, topic, payload, size, put_us) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (pack.boot, pack.seq, pack.kind, pack.topic, pack.payload, size, pack.put_us),
        ).lastrowid
        assert row is not None  # noqa: S101 - narrows: an INSERT that did not raise has a row
        self.packs += 1
        self.bytes += size
        done.packs.append(Stored(row, pack.boot, pack.seq, pack.topic, pack.payload))

    def _made_room(self, size: int, kind: str, done: Done) -> bool:
        """Drop the oldest readings until `size` bytes fit, for an event the oldest events too; return whether they fit."""
        while self.bytes + size > self._limit_bytes:
            oldest = self._oldest_readings() or (None if kind == READINGS else self._oldest())
            if oldest is None:
                return False
            before = self.bytes
            self._delete("id = ?", (oldest,))
            done.dropped_packs += 1
            done.dropped_bytes += before - self.bytes
        return True

    def _oldest_readings(self) -> int | None:
        """Return the oldest readings' id; what was searched once and had none is not searched again."""
        sql = "SELECT id FROM pack WHERE id > ? AND kind = ? ORDER BY id LIMIT 1"
        row = self._connection.execute(sql, (self._no_readings_upto, READINGS)).fetchone()
        self._no_readings_upto = self.last_id if row is None else int(row[0]) - 1
        return None if row is None else int(row[0])

    def _oldest(self) -> int | None:
        row = self._connection.execute("SELECT id FROM pack ORDER BY id LIMIT 1").fetchone()
        return None if row is None else int(row[0])

    def _delete(self, condition: str, parameters: tuple[object, ...]) -> int:
        sizes = self._connection.execute(f"DELETE FROM pack WHERE {condition} RETURNING size", parameters).fetchall()
        self.packs -= len(sizes)
        self.bytes -= sum(size for (size,) in sizes)
        return len(sizes)


def _size(pack: New | Stored) -> int:
    return len(pack.topic) + len(pack.payload) + ROW_BYTES
