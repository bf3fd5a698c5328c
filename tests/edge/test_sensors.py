import asyncio
import contextlib
from collections.abc import Iterator
from typing import Any

import pytest
from structlog.testing import capture_logs

from edge.sensors import Polling, Sample
from tests.edge.drivers import Answer, Kept, Scripted
from tests.edge.factories import NOW_US, SetClock, sensor
from tests.edge.waiting import until
from wardroom.clock import SystemClock
from wardroom.errors import SensorError
from wardroom.messages import SensorFaultData, SensorFaultReason, SensorRecoveredData

DEAD = SensorError("edge.modbus_no_connection", address="10.0.0.9:502")


@pytest.fixture(autouse=True)
def _clean() -> Iterator[None]:
    Scripted.made.clear()
    yield
    Scripted.made.clear()
    Scripted.script = float


def script(*answers: Answer) -> None:
    Scripted.script = lambda call: answers[min(call, len(answers) - 1)]


async def polled(samples: int, clock: SystemClock | None = None, **changed: Any) -> tuple[Kept, Scripted]:
    """Poll until the driver was asked `samples` times, and return what came of it."""
    kept, settings = Kept(), sensor(**changed)
    driver = Scripted(settings, clock or SystemClock())
    task = asyncio.create_task(Polling(settings, driver, clock=clock or SystemClock(), sink=kept).run())
    await until(lambda: driver.calls > samples or task.done())
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    return kept, driver


async def test_a_sensor_is_asked_at_once_and_then_every_period() -> None:
    kept, driver = await polled(5)

    assert [one.value for one in kept.values][:5] == [0.0, 1.0, 2.0, 3.0, 4.0]
    assert {(one.sensor, one.quantity, one.unit) for one in kept.values} == {("air1", "temperature", "Cel")}
    assert (driver.opened, driver.closed) == (1, 1)


async def test_an_unchanged_value_is_not_reported_before_its_time() -> None:
    script(21.5)
    kept, _ = await polled(8, report={"at_least_s": 60})

    assert len(kept.values) == 1


async def test_missed_periods_are_skipped_not_caught_up() -> None:
    def slow(call: int) -> Answer:
        return TimeoutError() if call == 1 else float(call)

    Scripted.script = slow
    _, driver = await polled(3, period_s=0.05, timeout_s=0.5)

    assert driver.calls <= 5


async def test_a_fault_and_the_recovery_are_one_event_each() -> None:
    script(1.0, DEAD, DEAD, DEAD, 2.0, 3.0)
    kept, driver = await polled(6)

    fault, recovery = kept.events
    assert fault == SensorFaultData("air1", SensorFaultReason.NO_ANSWER, str(DEAD))
    assert isinstance(recovery, SensorRecoveredData)
    assert 0 < recovery.fault_s < 5
    assert [one.value for one in kept.values][:3] == [1.0, 2.0, 3.0]
    assert driver.closed == 1


FAULTS: list[tuple[Answer, SensorFaultReason, str]] = [
    (TimeoutError(), SensorFaultReason.NO_ANSWER, "no answer within 0.05 s"),
    (OSError("bus error"), SensorFaultReason.NO_ANSWER, "bus error"),
    (ZeroDivisionError("a driver's bug"), SensorFaultReason.NO_ANSWER, "ZeroDivisionError: a driver's bug"),
    (float("nan"), SensorFaultReason.BAD_VALUE, "temperature is nan"),
    (float("inf"), SensorFaultReason.BAD_VALUE, "temperature is inf"),
    (-1.1e15, SensorFaultReason.BAD_VALUE, "temperature is -1100000000000000.0"),
    (OSError("bus\n\u202eerror\0"), SensorFaultReason.NO_ANSWER, "bus\ufffd\ufffderror\ufffd"),
    ((Sample("pressure", 1.0),), SensorFaultReason.BAD_VALUE, "pressure is none of this sensor's quantities"),
    ((Sample("temperature", 1.0, observed_us=5),), SensorFaultReason.BAD_VALUE, "temperature was observed at 5 µs since 1970"),
]


@pytest.mark.parametrize(("answer", "reason", "detail"), FAULTS)
async def test_whatever_a_driver_does_is_the_sensor_s_fault(answer: Answer, reason: SensorFaultReason, detail: str) -> None:
    script(answer)
    with capture_logs():
        kept, _ = await polled(2, timeout_s=0.05)

    assert kept.events == [SensorFaultData("air1", reason, detail)]
    assert kept.values == []


async def test_the_good_values_of_a_half_bad_sample_are_kept() -> None:
    script((Sample("temperature", 20.0), Sample("humidity", float("nan"))))
    kept, _ = await polled(2, quantities=[{"id": "temperature", "unit": "Cel"}, {"id": "humidity", "unit": "%RH"}])

    assert {one.value for one in kept.values} == {20.0}
    assert [event.reason for event in kept.events if isinstance(event, SensorFaultData)] == [SensorFaultReason.BAD_VALUE]


async def test_a_stuck_sensor_is_told_and_still_reported() -> None:
    script(20.0)
    kept, _ = await polled(8, stuck_after_s=0.05)

    assert [event.reason for event in kept.events if isinstance(event, SensorFaultData)] == [SensorFaultReason.STUCK]
    assert len(kept.values) >= 7


async def test_a_device_s_own_time_is_kept_as_it_is() -> None:
    script((Sample("temperature", 20.0, observed_us=NOW_US),))
    kept, _ = await polled(3)

    assert {one.observed_us for one in kept.values} == {NOW_US}


def stamps(times_us: list[int]) -> list[int]:
    clock = SetClock()
    settings = sensor()
    polling = Polling(settings, Scripted(settings, clock), clock=clock, sink=Kept())
    return [polling._stamp("temperature", us) for us in times_us]


STAMPS = [
    # (what the clock says, what is stamped)
    ([100, 200], [100, 200]),
    ([100, 100, 100], [100, 101, 102]),  # within one microsecond
    ([100, 100, 101, 102, 110], [100, 101, 102, 103, 110]),  # until the clock has caught up
    ([100_000, 99_500], [100_000, 100_001]),  # slewed back a little
    ([5_000_000, 1_000_000, 1_000_000], [5_000_000, 1_000_000, 1_000_001]),  # set back: not ours to hide
]


@pytest.mark.parametrize(("said", "stamped"), STAMPS)
def test_two_stamps_of_a_series_are_never_the_same(said: list[int], stamped: list[int]) -> None:
    assert stamps(said) == stamped


async def test_a_driver_that_cannot_be_closed_stops_nobody() -> None:
    class Sticky(Scripted):
        async def close(self) -> None:
            raise ValueError("stuck in the socket")

    settings, clock = sensor(), SystemClock()
    driver = Sticky(settings, clock)
    task = asyncio.create_task(Polling(settings, driver, clock=clock, sink=Kept()).run())
    await until(lambda: driver.calls > 0)
    with capture_logs() as logs:
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    assert [log["event"] for log in logs] == ["driver failed to close"]


async def test_a_driver_that_cannot_be_opened_is_tried_again_each_period() -> None:
    class Late(Scripted):
        async def open(self) -> None:
            await super().open()
            if self.opened < 3:
                raise DEAD

    settings, clock, kept = sensor(), SystemClock(), Kept()
    driver = Late(settings, clock)
    task = asyncio.create_task(Polling(settings, driver, clock=clock, sink=kept).run())
    await until(lambda: len(kept.events) == 2)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task

    assert driver.opened == 3
    assert isinstance(kept.events[1], SensorRecoveredData)


async def test_a_driver_that_swallows_its_cancellation_ends_all_the_same() -> None:
    class Deaf(Scripted):
        async def read(self) -> tuple[Sample, ...]:
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(0.05)
            return await super().read()

    settings, clock = sensor(), SystemClock()
    driver = Deaf(settings, clock)
    task = asyncio.create_task(Polling(settings, driver, clock=clock, sink=Kept()).run())
    await until(lambda: driver.calls > 0)
    await asyncio.sleep(0.04)
    task.cancel()
    await asyncio.wait({task}, timeout=30.0)

    assert task.cancelled()
    assert driver.closed == 1
