"""database → what it offers: plain PostgreSQL, or TimescaleDB in its Apache or its community edition."""

from dataclasses import dataclass
from enum import StrEnum

from ingest.database import Connection


class Edition(StrEnum):
    """What the storage is made of."""

    POSTGRESQL = "postgresql"
    APACHE = "timescaledb_apache"
    COMMUNITY = "timescaledb_community"


@dataclass(frozen=True, slots=True)
class Capabilities:
    """The edition, and the versions of the server and of TimescaleDB."""

    edition: Edition
    postgresql: str
    timescaledb: str | None


async def find(connection: Connection) -> Capabilities:
    """Ask the database what it is; an extension that is only installed, not created in it, counts for nothing."""
    cursor = await connection.execute(
        "SELECT current_setting('server_version'), (SELECT extversion FROM pg_extension WHERE extname = 'timescaledb'), "
        "current_setting('timescaledb.license', true)"
    )
    ((server, timescaledb, licence),) = await cursor.fetchall()
    of_timescale = Edition.COMMUNITY if licence == "timescale" else Edition.APACHE
    edition = Edition.POSTGRESQL if timescaledb is None else of_timescale
    return Capabilities(edition, str(server).split()[0], timescaledb)
