import asyncio
import sqlite3
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from edge.fault_book import BOOK_FILE, FaultBook
from edge.intake import Account, Intake
from edge.outbox import Outbox
from tests.edge.factories import GATEWAY, reading
from tests.edge.waiting import until
from wardroom.clock import SystemClock
from wardroom.messages import (
    OutboxDropped,
    PackQuarantined,
    PackQuarantinedData,
    SensorFault,
    SensorFaultData,
    SensorFaultReason,
    SensorRecovered,
    SensorRecoveredData,
    decode_event,
)
from wardroom.senml import Reading
from wardroom.topics import Gateway


def an_outbox(folder: Path, limit_bytes: int = 2**26) -> Outbox:
    return Outbox(file=folder / "outbox.db", gateway=GATEWAY, limit_bytes=limit_bytes, clock=SystemClock())


def an_intake(outbox: Outbox, *, connected: bool = True, account: Account | None = None) -> Intake:
    return Intake(outbox, gateway=GATEWAY, clock=SystemClock(), connected=lambda: connected, book=a_book(outbox), account=account)


def a_book(outbox: Outbox) -> FaultBook:
    return FaultBook(outbox._store._file.with_name(BOOK_FILE))


async def test_an_event_says_who_when_and_whether_alone(tmp_path: Path) -> None:
    async with an_outbox(tmp_path) as outbox:
        await an_intake(outbox).event(SensorRecoveredData("air1", 12.5))
        await an_intake(outbox, connected=False).event(PackQuarantinedData("b", 7, 20))
        recovered, quarantined = (decode_event(pack.payload, GATEWAY) for pack in await outbox.take(10))

    assert isinstance(recovered, SensorRecovered)
    assert isinstance(quarantined, PackQuarantined)
    assert (recovered.subject, recovered.offline, quarantined.subject, quarantined.offline) == ("air1", False, None, True)
    assert recovered.id != quarantined.id
    assert abs(recovered.time.timestamp() - SystemClock().now_us() / 1e6) < 60


async def test_the_tap_hears_of_readings_right_before_they_are_put(tmp_path: Path) -> None:
    heard: list[tuple[Gateway, tuple[Reading, ...], bool]] = []
    async with an_outbox(tmp_path) as outbox:

        def tap(gateway: Gateway, readings: tuple[Reading, ...]) -> None:
            heard.append((gateway, readings, outbox.has_news))

        intake = Intake(outbox, gateway=GATEWAY, clock=SystemClock(), connected=lambda: True, book=a_book(outbox), account=Account(tap))
        await intake.readings((reading(1.0),))

    assert heard == [(GATEWAY, (reading(1.0),), False)]


async def test_a_full_disk_stops_neither_readings_nor_events(tmp_path: Path) -> None:
    async with an_outbox(tmp_path) as outbox:
        intake = an_intake(outbox)
        await outbox._in_thread(lambda: outbox._store._connection.execute("PRAGMA query_only = 1"))
        with capture_logs() as logs:
            await intake.readings((reading(),))
            await intake.event(SensorRecoveredData("air1", 1.0))

        assert outbox.dropped == 2
        assert [log["event"] for log in logs if log["log_level"] == "error"] == [
            "outbox cannot write; what is measured meanwhile is lost and counted",
            "event lost",
        ]


async def test_losses_are_one_event_for_some_seconds_and_that_event_calls_for_no_other(tmp_path: Path) -> None:
    async with an_outbox(tmp_path, limit_bytes=65_536) as outbox:
        intake = an_intake(outbox)
        for number in range(600):
            await intake.readings((reading(float(number)),))
        dropped = outbox.dropped
        telling = asyncio.create_task(intake.tell_losses(every_s=0.1))
        await until(lambda: not outbox.lossy.is_set())
        await asyncio.sleep(0.5)
        telling.cancel()

    assert [event.data.packs for event in told(tmp_path)] == [dropped]
    assert told(tmp_path)[0].data.bytes > dropped * 100


async def test_losses_of_a_full_disk_are_told_when_it_takes_something_again(tmp_path: Path) -> None:
    async with an_outbox(tmp_path) as outbox:

        async def both() -> bool:
            return (await outbox.stats()).packs == 2

        intake = an_intake(outbox)
        telling = asyncio.create_task(intake.tell_losses(every_s=0.05))
        with capture_logs():
            await outbox._in_thread(lambda: outbox._store._connection.execute("PRAGMA query_only = 1"))
            for number in range(3):
                await intake.readings((reading(float(number)),))
                await asyncio.sleep(0.1)
            await outbox._in_thread(lambda: outbox._store._connection.execute("PRAGMA query_only = 0"))
            await intake.readings((reading(3.0),))
        await until(both)
        await asyncio.sleep(0.1)  # and nothing more
        telling.cancel()

    assert [event.data.packs for event in told(tmp_path)] == [3]


@pytest.mark.parametrize("end", ["asked", "cancelled"])
async def test_losses_not_told_yet_are_told_when_nothing_is_measured_any_more_or_the_agent_stops(tmp_path: Path, end: str) -> None:
    async with an_outbox(tmp_path, limit_bytes=65_536) as outbox:
        intake = an_intake(outbox)
        telling = asyncio.create_task(intake.tell_losses(every_s=60))
        await asyncio.sleep(0)
        for number in range(600):
            await intake.readings((reading(float(number)),))
        dropped = outbox.dropped
        if end == "asked":
            await intake.tell()
        telling.cancel()
        await until(lambda: telling.done() and not outbox.lossy.is_set())

    assert [event.data.packs for event in told(tmp_path)] == [dropped]


async def test_readings_the_disk_did_not_take_are_named(tmp_path: Path) -> None:
    lost: list[Reading] = []
    async with an_outbox(tmp_path) as outbox:
        intake = an_intake(outbox, account=Account(lambda *_: None, lambda _, readings: lost.extend(readings)))
        await intake.readings((reading(0.0),))
        with capture_logs():
            await outbox._in_thread(lambda: outbox._store._connection.execute("PRAGMA query_only = 1"))
            await intake.readings((reading(1.0),))

    assert [one.value for one in lost] == [1.0]


def told(folder: Path) -> list[OutboxDropped]:
    connection = sqlite3.connect(folder / "outbox.db")
    rows = connection.execute("SELECT payload FROM pack WHERE kind = 'events' ORDER BY id").fetchall()
    connection.close()
    events = [decode_event(payload, GATEWAY) for (payload,) in rows]
    return [event for event in events if isinstance(event, OutboxDropped)]


async def test_the_fault_of_a_sensor_nobody_asks_any_more_is_ended(tmp_path: Path) -> None:
    async with an_outbox(tmp_path) as outbox:
        before = an_intake(outbox)
        await before.event(SensorFaultData("kept", SensorFaultReason.STUCK))
        await before.event(SensorFaultData("gone", SensorFaultReason.NO_ANSWER))
        after = an_intake(outbox)
        await after.only({"kept", "new"})
        await after.only({"kept", "new"})
        events = [decode_event(pack.payload, GATEWAY) for pack in await outbox.take(10)]

    assert [(type(event), event.subject) for event in events] == [(SensorFault, "kept"), (SensorFault, "gone"), (SensorRecovered, "gone")]
