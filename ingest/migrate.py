"""SQL files → the database's schema: tables run once and are frozen, views run on every upgrade.

``schema/tables/NNN_name.sql`` runs once, in order, each in one transaction together with the note of its checksum; a file that ran and
was changed since is refused, and so is a database that ran files this program does not know. ``schema/views/*.sql`` may be run again
and again, and so may ``schema/community/*.sql``, which run where TimescaleDB's community edition is. An advisory lock lets one upgrade
run at a time. The same files serve plain PostgreSQL and TimescaleDB.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

import psycopg

from ingest import capabilities
from ingest.capabilities import Edition
from ingest.database import Connection, connected, translated
from wardroom.errors import SchemaError, StorageFull, StorageGone

SCHEMA: Final = Path(__file__).parent / "schema"
LOCK: Final = 0x5741_5244_0001
"""The advisory lock of upgrades ("WARD", 1)."""
_LOCK_WAIT_S: Final = 60
_TABLE_FILE: Final = re.compile(r"[0-9]{3}_[a-z0-9_]+\.sql")
_PROGRAM: Final = "wardroom-db"


class State(StrEnum):
    """What became of one table file."""

    RAN = "ran"
    PENDING = "pending"
    CHANGED = "changed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class File:
    """One SQL file, or what the database remembers of one."""

    name: str
    checksum: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class FileState:
    """One table file and what became of it; `UNKNOWN` ran, but is none of this program's."""

    name: str
    state: State


def read(folder: Path) -> tuple[File, ...]:
    """Return the SQL files of a folder in the order they run."""
    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.sql"))}
    return tuple(File(name, checksum(text), text) for name, text in texts.items())


def checksum(text: str) -> str:
    """Return the SHA-256 of a file's text, as ``sha256sum`` writes it."""
    return hashlib.sha256(text.encode()).hexdigest()


def compare(files: Sequence[File], ran: Mapping[str, str]) -> tuple[FileState, ...]:
    """Return the state of every table file: those of the program and those the database remembers."""
    states = [FileState(file.name, _state(file, ran)) for file in files]
    known = {file.name for file in files}
    states += [FileState(name, State.UNKNOWN) for name in ran if name not in known]
    return tuple(sorted(states, key=lambda each: each.name))


def _state(file: File, ran: Mapping[str, str]) -> State:
    if file.name not in ran:
        return State.PENDING
    return State.RAN if ran[file.name] == file.checksum else State.CHANGED


def refuse_unfit(states: Sequence[FileState]) -> None:
    """Raise SchemaError for a schema newer than the program, or a file that changed after it ran."""
    for each in states:
        if each.state is State.UNKNOWN:
            raise SchemaError("ingest.schema_newer", file=each.name)
        if each.state is State.CHANGED:
            raise SchemaError("ingest.schema_changed", file=each.name)


async def upgrade(conninfo: str, folder: Path = SCHEMA) -> list[str]:
    """Bring the database to this program's schema; return the names of the table files that ran now.

    Raises SchemaError, and leaves the last complete file's schema behind, where that cannot be done.
    """
    tables, views = read(folder / "tables"), read(folder / "views")
    for file in tables:
        if not _TABLE_FILE.fullmatch(file.name):
            raise SchemaError("ingest.schema_bad_name", file=file.name)
    async with connected(conninfo, program=_PROGRAM, statement_timeout_s=0) as connection:
        await connection.execute(f"SET lock_timeout = '{_LOCK_WAIT_S}s'")
        await connection.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
        states = compare(tables, await _ran(connection))
        refuse_unfit(states)
        pending = {each.name for each in states if each.state is State.PENDING}
        await connection.execute(
            "CREATE TABLE IF NOT EXISTS schema_file (name text PRIMARY KEY, checksum text NOT NULL, ran timestamptz NOT NULL DEFAULT now())"
        )
        for file in tables:
            if file.name in pending:
                await _run(connection, file, note=True)
        for file in views + await _fitting(connection, folder):
            await _run(connection, file, note=False)
    return sorted(pending)


async def _fitting(connection: Connection, folder: Path) -> tuple[File, ...]:
    """Return the files for what only this edition offers."""
    found = await capabilities.find(connection)
    return read(folder / "community") if found.edition is Edition.COMMUNITY else ()


async def status(conninfo: str, folder: Path = SCHEMA) -> tuple[FileState, ...]:
    """Return the state of every table file; changes nothing."""
    async with connected(conninfo, program=_PROGRAM, statement_timeout_s=30) as connection:
        return compare(read(folder / "tables"), await _ran(connection))


async def check(connection: Connection, folder: Path = SCHEMA) -> None:
    """Raise SchemaError unless the database has exactly this program's schema."""
    states = compare(read(folder / "tables"), await _ran(connection))
    refuse_unfit(states)
    for each in states:
        if each.state is State.PENDING:
            raise SchemaError("ingest.schema_behind", file=each.name)


async def _ran(connection: Connection) -> dict[str, str]:
    cursor = await connection.execute("SELECT to_regclass('schema_file') IS NOT NULL")
    if not (row := await cursor.fetchone()) or not row[0]:
        return {}
    cursor = await connection.execute("SELECT name, checksum FROM schema_file")
    return {str(name): str(recorded) for name, recorded in await cursor.fetchall()}


async def _run(connection: Connection, file: File, *, note: bool) -> None:
    try:
        async with connection.transaction():
            await connection.execute(file.text.encode())
            if note:
                await connection.execute("INSERT INTO schema_file (name, checksum) VALUES (%s, %s)", (file.name, file.checksum))
    except psycopg.Error as error:
        ours = translated(error)
        if isinstance(ours, StorageGone | StorageFull):
            raise ours from error
        raise SchemaError("ingest.schema_failed", file=file.name, detail=" ".join(str(error).split())[:500]) from error
