"""query → rows, through one bounded pool of connections; the driver's errors end here as `StorageGone` and `SchemaError`."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, Final, LiteralString, Self, TypeVar

import psycopg
import structlog
from psycopg.rows import class_row, tuple_row
from psycopg_pool import AsyncConnectionPool

from wardroom.errors import InvalidMessage, SchemaError, StorageGone
from wardroom.settings import Database as DatabaseSettings

WAIT_S: Final = 3.0
"""How long a request waits for a connection before it hears that the database is gone."""
SHORT_WAIT_S: Final = 0.3
"""The same where the database was gone a moment ago."""
_GIVE_UP_S: Final = 5.0
"""The pool's own back-off doubles without a bound; a fresh attempt this often finds a database that came back."""
STATEMENT_MS: Final = 10_000
_OPTIONS: Final = f"-c timezone=UTC -c statement_timeout={STATEMENT_MS} -c idle_in_transaction_session_timeout={STATEMENT_MS}"

_MISSING: Final = (
    psycopg.errors.UndefinedTable,
    psycopg.errors.UndefinedColumn,
    psycopg.errors.UndefinedFunction,
    psycopg.errors.InsufficientPrivilege,
)

_CROSSED: Final = (psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure, psycopg.errors.LockNotAvailable)
"""Two transactions were in each other's way: the database is well."""

_log = structlog.get_logger()
T = TypeVar("T")


class Database:
    """The pool; opening it does not wait for the server, so that the center starts without one and says so."""

    def __init__(self, settings: DatabaseSettings, *, connections: int) -> None:
        self.reachable = False
        self._gone = False
        self._pool = AsyncConnectionPool(
            settings.conninfo(),
            min_size=1,
            max_size=connections,
            timeout=WAIT_S,
            open=False,
            name="center",
            kwargs={"autocommit": True, "options": _OPTIONS, "application_name": "wardroom center"},
            check=AsyncConnectionPool.check_connection,
            max_waiting=200,
            reconnect_timeout=_GIVE_UP_S,
        )

    async def __aenter__(self) -> Self:
        await self._pool.open(wait=False)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._pool.close(timeout=WAIT_S)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
        """Lend a connection; raises StorageGone while the database cannot be used, SchemaError where a table or a right is missing.

        Raises InvalidMessage for a value the database cannot take.
        """
        told = _told_to_end()
        try:
            async with self._pool.connection(timeout=WAIT_S if self.reachable else SHORT_WAIT_S) as connection:
                if _told_to_end() > told:  # the pool waits by asyncio.wait_for, which forgets this where the connection comes as it is told
                    raise asyncio.CancelledError
                yield connection
            self._found(reachable=True)
        except psycopg.errors.QueryCanceled as error:
            raise StorageGone("center.database_slow", seconds=STATEMENT_MS // 1_000) from error
        except _CROSSED as error:
            raise StorageGone("center.database_crossed") from error
        except psycopg.OperationalError as error:
            self._found(reachable=False, reason=_first_line(error))
            raise StorageGone("center.database_gone") from error
        except _MISSING as error:
            raise SchemaError("center.schema_missing", detail=_first_line(error)) from error
        except (psycopg.DataError, psycopg.IntegrityError) as error:
            _log.warning("value refused by the database", reason=_first_line(error))
            raise InvalidMessage("center.refused_by_database") from error

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
        """Lend a connection in a transaction: committed at the end, undone where anything is raised. Raises as `connection` does."""
        async with self.connection() as connection, connection.transaction():
            yield connection

    def _found(self, *, reachable: bool, reason: str = "") -> None:
        """Say once that it went away, and once that it is back: what the driver says of every connection is not in the log."""
        if self.reachable and not reachable:
            _log.warning("database gone, trying again", reason=reason)
        elif reachable and self._gone:
            _log.info("database answers")
        self._gone = not reachable and (self.reachable or self._gone)
        self.reachable = reachable

    async def rows(self, query: LiteralString, values: Mapping[str, object] | None = None) -> list[tuple[Any, ...]]:
        async with self.connection() as connection, connection.cursor(row_factory=tuple_row) as cursor:
            return await (await cursor.execute(query, values)).fetchall()

    async def objects(self, kind: type[T], query: LiteralString, values: Mapping[str, object] | None = None) -> list[T]:
        """Return each row as `kind`, its columns by name."""
        async with self.connection() as connection, connection.cursor(row_factory=class_row(kind)) as cursor:
            return await (await cursor.execute(query, values)).fetchall()

    async def change(self, query: LiteralString, values: Mapping[str, object] | None = None) -> int:
        """Run a statement that answers no rows; return how many it changed."""
        async with self.connection() as connection:
            return (await connection.execute(query, values)).rowcount


def _told_to_end() -> int:
    """Return how often the task that runs was cancelled."""
    task = asyncio.current_task()
    return 0 if task is None else task.cancelling()


def _first_line(error: psycopg.Error) -> str:
    return str(error).partition("\n")[0]
