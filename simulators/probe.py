"""a wall's WebSocket → how long a reading takes from sensor to screen: the instant it came minus the instant it was put, on one clock.

The ledger says when a reading was put (the machine's monotonic clock, before the outbox's commit); the probe sees the same reading, by
series and time, come in a delta. Only live readings count: not what crossed an outage of the gateway, of its line or of this screen,
not late packs, not backlog.
"""

import asyncio
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec
import structlog
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from simulators import status
from simulators.ledger import SeriesKey
from simulators.status import ProbeStatus
from simulators.taps import Taps
from wardroom.errors import StorageError
from wardroom.live import PING_S, Delta, FromCenter, Ping, Pong, Snapshot, Subscribe, Topic

_OPEN_S: Final = 5.0
_AGAIN_S: Final = 0.5
_SILENT_S: Final = 2 * PING_S
_TELL_S: Final = 1.0

_decoder: Final = msgspec.json.Decoder(FromCenter)
_encoder: Final = msgspec.json.Encoder()
_log = structlog.get_logger()


class Probe:
    """One screen that measures; `url` is the center's ``/ws``."""

    def __init__(self, *, url: str, token: str, ledgers: Path, file: Path) -> None:
        self._url = url
        self._token = token
        self._taps = Taps(ledgers)
        self._file = file
        self._series: dict[int, SeriesKey] = {}  # as many as the center has; forgotten with every snapshot
        self._since_ns: int | None = None
        self._connections = 0

    async def run(self) -> None:
        """Measure until cancelled; then say what was found."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._look(), name="probe screen")
                tasks.create_task(self._tell(), name="probe status")
        finally:
            self._taps.follow()
            self._taps.settle()
            status.write(self._file, self.status())

    def status(self) -> ProbeStatus:
        """Return what was measured so far."""
        histogram = self._taps.histogram
        p50, p99 = histogram.quantile(0.5), histogram.quantile(0.99)
        return ProbeStatus(
            connected=self._since_ns is not None,
            connections=self._connections,
            measured=histogram.count,
            apart=self._taps.apart,
            p50_ms=None if p50 is None else round(p50 / 1_000, 3),
            p99_ms=None if p99 is None else round(p99 / 1_000, 3),
        )

    async def _look(self) -> None:
        while True:
            try:
                async with connect(
                    self._url,
                    additional_headers={"Authorization": f"Bearer {self._token}"},
                    open_timeout=_OPEN_S,
                    max_size=None,
                    compression=None,
                ) as screen:
                    self._connections += 1
                    await self._watch(screen)
            except (OSError, TimeoutError, WebSocketException, msgspec.MsgspecError) as error:
                _log.info("probe disconnected", detail=str(error))
            finally:
                self._since_ns = None
            await asyncio.sleep(_AGAIN_S)

    async def _watch(self, screen: ClientConnection) -> None:
        await screen.send(_encoder.encode(Subscribe(frozenset({Topic.READINGS}))).decode())
        while True:
            async with asyncio.timeout(_SILENT_S):
                text = await screen.recv()
            at_ns = time.monotonic_ns()
            message = _decoder.decode(text)
            if isinstance(message, Ping):
                await screen.send(_encoder.encode(Pong()).decode())
            elif isinstance(message, Snapshot):
                self._series.clear()
                self._learn(message)
                self._since_ns = at_ns
            elif isinstance(message, Delta) and self._since_ns is not None:
                self._learn(message)
                self._measure(message, at_ns, self._since_ns)

    def _learn(self, message: Snapshot | Delta) -> None:
        for series in message.series:
            self._series[series.id] = SeriesKey(series.site, series.gateway, series.sensor, series.quantity)

    def _measure(self, delta: Delta, at_ns: int, since_ns: int) -> None:
        self._taps.follow()
        for reading in delta.readings:
            if (key := self._series.get(reading.series)) is not None:
                self._taps.arrived(key, reading.time_us, at_ns, since_ns)

    async def _tell(self) -> None:
        while True:
            with suppress(StorageError):  # a full disk: the next second says it
                self._taps.follow()
                status.write(self._file, self.status())
            await asyncio.sleep(_TELL_S)
