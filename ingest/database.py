"""settings → a database connection; psycopg's errors → ours: the one place that knows what PostgreSQL's error codes mean."""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Final

import psycopg
from psycopg import AsyncConnection
from psycopg.rows import TupleRow

from ingest import arrays
from wardroom.errors import InvalidMessage, SchemaError, StorageError, StorageFull, StorageGone, WardroomError

Connection = AsyncConnection[TupleRow]

_SILENT: Final[Mapping[str, int]] = {"keepalives_idle": 15, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 30_000}
"""A server that vanished without a word is noticed within half a minute."""
_FULL: Final = frozenset({"53100"})
_HEAVY: Final = frozenset({"57014", "53200"})
"""Given up after `statement_timeout`, or out of memory for its locks: perhaps too much at once."""
TOO_HEAVY: Final = "ingest.too_heavy"
_SCHEMA: Final = ("42", "3F", "25006")
_NO_RIGHT: Final = "42501"
_DATA: Final = ("22", "23", "54")
_GONE: Final = ("08", "40", "53", "55", "57", "58")


async def connect(conninfo: str, *, program: str, statement_timeout_s: float) -> Connection:
    """Return a connection in autocommit mode; raises StorageGone where there is none to be had.

    A lock is waited for half as long as a statement may take, so that waiting is never mistaken for work that is too much. The server
    notices a vanished client as soon as we a vanished server, so that the client's locks do not outlive it for long.
    """
    settings = {
        "statement_timeout": f"{statement_timeout_s * 1000:.0f}",
        "lock_timeout": f"{statement_timeout_s * 500:.0f}",
        "tcp_keepalives_idle": "15",
        "tcp_keepalives_interval": "5",
        "tcp_keepalives_count": "3",
        "client_connection_check_interval": "2000",
        "timezone": "UTC",
        "default_transaction_isolation": r"read\ committed",  # a statement after a lock must see what was committed while it waited
    }
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    with mapped():
        connection = await AsyncConnection.connect(
            conninfo, autocommit=True, application_name=program, options=options, client_encoding="utf8", **_keywords(_SILENT)
        )
    arrays.adapt(connection)
    return connection


@asynccontextmanager
async def connected(conninfo: str, *, program: str, statement_timeout_s: float) -> AsyncIterator[Connection]:
    """Yield a connection for a short task; the database's errors inside come out as ours."""
    connection = await connect(conninfo, program=program, statement_timeout_s=statement_timeout_s)
    try:
        with mapped():
            yield connection
    finally:
        await connection.close()


@contextmanager
def mapped() -> Iterator[None]:
    """Turn psycopg's errors into ours."""
    try:
        yield
    except psycopg.Error as error:
        raise translated(error) from error


def translated(error: psycopg.Error) -> WardroomError:
    """Return our error for psycopg's: InvalidMessage where the data is to blame, StorageError otherwise."""
    state = error.sqlstate or ""
    detail = " ".join(str(error).split())[:500]
    no_week = isinstance(error, psycopg.errors.CheckViolation) and error.diag.constraint_name is None
    if state in _FULL:
        return StorageFull("ingest.database_full", detail=detail)
    if no_week or state in _HEAVY:
        return StorageGone("ingest.no_week" if no_week else TOO_HEAVY, detail=detail)
    if state.startswith(_DATA) or (not state and isinstance(error, psycopg.DataError)):
        return InvalidMessage("ingest.refused_by_database", code=state or "-", detail=detail)
    if state.startswith(_SCHEMA):
        return SchemaError("ingest.no_right" if state == _NO_RIGHT else "ingest.schema_unfit", code=state, detail=detail)
    if state.startswith(_GONE) or isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return StorageGone("ingest.database_gone", detail=detail)
    return StorageError("ingest.database_error", code=state or "-", detail=detail)


def _keywords(settings: Mapping[str, int]) -> dict[str, Any]:
    return dict(settings)
