"""a configuration file's changes → settings: looked at every two seconds; what is invalid is one log line and changes nothing."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import structlog

from edge.settings import Settings, load
from wardroom.errors import ConfigError

EVERY_S: Final = 2.0

_log = structlog.get_logger()


async def changes(file: Path, every_s: float = EVERY_S) -> AsyncIterator[Settings]:
    """Yield the settings of `file` each time it changed to something valid; never ends."""
    seen = await asyncio.to_thread(_signature, file)
    while True:
        await asyncio.sleep(every_s)
        signature = await asyncio.to_thread(_signature, file)
        if signature == seen:
            continue
        seen = signature
        if signature is None:
            _log.error("configuration file is gone; the sensors stay as they are", file=str(file))
            continue
        try:
            settings = await asyncio.to_thread(load, file)
        except ConfigError as error:
            _log.error("changed configuration is not used; the sensors stay as they are", detail=str(error))
        else:
            yield settings


def _signature(file: Path) -> tuple[int, int, int] | None:
    """Return what changes when a file is written or replaced, None where there is none."""
    try:
        stat = file.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size, stat.st_ino
