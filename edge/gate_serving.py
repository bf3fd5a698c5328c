"""the gates' screen → served, and again where its address cannot be had: that is a fault of the gateway's own, told once, and ends nothing.

It is told as a sensor's is (`SCREEN`), so that a wall shows it for as long as it lasts. Tried again after a second, then ever less often.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, Protocol

import structlog

from edge import gauges
from edge.checkin_settings import SCREEN
from edge.fault_book import Standing
from edge.faults import Fault, Recovery, Truth
from wardroom import legible
from wardroom.bus import backoff
from wardroom.clock import Clock
from wardroom.errors import ConfigError
from wardroom.messages import EventData, SensorFaultData, SensorFaultReason, SensorRecoveredData
from wardroom.topics import Gateway

RETRY_S: Final = (1.0, 60.0)
"""The first and the longest wait for an address that is taken."""
_DETAIL: Final = 500

Tell = Callable[[EventData], Awaitable[bool]]

_log = structlog.get_logger()


class Served(Protocol):
    """What is served."""

    async def serve(self, served: Callable[[], Awaitable[None]]) -> None:
        """Serve until cancelled; raises ConfigError where the address cannot be listened on."""
        ...


class GateServing:
    """Serves a screen. `standing`: the fault that was told before a restart."""

    def __init__(
        self,
        screen: Served,
        *,
        gateway: Gateway,
        clock: Clock,
        tell: Tell,
        standing: Standing | None,
        retry_s: tuple[float, float] = RETRY_S,
    ) -> None:
        self._screen = screen
        self._clock = clock
        self._tell = tell
        self._retry_s = retry_s
        self._up = gauges.GATE_SCREEN.labels(*gauges.of(gateway))
        lasted_s = 0.0 if standing is None else max(0.0, (clock.now_us() - standing.since_us) / 1_000_000)
        self._truth = Truth(None, reason=None if standing is None else standing.reason, fault_at=clock.monotonic() - lasted_s)

    async def run(self) -> None:
        """Serve, and try again, until cancelled."""
        failures = 0
        while True:
            self._up.set(0)
            try:
                await self._screen.serve(self._served)
            except ConfigError as error:
                await self._told(self._truth.failed(Fault(SensorFaultReason.NO_ANSWER, str(error)), self._clock.monotonic()))
            await asyncio.sleep(backoff(failures, self._retry_s))
            failures += 1

    async def _served(self) -> None:
        self._up.set(1)
        await self._told(self._truth.answered({}, self._clock.monotonic()))

    async def _told(self, change: Fault | Recovery | None) -> None:
        if isinstance(change, Fault):
            _log.error("the gates' screen is not served; it is tried again", detail=change.detail)
            await self._tell(SensorFaultData(SCREEN, change.reason, legible.replaced(change.detail)[:_DETAIL]))
        elif change is not None:
            _log.info("the gates' screen is served", fault_s=round(change.fault_s, 1))
            await self._tell(SensorRecoveredData(SCREEN, change.fault_s))
