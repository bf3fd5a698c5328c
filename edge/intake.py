"""readings and facts → the outbox: an event gets its envelope here, and a full disk stops nobody."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import structlog
import uuid6

from edge import gauges
from edge.fault_book import FaultBook
from edge.outbox import Outbox
from edge.outbox_stats import Losses
from edge.wire_clock import instant
from wardroom.clock import Clock
from wardroom.errors import StorageError
from wardroom.messages import (
    AnyEvent,
    EventData,
    OutboxDroppedData,
    PackQuarantinedData,
    SensorFaultData,
    SensorRecoveredData,
    enveloped,
)
from wardroom.senml import Reading
from wardroom.topics import Gateway

LOSSES_EVERY_S: Final = 60.0
"""Losses that come together are one event."""

Tap = Callable[[Gateway, tuple[Reading, ...]], None]


@dataclass(frozen=True, slots=True)
class Account:
    """Whoever keeps account of readings is told right before they are put, and of those the disk then did not take."""

    tap: Tap
    lost: Tap | None = None


_log = structlog.get_logger()


class Intake:
    """The one way into the outbox. `connected` tells whether an event is decided without the network; `book` remembers sensors' faults."""

    def __init__(
        self,
        outbox: Outbox,
        *,
        gateway: Gateway,
        clock: Clock,
        connected: Callable[[], bool],
        book: FaultBook,
        account: Account | None = None,
    ) -> None:
        self._outbox = outbox
        self._gateway = gateway
        self._clock = clock
        self._connected = connected
        self.book = book
        self._account = account
        self._carried = Losses()
        self._count = gauges.READINGS.labels(*gauges.of(gateway))
        self._faults = gauges.FAULTS.labels(*gauges.of(gateway))

    async def readings(self, readings: tuple[Reading, ...]) -> None:
        """Put readings; what the disk does not take is lost, and the outbox has counted it."""
        if self._account is not None:
            self._account.tap(self._gateway, readings)
        try:
            await self._outbox.put(readings)
        except StorageError as error:
            _log.debug("readings lost", count=len(readings), detail=str(error))
            if self._account is not None and self._account.lost is not None:
                self._account.lost(self._gateway, readings)
        else:
            self._count.inc(len(readings))

    async def event(self, data: EventData) -> bool:
        """Put the event of `data`; return whether the disk took it."""
        if isinstance(data, SensorFaultData):
            self._faults.inc()
        event = self._envelope(data)
        try:
            await self._outbox.put(event)
        except StorageError as error:
            _log.error("event lost", subject=event.subject, detail=str(error))
            return False
        if isinstance(data, SensorFaultData | SensorRecoveredData):
            self.book.note(data, self._clock.now_us())
        return True

    async def only(self, sensors: set[str]) -> None:
        """End the faults of all other sensors: nobody asks those any more, and nobody else would take their word back."""
        for sensor, standing in self.book.others(sensors).items():
            await self.event(SensorRecoveredData(sensor, max(0.0, (self._clock.now_us() - standing.since_us) / 1_000_000)))

    async def tell_losses(self, every_s: float = LOSSES_EVERY_S) -> None:
        """Put one event for the losses of `every_s` seconds, once the disk takes it, until cancelled; then for those not told yet."""
        try:
            while True:
                await self._outbox.lossy.wait()
                await asyncio.sleep(every_s)
                await self.tell()
        finally:
            await self.tell()

    async def tell(self) -> None:
        """Put one event for what was lost since the last one, unless that is nothing or the disk takes nothing."""
        if self._outbox.lossy.is_set() and not self._outbox.failing:
            losses = self._outbox.losses()
            carried, self._carried = self._carried, Losses()
            await self.event(OutboxDroppedData(carried.packs + losses.packs, carried.bytes + losses.bytes))
            # what the event itself displaced is told with the next one: it must not call for one
            self._carried = self._outbox.losses()

    def _envelope(self, data: EventData) -> AnyEvent:
        return enveloped(
            data,
            id=str(uuid6.uuid7()),
            source=self._gateway.prefix,
            time=instant(self._clock.now_us()),
            offline=not self._connected(),
            subject=_subject(data),
        )


def _subject(data: EventData) -> str | None:
    match data:
        case SensorFaultData() | SensorRecoveredData():
            return data.sensor
        case OutboxDroppedData() | PackQuarantinedData():
            return None
        case _:
            return data.camera
