"""the `delivery_gap` view → a gauge per gateway: packs between the first and the last of a boot that are not here (yet)."""

import asyncio

import structlog

from ingest import counters, statements
from ingest.database import connected
from ingest.settings import Settings
from wardroom import topics
from wardroom.errors import InvalidTopic, StorageError

_log = structlog.get_logger()


async def watch(settings: Settings) -> None:
    """Read the gaps now and then until cancelled; without a database the gauge keeps its last value."""
    while True:
        try:
            for site, gateway, missing in await read(settings):
                counters.GAPS.labels(counters.label(topics.gateway(site, gateway))).set(missing)
        except StorageError as error:
            _log.debug("gaps not read", reason=str(error))
        except InvalidTopic as error:
            _log.warning("gaps of a strange gateway", reason=str(error))
        await asyncio.sleep(settings.ingest.gaps_every_s)


async def read(settings: Settings) -> list[tuple[str, str, float]]:
    """Return (site, gateway, missing packs) of every gateway that ever delivered."""
    timeout = settings.ingest.statement_timeout_s
    async with connected(settings.database.conninfo(), program="wardroom-ingest-gaps", statement_timeout_s=timeout) as connection:
        cursor = await connection.execute(statements.GAPS)
        return [(str(site), str(gateway), float(missing)) for site, gateway, missing in await cursor.fetchall()]
