"""connection → what the schema keeps rows in: its tables in the order of their references, their numberings, the parts of `reading`.

All by the catalogue: a table that a later file makes is found without being named here. Parts of a table, chunks, views and whatever an
extension owns are not tables of ours.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from graphlib import TopologicalSorter
from typing import Final

from psycopg import sql

from ingest.database import Connection

_TABLES: Final = """
SELECT c.relname, array_agg(a.attname ORDER BY a.attnum)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
GROUP BY c.oid, c.relname ORDER BY c.relname
"""
_REFERENCES: Final = """
SELECT c.relname, r.relname FROM pg_constraint f JOIN pg_class c ON c.oid = f.conrelid JOIN pg_class r ON r.oid = f.confrelid
WHERE f.contype = 'f' AND f.conrelid <> f.confrelid AND f.connamespace = 'public'::regnamespace
"""
_NUMBERED: Final = """
SELECT c.relname, a.attname, pg_get_serial_sequence(format('public.%%I', c.relname), a.attname)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname = ANY(%s)
  AND pg_get_serial_sequence(format('public.%%I', c.relname), a.attname) IS NOT NULL
ORDER BY c.relname, a.attname
"""
# The bound of a partition is text: FOR VALUES FROM ('…') TO ('…').
_PARTITIONS: Final = """
SELECT (bound)[1]::timestamptz, (bound)[2]::timestamptz
FROM (
    SELECT regexp_match(pg_get_expr(c.relpartbound, c.oid), 'FROM \\(''([^'']+)''\\) TO \\(''([^'']+)''\\)') AS bound
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = to_regclass('public.reading') AND c.relispartition
) AS parts
WHERE bound IS NOT NULL ORDER BY 1
"""
_CHUNKS: Final = """
SELECT range_start, range_end FROM timescaledb_information.chunks
WHERE (hypertable_schema, hypertable_name) = ('public', 'reading') ORDER BY 1
"""
_TIMESCALEDB: Final = "SELECT extversion FROM pg_extension WHERE extname = 'timescaledb'"
_STEP: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table and the columns its rows are given by."""

    name: str
    columns: tuple[str, ...]

    @property
    def identifier(self) -> sql.Identifier:
        return sql.Identifier("public", self.name)

    def listed(self) -> sql.Composed:
        """Return its columns as a list."""
        return sql.SQL(", ").join(map(sql.Identifier, self.columns))


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbering:
    """A column that numbers its rows, and the sequence behind it, as SQL writes it."""

    table: str
    column: str
    sequence: str


async def tables(connection: Connection) -> list[Table]:
    """Return the schema's tables, those that others refer to first."""
    cursor = await connection.execute(_TABLES)
    found = {name: Table(name=name, columns=tuple(columns)) for name, columns in await cursor.fetchall()}
    order: TopologicalSorter[str] = TopologicalSorter(dict.fromkeys(found, ()))
    for name, referred in await _rows(connection, _REFERENCES):
        order.add(str(name), str(referred))
    return [found[name] for name in order.static_order() if name in found]


async def numberings(connection: Connection, names: list[str]) -> list[Numbering]:
    """Return every column of these tables that numbers its rows."""
    cursor = await connection.execute(_NUMBERED, (names,))
    return [Numbering(table=table, column=column, sequence=sequence) for table, column, sequence in await cursor.fetchall()]


async def timescaledb(connection: Connection) -> str | None:
    """Return the version of TimescaleDB in this database, None without it."""
    found = await _rows(connection, _TIMESCALEDB)
    return str(found[0][0]) if found else None


async def ranges(connection: Connection) -> list[tuple[datetime, datetime]]:
    """Return what the partitions or chunks of `reading` cover; nothing where it has none."""
    parts = await _rows(connection, _PARTITIONS)
    if await timescaledb(connection) is not None:
        parts += await _rows(connection, _CHUNKS)
    return [(start, end) for start, end in parts if isinstance(start, datetime) and isinstance(end, datetime)]


def instants(start: datetime, end: datetime) -> list[datetime]:
    """Return instants of which every part of a day or longer that meets [start, end) holds one."""
    steps = max(0, (end - start) // _STEP)
    return [start + number * _STEP for number in range(steps + 1) if start + number * _STEP < end] + [end - timedelta(microseconds=1)]


async def _rows(connection: Connection, query: str) -> list[tuple[object, ...]]:
    return await (await connection.execute(query.encode())).fetchall()
