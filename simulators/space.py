"""folders → whether their disks have room: said once when one runs out, and once when there is room again."""

import asyncio
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from wardroom.embedded.folders import Announce

LEAST_BYTES: Final = 8 * 2**20
"""With less than this databases and outboxes begin to fail."""
_EVERY_S: Final = 1.0


class Space:
    """Looks after the disks that some folders lie on."""

    def __init__(self, folders: Iterable[Path], announce: Announce, *, least_bytes: int = LEAST_BYTES) -> None:
        self._folders = tuple(folders)
        self._announce = announce
        self._least_bytes = least_bytes
        self._full: set[int] = set()  # disks by number, at most one for each folder

    async def watch(self) -> None:
        """Look until cancelled."""
        while True:
            await asyncio.to_thread(self.look)
            await asyncio.sleep(_EVERY_S)

    def look(self) -> None:
        """Say what has changed since the last look."""
        for folder in self._folders:
            try:
                disk, free = folder.stat().st_dev, shutil.disk_usage(folder).free
            except OSError:
                continue
            if free < self._least_bytes and disk not in self._full:
                self._full.add(disk)
                self._announce("simulators.disk_full", folder=folder.resolve())
            elif free >= 2 * self._least_bytes and disk in self._full:
                self._full.remove(disk)
                self._announce("simulators.disk_again", folder=folder.resolve())
