"""gateway files → the ward's last 24 hours, as if every gateway had measured alone for a day and found back to the broker just now.

Each gateway's past goes through its own outbox and session, recorded in a ledger first; what ingest has not receipted in time stays in the
outbox, and the fleet goes on with it.
"""

import asyncio
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Final

import structlog
from msgspec import Struct
from msgspec.structs import replace

from edge.app import OUTBOX_FILE
from edge.birth import birth
from edge.outbox import Outbox
from edge.settings import Settings
from edge.uplink import Uplink
from simulators.fleet import load
from simulators.ledger import SUFFIX, Ledger, Mark
from simulators.sources import Simulated
from wardroom.bus import Outgoing
from wardroom.clock import Clock
from wardroom.errors import BrokerGone
from wardroom.messages import PackQuarantinedData
from wardroom.senml import Reading
from wardroom.topics import Gateway

DRIVER: Final = "simulators.sources:Simulated"
_MINUTE_US: Final = 60_000_000
_DENSE: Final = 60
"""Each of the last so many minutes has a reading, each second one before them."""
_DAY: Final = 24 * 60
_PACK: Final = 500
_RESEND_S: Final = 3.0
"""Nobody else uses the line yet, and people wait for the wall."""
_LOOK_S: Final = 0.05

_log = structlog.get_logger()


class HistorySettings(Struct, frozen=True, kw_only=True):
    """What the past is made of, and how long it may take."""

    gateways: Path
    ledgers: Path
    within_s: float = 30.0


class History:
    """The past of all gateways of a folder."""

    def __init__(self, chosen: HistorySettings, *, clock: Clock) -> None:
        self._chosen = chosen
        self._clock = clock

    async def run(self) -> None:
        """Send it, and return when all of it is receipted; BrokerGone if that takes too long."""
        loaded = await asyncio.to_thread(load, self._chosen.gateways)
        now_us = self._clock.now_us()
        with Ledger(self._chosen.ledgers / f"{datetime.now(UTC):%Y%m%dT%H%M%S.%f}-{os.getpid()}{SUFFIX}") as ledger:
            try:
                async with asyncio.timeout(self._chosen.within_s), asyncio.TaskGroup() as tasks:
                    for file, settings in loaded:
                        tasks.create_task(self._gateway(settings, ledger, now_us), name=file.stem)
            except TimeoutError as error:
                raise BrokerGone("simulators.history_late", seconds=round(self._chosen.within_s)) from error

    async def _gateway(self, settings: Settings, ledger: Ledger, now_us: int) -> None:
        """Put one gateway's past, and stay until its outbox is empty."""
        edge = replace(settings.edge, resend_first_s=_RESEND_S)
        place = Gateway(edge.site, edge.gateway)
        outbox = Outbox(file=Path(edge.data) / OUTBOX_FILE, gateway=place, limit_bytes=edge.outbox_bytes, clock=self._clock)
        async with outbox:

            def born() -> Outgoing:
                return birth(edge, settings.sensor, boot=outbox.boot, now_us=self._clock.now_us())

            uplink = Uplink(edge, settings.broker, outbox=outbox, clock=self._clock, birth=born, tell=_set_aside)
            async with asyncio.TaskGroup() as tasks:
                sending = tasks.create_task(uplink.run(), name=f"uplink of {place.prefix}")
                for pack in await asyncio.to_thread(lambda: list(packs(settings, now_us, self._clock))):
                    ledger.record(place, pack, mark=Mark(0), session=0)
                    await outbox.put(pack)
                while (await outbox.stats()).packs:  # noqa: ASYNC110 - the outbox has no event for it, and this is once
                    await asyncio.sleep(_LOOK_S)
                sending.cancel()


def instants(now_us: int) -> list[int]:
    """Return when the past was measured: in every second minute of the last 24 hours, in every one of the last hour, oldest first."""
    this = now_us // _MINUTE_US
    return [minute * _MINUTE_US for minute in range(this - _DAY, this + 1) if minute > this - _DENSE or minute % 2 == 0]


def packs(settings: Settings, now_us: int, clock: Clock) -> Iterator[tuple[Reading, ...]]:
    """Yield what the gateway's simulated sensors measured, oldest first, in packs of a few hundred readings."""
    readings = _readings(settings, now_us, clock)
    while pack := tuple(islice(readings, _PACK)):
        yield pack


def _readings(settings: Settings, now_us: int, clock: Clock) -> Iterator[Reading]:
    devices = [
        (sensor.id, Simulated(sensor, clock), {quantity.id: quantity.unit for quantity in sensor.quantities})
        for sensor in settings.sensor
        if sensor.driver == DRIVER
    ]
    for time_us in instants(now_us):
        for id_, device, units in devices:
            for sample in device.at(time_us):
                yield Reading(id_, sample.quantity, units[sample.quantity], sample.value, time_us)


async def _set_aside(data: PackQuarantinedData) -> None:
    _log.error("pack of the past set aside", boot=data.boot, seq=data.seq, sends=data.sends)
