"""the center's list and gallery for this gateway → the same here, asked for every few seconds and kept sealed: a restart needs no network.

What left at the center leaves here with the next answer: files are replaced whole. Only what changed travels. A file that does not open any
more is as good as none, and everything is asked for.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

import structlog

from edge.center_link import CenterLink
from edge.checkin_settings import GALLERY_FILE
from edge.one_thread import OneThread
from edge.sealing import Sealing
from vision import gallery_delta, gallery_file
from vision.errors import GalleryError, GalleryGap
from vision.gallery_contents import Contents
from vision.gallery_delta import EVERYTHING
from wardroom import gate_list
from wardroom.bus import backoff
from wardroom.errors import CenterError, InvalidMessage, StorageError, StorageGone
from wardroom.gate_list import GateList
from wardroom.metrics import BUGS

LONGEST_S: Final = 60.0
"""The longest wait between two questions to a center that is away."""
LIST_FILE: Final = "gates.list"
_random: Final = random.SystemRandom()
_log = structlog.get_logger()

Follow = Callable[[GateList], Awaitable[None]]
"""Is given each new list."""


class CenterSync:
    """Keeps list and gallery in `folder`. `key`: of the gallery file; `every_s`: how often the center is asked, give or take a fifth."""

    def __init__(self, link: CenterLink, folder: Path, key: bytes, *, every_s: float, follow: Follow) -> None:
        self._link = link
        self._list_file = folder / LIST_FILE
        self._gallery_file = folder / GALLERY_FILE
        self._sealing = Sealing(key, "list of gates")
        self._key = key
        self._every_s = every_s
        self._follow = follow
        self._version = ""
        self._has: tuple[str, int] = ("", EVERYTHING)
        self._stumbled = ""

    def kept(self) -> GateList:
        """Return the list that is here, an empty one where none is; note which gallery is."""
        if (gallery := self._gallery()) is not None:
            self._has = gallery.gallery, gallery.version
        try:
            data = self._sealing.read(self._list_file)
            listed = gate_list.NOTHING if data is None else gate_list.decoded(data)
        except (StorageError, InvalidMessage) as error:
            _log.error("the list of gates cannot be used; it is asked for anew", detail=str(error))
            listed = gate_list.NOTHING
        self._version = listed.version
        return listed

    async def run(self) -> None:
        """Ask, and ask again, until cancelled."""
        failures = 0
        with OneThread[GateList | None]("center") as thread:
            while True:
                try:
                    listed = await thread.run(self._ask_list)
                    if listed is not None:
                        await self._follow(listed)
                    await thread.run(self._ask_gallery)
                except Exception as error:  # noqa: BLE001 - whatever a center says ends no gateway: its sensors and cameras go on
                    self._stumble(error)
                    await asyncio.sleep(backoff(failures, (self._every_s, max(LONGEST_S, self._every_s))))
                    failures += 1
                    continue
                if failures:
                    _log.info("the center is heard again")
                failures, self._stumbled = 0, ""
                await asyncio.sleep(self._every_s * _random.uniform(0.8, 1.2))

    def _stumble(self, error: Exception) -> None:
        """Say what went wrong, once until something else does; what nobody foresaw is counted and has its traceback."""
        foreseen = isinstance(error, CenterError | GalleryError | InvalidMessage | StorageError)
        if not foreseen:
            BUGS.labels("center").inc()
        if self._stumbled != (kind := type(error).__name__):
            said = "the center is not heard; the gates go on with what they have"
            _log.warning(said, detail=str(error) or kind, exc_info=None if foreseen else error)
        self._stumbled = kind

    def _ask_list(self) -> GateList | None:
        """Return the list where it is another one, kept already."""
        answer = self._link.get("/roster", {"If-None-Match": f'"{self._version}"'} if self._version else {})
        if not answer.body:
            return None
        listed = gate_list.decoded(answer.body)
        self._sealing.write(self._list_file, answer.body)
        self._version = listed.version
        _log.info("list of gates", gates=len(listed.gates), delegates=len(listed.delegates))
        return listed

    def _ask_gallery(self) -> None:
        """Bring the gallery file to the center's state."""
        try:
            self._take_gallery(*self._has)
        except GalleryGap as gap:
            self._take_gallery(self._has[0], gap.since)

    def _take_gallery(self, gallery: str, version: int) -> None:
        answer = self._link.get("/gallery?" + urlencode({"gallery": gallery, "version": version}))
        if not answer.body:
            return
        if answer.body == gallery_delta.NOBODY:
            self._remove_gallery()
            return
        delta = gallery_delta.decoded(answer.body)
        before = None if delta.base == EVERYTHING else self._gallery()
        if before is None and delta.base != EVERYTHING:
            raise GalleryGap("gallery_gap", since=EVERYTHING, base=delta.base, version=delta.version)
        contents = gallery_delta.adopted(delta) if before is None else gallery_delta.applied(before, delta)
        gallery_file.write(contents, self._gallery_file, self._key)
        self._has = contents.gallery, contents.version
        _log.info("gallery of the center", people=len(contents.persons))

    def _remove_gallery(self) -> None:
        try:
            self._gallery_file.unlink(missing_ok=True)
        except OSError as error:
            raise StorageGone("gates.unwritable", file=self._gallery_file, detail=error.strerror or str(error)) from error
        self._has = "", EVERYTHING
        _log.info("gallery of the center", people=0)

    def _gallery(self) -> Contents | None:
        """Return the gallery that is here, None where none is that opens."""
        if not self._gallery_file.exists():
            return None
        try:
            return gallery_file.read(self._gallery_file, self._key)
        except GalleryError as error:
            _log.error("the gallery of the center cannot be used; it is asked for anew", detail=str(error))
            return None
