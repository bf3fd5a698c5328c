"""device → reading: each sensor is asked every period, what is worth it is reported, faults are told once.

A driver is the only code that knows a device. It may be anybody's: whatever it raises is the sensor's fault, never the gateway's end.
"""

import asyncio
import secrets
from collections.abc import Callable, Iterable
from math import isfinite
from typing import Final, Protocol

import structlog
from msgspec import Struct

from edge.fault_book import Standing
from edge.faults import Fault, Recovery, Truth
from edge.report import Reporter
from edge.settings import SensorSettings
from wardroom import legible
from wardroom.clock import Clock
from wardroom.errors import SensorError
from wardroom.messages import SensorFaultData, SensorFaultReason, SensorRecoveredData
from wardroom.metrics import BUGS
from wardroom.senml import ABSOLUTE_US, LAST_US, VALUE_LIMIT, Reading

_CLOSE_S: Final = 5.0
_BUMP_US: Final = 1_000
"""Stamps this close behind the last one share its instant; further back the clock was set, which is not ours to hide."""
_DETAIL: Final = 500

_log = structlog.get_logger()


class Sample(Struct, frozen=True, gc=False):
    """One measured value; without `observed_us` (microseconds since 1970 UTC) the gateway's clock says when."""

    quantity: str
    value: float
    observed_us: int | None = None


class Driver(Protocol):
    """One device. Made with (sensor, clock): the constructor checks the options (ConfigError) and touches nothing.

    `open` prepares and may raise SensorError; it is tried again before the next sample. `read` raises SensorError for no or a wrong answer.
    `close` is called once at the end, opened or not. None of them blocks the event loop; each is cancelled after the sensor's `timeout_s`.
    """

    async def open(self) -> None:
        """Prepare to be read."""
        ...

    async def read(self) -> tuple[Sample, ...]:
        """Return one sample of each quantity, or of those there is something new about."""
        ...

    async def close(self) -> None:
        """Let the device go."""
        ...


DriverFactory = Callable[[SensorSettings, Clock], Driver]


class Sink(Protocol):
    """Where what a sensor says goes; both return when it is durable, or counted as lost."""

    async def readings(self, readings: tuple[Reading, ...]) -> None:
        """Take readings."""
        ...

    async def event(self, data: SensorFaultData | SensorRecoveredData) -> bool:
        """Take the data of an event; return whether it will last."""
        ...


class Polling:
    """One sensor: sample, report, and tell its faults, until cancelled."""

    def __init__(self, sensor: SensorSettings, driver: Driver, *, clock: Clock, sink: Sink, standing: Standing | None = None) -> None:
        self._sensor = sensor
        self._driver = driver
        self._clock = clock
        self._sink = sink
        self._opened = False
        self._truth = _truth(sensor, clock, standing)
        self._units = {quantity.id: quantity.unit for quantity in sensor.quantities}
        self._reporters = {quantity.id: Reporter(sensor.report, sensor.period_s) for quantity in sensor.quantities}
        self._last_us: dict[str, int] = {}

    async def run(self) -> None:
        """Sample at once, then every period at a phase of its own, so that not all sensors ask at the same instant."""
        try:
            due = self._clock.monotonic()
            await self._once()
            _end_if_cancelled()
            due += self._sensor.period_s * (1 + secrets.randbelow(100)) / 100
            while True:
                await asyncio.sleep(max(0.0, due - self._clock.monotonic()))
                await self._once()
                _end_if_cancelled()
                due += self._sensor.period_s
                late = self._clock.monotonic() - due
                if late > 0:
                    due += self._sensor.period_s * (late // self._sensor.period_s + 1)
        finally:
            await self._close()

    async def _once(self) -> None:
        answer = await self._asked()
        now = self._clock.monotonic()
        if isinstance(answer, Fault):
            change: Fault | Recovery | None = self._truth.failed(answer, now)
        else:
            values, bad = self._sorted_out(answer)
            readings = self._worth_reporting(values, now)
            if readings:
                await self._sink.readings(readings)
            if bad:
                change = self._truth.failed(Fault(SensorFaultReason.BAD_VALUE, bad), now)
            else:
                change = self._truth.answered({sample.quantity: sample.value for sample in values}, now)
        if change is not None:
            await self._tell(change)

    async def _asked(self) -> tuple[Sample, ...] | Fault:
        """Return the device's samples, or why there are none."""
        try:
            async with asyncio.timeout(self._sensor.timeout_s):
                if not self._opened:
                    await self._driver.open()
                    self._opened = True
                return await self._driver.read()
        except TimeoutError:
            detail = f"no answer within {self._sensor.timeout_s:g} s"
        except (SensorError, OSError) as error:
            detail = str(error)
        except Exception as error:  # noqa: BLE001 - a driver is foreign code: its bug is logged, counted, and must not stop the other sensors
            _log.exception("driver failed", sensor=self._sensor.id, driver=self._sensor.driver)
            BUGS.labels("driver").inc()
            detail = f"{type(error).__name__}: {error}"
        return Fault(SensorFaultReason.NO_ANSWER, _detail(detail))

    def _sorted_out(self, samples: Iterable[Sample]) -> tuple[list[Sample], str]:
        """Return the samples that can be readings, and what is wrong with the first other one."""
        good: list[Sample] = []
        bad = ""
        for sample in samples:
            if sample.quantity not in self._units:
                bad = bad or f"{sample.quantity} is none of this sensor's quantities"
            elif not isfinite(sample.value) or abs(sample.value) > VALUE_LIMIT:
                bad = bad or f"{sample.quantity} is {sample.value}"
            elif sample.observed_us is not None and not ABSOLUTE_US <= sample.observed_us < LAST_US:
                bad = bad or f"{sample.quantity} was observed at {sample.observed_us} µs since 1970"
            else:
                good.append(sample)
        return good, _detail(bad)

    def _worth_reporting(self, samples: Iterable[Sample], now: float) -> tuple[Reading, ...]:
        now_us = self._clock.now_us()
        return tuple(
            Reading(
                self._sensor.id,
                sample.quantity,
                self._units[sample.quantity],
                sample.value,
                self._stamp(sample.quantity, now_us) if sample.observed_us is None else sample.observed_us,
            )
            for sample in samples
            if self._reporters[sample.quantity].wants(sample.value, now)
        )

    def _stamp(self, quantity: str, now_us: int) -> int:
        """Return `now_us`, moved just behind the series' last stamp where the two would be the same instant."""
        last_us = self._last_us.get(quantity)
        if last_us is not None and 0 <= last_us - now_us < _BUMP_US:
            now_us = last_us + 1
        self._last_us[quantity] = now_us
        return now_us

    async def _tell(self, change: Fault | Recovery) -> None:
        if isinstance(change, Fault):
            _log.warning("sensor at fault", sensor=self._sensor.id, reason=change.reason.value, detail=change.detail)
            await self._sink.event(SensorFaultData(self._sensor.id, change.reason, change.detail))
        else:
            _log.info("sensor recovered", sensor=self._sensor.id, fault_s=round(change.fault_s, 1))
            await self._sink.event(SensorRecoveredData(self._sensor.id, change.fault_s))

    async def _close(self) -> None:
        try:
            async with asyncio.timeout(_CLOSE_S):
                await self._driver.close()
        except Exception:  # noqa: BLE001 - foreign code again, on the way out: logged and counted, the rest goes on closing
            _log.exception("driver failed to close", sensor=self._sensor.id, driver=self._sensor.driver)
            BUGS.labels("driver").inc()


def _detail(text: str) -> str:
    """Return a device's or a driver's words as an event may carry them."""
    return legible.replaced(text)[:_DETAIL]


def _end_if_cancelled() -> None:
    """End the task if it was told to: a driver's library may have swallowed that, as Python 3.11's `wait_for` does at times."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


def _truth(sensor: SensorSettings, clock: Clock, standing: Standing | None) -> Truth:
    if standing is None:
        return Truth(sensor.stuck_after_s)
    lasted_s = max(0.0, (clock.now_us() - standing.since_us) / 1_000_000)
    return Truth(sensor.stuck_after_s, reason=standing.reason, fault_at=clock.monotonic() - lasted_s)
