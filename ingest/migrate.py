"""SQL files → the database's schema: tables run once and are frozen, views run on every upgrade.

``schema/tables/NNN_name.sql`` runs once, in order, each in one transaction together with the note of its checksum; a file that ran and
was changed since is refused, and so is a database that ran files this program does not know. ``schema/views/*.sql`` run with every
upgrade, and after them ``schema/community/*.sql`` where TimescaleDB's community edition is, all in one transaction with a note of their
own, which a table file takes away: a schema whose views are still to come is known as such. An advisory lock lets one upgrade run at a
time, and that of the ingesters none while one of them writes. The same files serve plain PostgreSQL and TimescaleDB.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

import psycopg

from ingest import capabilities, locks
from ingest.capabilities import Edition
from ingest.database import Connection, connected, translated
from wardroom.errors import SchemaError, SchemaNewer, StorageFull, StorageGone

SCHEMA: Final = Path(__file__).parent / "schema"
LOCK: Final = 0x5741_5244_0001
"""The advisory lock of upgrades ("WARD", 1)."""
PROGRAM: Final = "wardroom-db"
VIEWS: Final = "views"
"""The line of `schema_file` that says which view files ran last: all of them together, none while an upgrade is under way."""
_TABLE_FILE: Final = re.compile(r"[0-9]{3}_[a-z0-9_]+\.sql")
_NOTE_TABLE: Final = """
WITH stale AS (DELETE FROM schema_file WHERE name = %(views)s)
INSERT INTO schema_file (name, checksum) VALUES (%(name)s, %(checksum)s)"""
_NOTE_VIEWS: Final = """
INSERT INTO schema_file (name, checksum) VALUES (%(name)s, %(checksum)s)
ON CONFLICT (name) DO UPDATE SET checksum = excluded.checksum, ran = now()"""


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
            raise SchemaNewer("ingest.schema_newer", file=each.name)
        if each.state is State.CHANGED:
            raise SchemaError("ingest.schema_changed", file=each.name)


async def upgrade(conninfo: str, folder: Path = SCHEMA, *, wait_s: float = 60, quiet_s: float = 10) -> list[str]:
    """Bring the database to this program's schema; return the names of the table files that ran now.

    `wait_s`: how long another upgrade, or a program that holds a table, is waited for; `quiet_s`: how long a running ingest. Raises
    SchemaError, and leaves the last complete file's schema behind, where that cannot be done.
    """
    async with connected(conninfo, program=PROGRAM, statement_timeout_s=0) as connection:
        await lock(connection, wait_s=wait_s)
        await _keep_ingest_away(connection, quiet_s)
        ran = await run_tables(connection, folder)
        await run_views(connection, folder)
    return ran


async def lock(connection: Connection, *, wait_s: float = 60) -> None:
    """Keep every other upgrade and restore away until the connection ends; raises SchemaError where one is still at work after `wait_s`."""
    await connection.execute(f"SET lock_timeout = '{wait_s * 1000:.0f}'")
    try:
        await connection.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
    except psycopg.errors.LockNotAvailable as error:
        raise SchemaError("ingest.upgrade_runs") from error


async def _keep_ingest_away(connection: Connection, wait_s: float) -> None:
    """Let no ingest write until the connection ends; raises SchemaError where one, of whatever version, still does after `wait_s`."""
    if not await locks.taken(connection, locks.INGESTERS, within_s=wait_s):
        pids = await locks.holders(connection, locks.INGESTERS)
        raise SchemaError("ingest.ingest_runs", database=connection.info.dbname, processes=", ".join(map(str, pids)))


async def run_tables(connection: Connection, folder: Path, upto: str | None = None) -> list[str]:
    """Run the table files that have not run, each in a transaction; return their names. `upto`: the last one to run, by default all."""
    files = read(folder / "tables")
    for file in files:
        if not _TABLE_FILE.fullmatch(file.name):
            raise SchemaError("ingest.schema_bad_name", file=file.name)
    states = compare(files, await ran_files(connection))
    refuse_unfit(states)
    pending = {each.name for each in states if each.state is State.PENDING and (upto is None or each.name <= upto)}
    await connection.execute(
        "CREATE TABLE IF NOT EXISTS schema_file (name text PRIMARY KEY, checksum text NOT NULL, ran timestamptz NOT NULL DEFAULT now())"
    )
    for file in files:
        if file.name in pending:
            await run(connection, file, _NOTE_TABLE)
    return sorted(pending)


async def run_views(connection: Connection, folder: Path) -> None:
    """Run all view files in one transaction with the note that they did; an upgrade that was cut off before is known by its absence."""
    files = await view_files(connection, folder)
    async with connection.transaction():
        for file in files:
            await run(connection, file)
        await connection.execute(_NOTE_VIEWS, {"name": VIEWS, "checksum": _together(files)})


async def view_files(connection: Connection, folder: Path) -> tuple[File, ...]:
    """Return the view files that this database runs: some are for what only one edition offers."""
    found = await capabilities.find(connection)
    return read(folder / "views") + (read(folder / "community") if found.edition is Edition.COMMUNITY else ())


async def status(conninfo: str, folder: Path = SCHEMA) -> tuple[FileState, ...]:
    """Return the state of every table file; changes nothing."""
    async with connected(conninfo, program=PROGRAM, statement_timeout_s=30) as connection:
        return compare(read(folder / "tables"), await ran_files(connection))


async def check(connection: Connection, folder: Path = SCHEMA) -> None:
    """Raise SchemaError unless the database has exactly this program's schema, tables and views."""
    states = compare(read(folder / "tables"), await ran_files(connection))
    refuse_unfit(states)
    for each in states:
        if each.state is State.PENDING:
            raise SchemaError("ingest.schema_behind", file=each.name)
    cursor = await connection.execute("SELECT checksum FROM schema_file WHERE name = %s", (VIEWS,))
    if await cursor.fetchone() != (_together(await view_files(connection, folder)),):
        raise SchemaError("ingest.views_behind")


async def ran_files(connection: Connection) -> dict[str, str]:
    """Return the table files the database ran, with their checksums; nothing for a database without a schema."""
    cursor = await connection.execute("SELECT to_regclass('schema_file') IS NOT NULL")
    if not (row := await cursor.fetchone()) or not row[0]:
        return {}
    cursor = await connection.execute("SELECT name, checksum FROM schema_file WHERE name <> %s", (VIEWS,))
    return {str(name): str(recorded) for name, recorded in await cursor.fetchall()}


async def run(connection: Connection, file: File, note: str | None = None) -> None:
    """Run one file in a transaction, with the note that it did; raises SchemaError where it fails."""
    try:
        async with connection.transaction():
            await connection.execute(file.text.encode())
            if note is not None:
                await connection.execute(note.encode(), {"name": file.name, "checksum": file.checksum, "views": VIEWS})
    except psycopg.Error as error:
        ours = translated(error)
        if isinstance(ours, StorageGone | StorageFull):
            raise ours from error
        raise SchemaError("ingest.schema_failed", file=file.name, detail=" ".join(str(error).split())[:500]) from error


def _together(files: Sequence[File]) -> str:
    return checksum("".join(f"{file.checksum}  {file.name}\n" for file in files))
