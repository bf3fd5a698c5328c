"""database → hub: the picture at the start, series that are new, and whatever the live path missed; all through the hub's own guard."""

import asyncio
from collections.abc import Iterator
from itertools import islice
from typing import Final, TypeVar

import structlog

from center.directory import Directory
from center.hub import Hub
from center.store.pictures import Pictures
from wardroom.clock import Clock
from wardroom.errors import SchemaNewer, StorageError
from wardroom.live import LiveReading, LiveSeries
from wardroom.metrics import counter

EVERY_S: Final = 5.0
WHOLE_EVERY: Final = 12
"""Each so many rounds all latest readings are compared, for what was received long before it was stored."""
LOOK_S: Final = (0.1, 0.2, 0.4, 0.8, 1.6, 3.0)
"""How long to wait between looks for series that are not there yet."""
_AT_ONCE: Final = 200

MENDED: Final = counter("wardroom_center_mended_total", "What the live path missed and the database told.", ("kind",))

_log = structlog.get_logger()
T = TypeVar("T")


class Mending:
    """Keeps the hub true to the database without ever making the live path wait for it."""

    def __init__(self, *, hub: Hub, directory: Directory, pictures: Pictures, clock: Clock) -> None:
        self.loaded = asyncio.Event()
        self._hub = hub
        self._directory = directory
        self._pictures = pictures
        self._clock = clock
        self._event = 0
        self._since_us: int | None = None

    async def load(self) -> None:
        """Take the whole picture, trying until the database gives it; raises SchemaNewer where only a newer center could."""
        attempt = 0
        while not self.loaded.is_set():
            try:
                picture, self._event = await self._pictures.whole()
            except SchemaNewer:
                raise
            except StorageError as error:
                _log.warning("picture not loaded yet", reason=str(error))
                await asyncio.sleep(LOOK_S[min(attempt, len(LOOK_S) - 1)])
                attempt += 1
            else:
                self._directory.add(picture.series)
                self._hub.load(picture)
                self.loaded.set()
                _log.info("picture loaded", series=len(picture.series), gateways=len(picture.gateways), events=len(picture.events))

    async def mend(self) -> None:
        """Every few seconds merge what the database has and the hub does not."""
        rounds = 0
        while True:
            await asyncio.sleep(EVERY_S)
            try:
                await self.round(whole=rounds % WHOLE_EVERY == WHOLE_EVERY - 1)
            except StorageError as error:
                _log.warning("not mended", reason=str(error))
            rounds += 1

    async def round(self, *, whole: bool) -> None:
        """Merge once; `whole`: compare every series, not only those received since the last round."""
        readings, now_us = await self._pictures.latest(None if whole else self._since_us)
        missed = [reading for reading in readings if self._differs(reading)]
        await self._introduce([reading.series for reading in missed if self._hub.latest(reading.series) is None])
        for some in _parts(missed, _AT_ONCE):
            MENDED.labels("reading").inc(self._hub.read(some))
            await asyncio.sleep(0)
        self._since_us = now_us
        events, self._event = await self._pictures.events_after(self._event)
        MENDED.labels("event").inc(sum(self._hub.happen(event) for event in events))

    async def look(self) -> None:
        """Find the series that live readings wait for; ingest makes them a moment later."""
        attempt = 0
        while True:
            await self._directory.wanted.wait()
            await asyncio.sleep(LOOK_S[min(attempt, len(LOOK_S) - 1)])
            try:
                found = await self._pictures.series_named(self._directory.names()[:_AT_ONCE])
            except StorageError as error:
                _log.warning("series not found yet", reason=str(error))
                found = []
            attempt = 0 if found else attempt + 1
            self._show(found)

    def _differs(self, reading: LiveReading) -> bool:
        known = self._hub.latest(reading.series)
        return known is None or known.time_us != reading.time_us

    async def _introduce(self, numbers: list[int]) -> None:
        for some in _parts(numbers, _AT_ONCE):
            self._show(await self._pictures.series_numbered(some))

    def _show(self, series: list[LiveSeries]) -> None:
        self._hub.describe(self._directory.add(series))
        self._hub.read(self._directory.settle(self._clock.monotonic()))


def _parts(items: list[T], size: int) -> Iterator[list[T]]:
    iterator = iter(items)
    while part := list(islice(iterator, size)):
        yield part
