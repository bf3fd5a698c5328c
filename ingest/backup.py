"""a running database → a backup file: every table's rows as of one moment, while ingest goes on writing.

One transaction sees the whole database as it was when it began. Sessions stay out: who restores signs in again.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import psycopg
from psycopg import sql

from ingest import migrate, tables
from ingest.backup_file import FORMAT, Manifest, NextNumber, Rows, SchemaFile, TableWriter, Writer, written
from ingest.database import Connection, connected
from ingest.migrate import SCHEMA
from ingest.tables import Table
from wardroom import __version__
from wardroom.errors import SchemaError

LEFT_OUT: Final = frozenset({"schema_file", "session"})
"""The schema's own book-keeping, which the manifest has, and what would let a thief of the file in."""
_PLAIN: Final = "SET datestyle = 'ISO'; SET intervalstyle = 'iso_8601'; SET bytea_output = 'hex'; SET extra_float_digits = 1"
_TELL_EVERY: Final = 50_000

Tell = Callable[[str, int], None]
"""Is told a table's name and how many of its rows are done."""


async def backup(conninfo: str, target: Path, *, tell: Tell = lambda _table, _rows: None, folder: Path = SCHEMA) -> tuple[Path, Manifest]:
    """Write a backup to `target`, a new file or a folder that gets one; return the file and what is in it.

    Raises SchemaError for a database without a schema or of a newer program, StorageError where the file cannot be written.
    """
    async with connected(conninfo, program=migrate.PROGRAM, statement_timeout_s=0) as connection:
        await connection.execute(_PLAIN)
        await connection.set_isolation_level(psycopg.IsolationLevel.REPEATABLE_READ)
        await connection.set_read_only(True)
        path = _path(target, connection.info.dbname)
        known = await _kept(connection)
        with written(path) as writer:
            async with connection.transaction():
                await _hold(connection, known)
                manifest = await _write(connection, writer, tell, await _files(connection, folder))
            writer.finish(manifest)
    return path, manifest


def _path(target: Path, database: str) -> Path:
    """Return the file to make: `target`, or in that folder one named by the database and the time."""
    return target / f"wardroom-{database}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.zip" if target.is_dir() else target


async def _hold(connection: Connection, known: list[Table]) -> None:
    """Lock the tables against whoever would drop a part of one; only then does the transaction see the database, as it is from here on."""
    names = sql.SQL(", ").join(table.identifier for table in known)
    if known:
        await connection.execute(sql.SQL("LOCK TABLE {} IN ACCESS SHARE MODE").format(names))


async def _files(connection: Connection, folder: Path) -> tuple[SchemaFile, ...]:
    ran = await migrate.ran_files(connection)
    migrate.refuse_unfit(migrate.compare(migrate.read(folder / "tables"), ran))
    if not ran:
        raise SchemaError("ingest.backup_nothing", database=connection.info.dbname)
    return tuple(SchemaFile(name=file, checksum=checksum) for file, checksum in sorted(ran.items()))


async def _write(connection: Connection, writer: Writer, tell: Tell, files: tuple[SchemaFile, ...]) -> Manifest:
    cursor = await connection.execute("SELECT statement_timestamp(), current_setting('server_version')")
    ((taken, server),) = await cursor.fetchall()
    written_tables = [await _copy(connection, writer, table, tell) for table in await _kept(connection)]
    return Manifest(
        format=FORMAT,
        program=__version__,
        taken=taken,
        database=connection.info.dbname,
        server=server,
        timescaledb=await tables.timescaledb(connection),
        files=files,
        tables=tuple(written_tables),
        numbers=tuple(await _numbers(connection, [table.table for table in written_tables])),
        ranges=tuple(await tables.ranges(connection)),
    )


async def _kept(connection: Connection) -> list[Table]:
    return [table for table in await tables.tables(connection) if table.name not in LEFT_OUT]


async def _copy(connection: Connection, writer: Writer, table: Table, tell: Tell) -> Rows:
    """Copy one table. A query, not the table: COPY of a hypertable or of a partitioned table gives nothing."""
    copied = sql.SQL("COPY (SELECT {} FROM {}) TO STDOUT").format(table.listed(), table.identifier)
    with writer.table(table.name) as rows:
        await _stream(connection, copied, rows, lambda count: tell(table.name, count))
    return rows.done(table.name, table.columns)


async def _stream(connection: Connection, query: sql.Composed, rows: TableWriter, tell: Callable[[int], None]) -> None:
    async with connection.cursor() as cursor, cursor.copy(query) as copy:
        count = 0
        while row := await copy.read():
            rows.write(bytes(row))
            count += 1
            if count % _TELL_EVERY == 0:
                tell(count)
    tell(count)


async def _numbers(connection: Connection, names: list[str]) -> list[NextNumber]:
    found = []
    for each in await tables.numberings(connection, names):
        cursor = await connection.execute(f"SELECT last_value + is_called::int FROM {each.sequence}".encode())
        ((following,),) = await cursor.fetchall()
        found.append(NextNumber(table=each.table, column=each.column, next=following))
    return found
