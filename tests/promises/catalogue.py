"""a database → what its schema is, to compare with another's; and rows to find again, in the tables that were there from the start."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

import psycopg

from tests.servers.databases import TestDatabase

OURS: Final = "relnamespace = 'public'::regnamespace"
_NOT_AN_EXTENSIONS: Final = "NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = {}.oid AND d.deptype = 'e')"
_QUERIES: Final = {
    "columns": f"""
        SELECT c.relname, c.relkind, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,
               pg_get_expr(d.adbin, d.adrelid), pg_get_expr(c.relpartbound, c.oid), c.reloptions
        FROM pg_class c LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        LEFT JOIN pg_attrdef d ON (d.adrelid, d.adnum) = (a.attrelid, a.attnum) WHERE c.{OURS}""",
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace""",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "views": "SELECT viewname, definition FROM pg_views WHERE schemaname = 'public'",
    "functions": f"""
        SELECT p.oid::regprocedure::text, pg_get_functiondef(p.oid) FROM pg_proc p
        WHERE p.pronamespace = 'public'::regnamespace AND p.prokind <> 'a' AND {_NOT_AN_EXTENSIONS.format("p")}""",
    "rights": f"""
        SELECT c.relname, g.grantee::regrole::text, g.privilege_type FROM pg_class c, aclexplode(c.relacl) g WHERE c.{OURS}
        UNION ALL SELECT p.oid::regprocedure::text, g.grantee::regrole::text, g.privilege_type FROM pg_proc p, aclexplode(p.proacl) g
        WHERE p.pronamespace = 'public'::regnamespace AND {_NOT_AN_EXTENSIONS.format("p")}""",
    "triggers": "SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
}
_HYPERTABLES: Final = "SELECT hypertable_name, column_name, time_interval::text FROM timescaledb_information.dimensions"
_NOTES: Final = "SELECT name, checksum FROM schema_file ORDER BY name"
FILLED: Final = {
    "site": "SELECT 'ward', 'Phường', 'Ward', 'office'",
    "gateway (site, id, name_vi, name_en, state)": "SELECT 'ward', 'gw-' || n, 'Cổng', 'Gate', 'online' FROM generate_series(1, 3) n",
    "sensor": "SELECT 'ward', 'gw-1', 's-' || n, 'Cảm biến', 'Sensor' FROM generate_series(1, 5) n",
    "series (site, gateway, sensor, quantity, unit)": "SELECT 'ward', 'gw-1', 's-' || n, 'temperature', 'Cel' FROM generate_series(1, 5) n",
    "reading (series_id, time, value, flags, received)": """
        SELECT s, t, s + extract(hour FROM t) / 7, 0, t + INTERVAL '1 second' FROM generate_series(1, 5) s,
        generate_series('2027-01-01 00:00:00.000001Z'::timestamptz, '2027-01-19Z', '3 hours') t""",
    "latest (series_id, time, value, flags, received, rank)": """
        SELECT s, '2027-01-19Z', 1.5, 0, '2027-01-19Z', '2027-01-19Z' FROM generate_series(1, 5) s""",
    "delivery (site, gateway, boot, seq, kind, received, records, outcome)": """
        SELECT 'ward', 'gw-1', 'b1', n, 'readings', '2027-01-19Z', 5, 'stored' FROM generate_series(1, 40) n""",
    "delivery_boot (site, gateway, boot, first_seq, last_seq, count, last_received)": """
        SELECT 'ward', 'gw-1', 'b1', 1, 40, 40, '2027-01-19Z'""",
    "event (source, id, site, gateway, type, time, received, offline, data)": """
        SELECT 'ward/gw-1', md5(n::text)::uuid, 'ward', 'gw-1', 'vn.wardroom.x.v1', '2027-01-19Z', '2027-01-19Z', false,
        jsonb_build_object('n', n, 'lời', E'Tiếng Việt \\\\ \\t') FROM generate_series(1, 20) n""",
    "dead_letter (received, topic, reason, detail, payload, digest)": """
        SELECT '2027-01-19Z', 'ward/x', 'r', '', decode('00ff0a5c', 'hex'), decode(md5(n::text), 'hex') FROM generate_series(1, 3) n""",
    "account (name, password_hash, role)": "SELECT 'op-' || n, '$argon2id$' || n, 'operator' FROM generate_series(1, 3) n",
    "wall_token (label, token_hash, created_by)": "SELECT 'Sảnh', sha256('token'), 'op-1'",
}
"""Table, with its columns where a later version may have more → the rows it is given."""
_COLUMNS: Final = (
    "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
)
_DAYS: Final = "SELECT make_reading_partition(t) FROM generate_series('2026-12-31Z'::timestamptz, '2027-01-20Z', '1 day') t"


@dataclass(frozen=True)
class Catalogue:
    """A schema's parts as sorted text, and the notes of which files made it."""

    parts: dict[str, list[str]]
    notes: tuple[tuple[object, ...], ...]

    def without_notes(self) -> "Catalogue":
        return replace(self, notes=())


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def read(database: TestDatabase) -> Catalogue:
    """Return the database's schema; the book of notes is no part of it before there is a note."""
    with psycopg.connect(database.superuser) as connection:
        queries = dict(_QUERIES) | ({"hypertables": _HYPERTABLES} if database.kind == "timescaledb" else {})
        parts = {name: sorted(map(str, connection.execute(query.encode()).fetchall())) for name, query in queries.items()}
        booked = connection.execute("SELECT to_regclass('schema_file') IS NOT NULL").fetchone() == (True,)
        notes = connection.execute(_NOTES.encode()).fetchall() if booked else []
    if not notes:
        parts = {name: [line for line in lines if "schema_file" not in line] for name, lines in parts.items()}
    return Catalogue(parts, tuple(notes))


def fill(database: TestDatabase) -> None:
    """Give every table rows that is there."""
    with psycopg.connect(database.superuser) as connection:
        if connection.execute("SELECT to_regprocedure('make_reading_partition(timestamptz)') IS NOT NULL").fetchone() == (True,):
            connection.execute(_DAYS.encode())
        for table, rows in FILLED.items():
            if connection.execute("SELECT to_regclass(%s) IS NOT NULL", (table.split()[0],)).fetchone() == (True,):
                connection.execute(f"INSERT INTO {table} {rows}".encode())


def check_rows(database: TestDatabase) -> None:
    """Every row `fill` gave is there once, as it was."""
    with psycopg.connect(database.superuser) as connection:
        for table, rows in FILLED.items():
            name, _, columns = table.partition(" ")
            if connection.execute("SELECT to_regclass(%s) IS NOT NULL", (name,)).fetchone() != (True,):
                continue
            listed = columns.strip("()") or str(*connection.execute(_COLUMNS.encode(), (name,)).fetchone() or ())
            there = connection.execute(f"SELECT {listed} FROM {name} ORDER BY {listed}".encode()).fetchall()
            if not there and name in {"account", "wall_token"}:
                continue  # made empty by this upgrade
            connection.execute(f"CREATE TEMPORARY TABLE given (LIKE {name} INCLUDING DEFAULTS INCLUDING IDENTITY) ON COMMIT DROP".encode())
            connection.execute(f"INSERT INTO given ({listed}) {rows}".encode())
            assert there == connection.execute(f"SELECT {listed} FROM given ORDER BY {listed}".encode()).fetchall(), name
            connection.execute("DROP TABLE given")
