"""a backup file → an empty database: schema, rows and numbering in one transaction, so that it is there whole or not at all.

The schema is first made as old as the backup's, the rows are loaded, then the later files run on them as in any upgrade.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from psycopg import sql

from ingest import backup_file, migrate, tables
from ingest.backup_file import Manifest, Reader, Rows
from ingest.database import Connection, connected
from ingest.migrate import SCHEMA, State
from ingest.tables import Table
from wardroom.errors import SchemaError, SchemaNewer, StorageError

LEAP: Final = {("event", "seq"): 1 << 30}
"""How far a numbering jumps ahead: whoever has read up to a number that was given after the backup must still find what comes now."""
_TELL_EVERY: Final = 1 << 24

Tell = Callable[[str, int], None]
"""Is told a table's name and how many of its bytes are loaded."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was brought back, and the tables that were not: they are somebody else's, beside the schema."""

    tables: tuple[Rows, ...]
    left: tuple[str, ...]
    taken: datetime


async def restore(conninfo: str, path: Path, *, tell: Tell = lambda _table, _bytes: None, folder: Path = SCHEMA) -> Restored:
    """Bring a backup into an empty database.

    Raises SchemaNewer for a backup of a newer program, SchemaError for a database that is not empty, StorageError for a broken file.
    """
    manifest = backup_file.verify(path)
    level = _level(manifest, path, folder)
    async with connected(conninfo, program=migrate.PROGRAM, statement_timeout_s=0) as connection:
        await migrate.lock(connection)
        async with connection.transaction():
            await _refuse_filled(connection)
            await migrate.run_tables(connection, folder, level)
            whole = level == migrate.read(folder / "tables")[-1].name
            await _views(connection, folder, whole=whole)
            with backup_file.opened(path) as reader:
                restored = await _load(connection, reader, manifest, tell)
            if not whole:
                await migrate.run_tables(connection, folder)
                await migrate.run_views(connection, folder)
    return restored


def _level(manifest: Manifest, path: Path, folder: Path) -> str:
    """Return the last table file the backup's database had run; every one of them must be this program's."""
    files = migrate.read(folder / "tables")
    for state in migrate.compare(files, {file.name: file.checksum for file in manifest.files}):
        if state.state is State.UNKNOWN:
            raise SchemaNewer("ingest.backup_newer", path=path, file=state.name)
        if state.state is State.CHANGED:
            raise SchemaError("ingest.backup_other", path=path, file=state.name)
    if not manifest.files:
        raise StorageError("ingest.backup_broken", path=path, detail="no schema")
    return max(file.name for file in manifest.files)


async def _refuse_filled(connection: Connection) -> None:
    if found := await tables.tables(connection):
        raise SchemaError("ingest.restore_not_empty", database=connection.info.dbname, table=found[0].name)


async def _views(connection: Connection, folder: Path, *, whole: bool) -> None:
    """Run the views, for what they know of parts of tables; on an older schema only those that it has everything for."""
    if whole:
        await migrate.run_views(connection, folder)
        return
    for file in await migrate.view_files(connection, folder):
        with suppress(SchemaError):
            await migrate.run(connection, file)


async def _load(connection: Connection, reader: Reader, manifest: Manifest, tell: Tell) -> Restored:
    known = {table.name: table for table in await tables.tables(connection)}
    ours = [rows for rows in manifest.tables if rows.table in known]
    for rows in ours:
        if not set(rows.columns) <= set(known[rows.table].columns):
            raise SchemaError("ingest.restore_other_columns", table=rows.table)
    await _make_parts(connection, manifest.ranges)
    for rows in reversed(ours):  # what a table file put in by itself is in the backup too
        await connection.execute(sql.SQL("DELETE FROM {}").format(known[rows.table].identifier))
    for rows in ours:
        await _copy(connection, reader, rows, known[rows.table], tell)
        await connection.execute(sql.SQL("ANALYZE {}").format(known[rows.table].identifier))
    await _number(connection, manifest, [rows.table for rows in ours])
    return Restored(tuple(ours), tuple(rows.table for rows in manifest.tables if rows.table not in known), manifest.taken)


async def _make_parts(connection: Connection, ranges: tuple[tuple[datetime, datetime], ...]) -> None:
    """Make the parts of `reading` that the rows will go to, where this server's schema has a function for it."""
    cursor = await connection.execute("SELECT to_regprocedure('make_reading_partition(timestamptz)') IS NOT NULL")
    if await cursor.fetchone() != (True,):
        return
    needed = sorted({instant for start, end in ranges for instant in tables.instants(start.astimezone(UTC), end.astimezone(UTC))})
    await connection.execute("SELECT make_reading_partition(at) FROM unnest(%s::timestamptz[]) AS at", (needed,))


async def _copy(connection: Connection, reader: Reader, rows: Rows, table: Table, tell: Tell) -> None:
    columns = sql.SQL(", ").join(map(sql.Identifier, rows.columns))
    done = told = 0
    async with connection.cursor() as cursor:
        async with cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(table.identifier, columns)) as copy:
            for piece in reader.pieces(rows.table):
                await copy.write(piece)
                done += len(piece)
                if done - told >= _TELL_EVERY:
                    tell(rows.table, done)
                    told = done
        if cursor.rowcount != rows.rows:
            raise StorageError("ingest.restore_miscounted", table=rows.table, rows=cursor.rowcount, expected=rows.rows)
    tell(rows.table, done)


async def _number(connection: Connection, manifest: Manifest, names: list[str]) -> None:
    """Let every numbering go on after the last number that was given, or is there."""
    given = {(number.table, number.column): number.next for number in manifest.numbers}
    for each in await tables.numberings(connection, names):
        last = sql.SQL("SELECT setval({}::regclass, greatest({}, (SELECT max({}) + 1 FROM {}), 1), false)")
        number = given.get((each.table, each.column), 1) + LEAP.get((each.table, each.column), 0)
        column, table = sql.Identifier(each.column), sql.Identifier("public", each.table)
        await connection.execute(last.format(sql.Literal(each.sequence), sql.Literal(number), column, table))
