"""a configuration file's changes → settings: looked at every two seconds; what is invalid is one log line and changes nothing."""

import asyncio
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path
from typing import Final

import structlog

from edge.settings import Settings, load
from wardroom.errors import ConfigError

EVERY_S: Final = 2.0

_log = structlog.get_logger()


async def changes(file: Path, running: Settings, every_s: float = EVERY_S) -> AsyncIterator[Settings]:
    """Yield the settings of `file` each time it changed to something valid; never ends.

    At first it is compared with what is `running`: it may have been edited since that was loaded.
    """
    seen, settings = await asyncio.to_thread(_look, file, b"")
    if settings is not None and (settings.sensor, settings.camera) != (running.sensor, running.camera):
        yield settings
    while True:
        await asyncio.sleep(every_s)
        seen, settings = await asyncio.to_thread(_look, file, seen)
        if settings is not None:
            yield settings


def _look(file: Path, seen: bytes | None) -> tuple[bytes | None, Settings | None]:
    """Return what the file holds now, and its settings where that is not what was `seen` and is valid."""
    content = _content(file)
    if content == seen:
        return seen, None
    if content is None:
        _log.error("configuration file is gone; sensors and cameras stay as they are", file=str(file))
        return None, None
    try:
        return content, load(file)
    except ConfigError as error:
        _log.error("changed configuration is not used; sensors and cameras stay as they are", detail=str(error))
        return content, None


def _content(file: Path) -> bytes | None:
    """Return the digest of the file's bytes, None where there is none: times are too coarse to tell two edits apart."""
    try:
        return sha256(file.read_bytes()).digest()
    except OSError:
        return None
