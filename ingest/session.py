"""settings → the writer's one database session: connected, of this program's schema, holding the lock that tells ingesters apart.

A lone ingest holds an advisory lock alone; members of a sharing group hold it together. So a second lone one, or a mixture, is refused.
"""

from typing import Final

import psycopg
import structlog

from ingest import database, locks, migrate, statements
from ingest.database import Connection, mapped
from ingest.settings import Settings
from wardroom.errors import ConfigError

_PATIENCE_S: Final = 5.0
"""The server may need a moment to notice that a killed ingest is gone, or that a lost connection of our own is."""

_log = structlog.get_logger()


class DatabaseSession:
    """The connection, made when it is asked for and again after it was lost."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._connection: Connection | None = None

    async def ready(self) -> tuple[Connection, bool]:
        """Return the connection, and whether it is a new one.

        Raises StorageError if there is none to be had, and ConfigError where another ingest holds the lock.
        """
        if self._connection is not None and not self._connection.closed:
            return self._connection, False
        await self.close()
        chosen = self._settings
        connection = await database.connect(
            chosen.database.conninfo(), program="wardroom-ingest", statement_timeout_s=chosen.ingest.statement_timeout_s
        )
        try:
            with mapped():
                await migrate.check(connection)
                await self._lock(connection)
                await connection.execute(statements.STAGE)
        except BaseException:
            await connection.close()
            raise
        self._connection = connection
        _log.info("database ready", database=chosen.database.name, sharing=chosen.ingest.sharing)
        return connection, True

    async def recover(self) -> None:
        """After an error: drop the connection unless it is idle and in order, so that `ready` makes a new one."""
        connection = self._connection
        if connection is not None and connection.info.transaction_status is not psycopg.pq.TransactionStatus.IDLE:
            await self.close()

    async def close(self) -> None:
        """Close the connection; its lock is free again."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    async def _lock(self, connection: Connection) -> None:
        sharing = self._settings.ingest.sharing
        if not await locks.taken(connection, locks.INGESTERS, within_s=_PATIENCE_S, together=sharing is not None):
            key = "ingest.another_runs" if sharing is None else "ingest.lone_one_runs"
            raise ConfigError(key, field="ingest.sharing", value=sharing, database=self._settings.database.name)
