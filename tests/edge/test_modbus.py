import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from edge.drivers.loading import factory
from edge.drivers.modbus import Modbus
from edge.drivers.modbus_link import Links
from edge.sensors import Polling
from tests.edge.drivers import Kept
from tests.edge.factories import sensor
from tests.edge.modbus_device import Behaviour, rtu, serial_line, tcp
from tests.edge.waiting import until
from wardroom.clock import SystemClock
from wardroom.embedded.ports import free_port
from wardroom.errors import ConfigError, SensorError
from wardroom.messages import SensorFaultData, SensorRecoveredData

pytestmark = pytest.mark.servers


def modbus(places: dict[str, dict[str, Any]], **options: Any) -> Modbus:
    quantities = [{"id": name, "unit": "Cel", "options": place} for name, place in places.items()]
    given = {"host": "127.0.0.1", "timeout_s": 0.3} | options
    return Modbus(sensor(driver="modbus", quantities=quantities, options=given), SystemClock())


@asynccontextmanager
async def opened(driver: Modbus) -> AsyncIterator[Modbus]:
    await driver.open()
    try:
        yield driver
    finally:
        await driver.close()


async def values(driver: Modbus) -> dict[str, float]:
    return {sample.quantity: sample.value for sample in await driver.read()}


PLACES: list[tuple[dict[str, Any], float]] = [
    ({"register": 0}, 213.0),  # input, int16
    ({"register": 0, "scale": 0.1}, 21.3),  # as the data sheet says, not 21.300000000000001
    ({"register": 0, "scale": 0.1, "offset": -40.0}, -18.7),
    ({"register": 1}, -1.0),
    ({"register": 1, "type": "uint16"}, 65_535.0),
    ({"register": 0, "kind": "holding"}, -40.0),
    ({"register": 10, "kind": "holding", "type": "int32"}, -70_000.0),
    ({"register": 12, "kind": "holding", "type": "uint32"}, 4_000_000_000.0),
    ({"register": 14, "kind": "holding", "type": "float32"}, 21.5),
    ({"register": 20, "kind": "holding", "type": "float32", "words": "little"}, 21.5),
    ({"register": 0, "kind": "coil"}, 1.0),
    ({"register": 1, "kind": "coil"}, 0.0),
    ({"register": 1, "kind": "discrete"}, 1.0),
]


async def test_every_kind_and_type_is_read_as_it_is_written() -> None:
    port = free_port()
    places = {f"q{index}": place for index, (place, _) in enumerate(PLACES)}
    async with tcp(port, Behaviour()), opened(modbus(places, port=port)) as driver:
        assert await values(driver) == {f"q{index}": value for index, (_, value) in enumerate(PLACES)}


async def test_registers_side_by_side_are_one_request_and_gaps_are_never_asked_for() -> None:
    port, behaviour = free_port(), Behaviour()
    places: dict[str, dict[str, Any]] = {
        "a": {"register": 10, "kind": "holding", "type": "int32"},
        "b": {"register": 12, "kind": "holding", "type": "uint32"},
        "c": {"register": 0, "kind": "holding"},
        "d": {"register": 0, "kind": "coil"},
        "e": {"register": 3, "kind": "coil"},
    }
    async with tcp(port, behaviour), opened(modbus(places, port=port)) as driver:
        await driver.read()

    assert sorted(behaviour.asked) == [(1, 0, 1), (1, 3, 1), (3, 0, 1), (3, 10, 4)]


async def test_sensors_on_one_address_share_one_connection_and_the_last_closes_it() -> None:
    port = free_port()
    async with tcp(port, Behaviour()) as server:
        first, second = modbus({"t": {"register": 0}}, port=port), modbus({"h": {"register": 1}}, port=port)
        await first.open()
        await second.open()
        await asyncio.gather(*(driver.read() for driver in (first, second) for _ in range(5)))
        assert len(server.active_connections) == 1

        await first.close()
        assert await values(second) == {"h": -1.0}
        await second.close()
        await until(lambda: not server.active_connections)
        assert Links._open[asyncio.get_running_loop()] == {}


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"register": 99}, "refuses input 99 to 99: illegal address"),
    ({"register": 1, "type": "float32"}, "refuses input 1 to 2: illegal address"),
    ({"register": 99, "kind": "coil"}, "refuses coil 99 to 99: illegal address"),
]


@pytest.mark.parametrize(("place", "sentence"), REFUSED)
async def test_a_wrong_register_is_a_sentence_that_names_it(place: dict[str, Any], sentence: str) -> None:
    port = free_port()
    async with tcp(port, Behaviour()), opened(modbus({"t": place}, port=port)) as driver:
        with pytest.raises(SensorError, match=sentence):
            await driver.read()


async def test_nobody_there_is_a_sentence_that_names_the_address() -> None:
    port = free_port()
    async with opened(modbus({"t": {"register": 0}}, port=port)) as driver:
        with pytest.raises(SensorError, match=f"nothing answers at 127.0.0.1:{port}"):
            await driver.read()
        with pytest.raises(SensorError, match="nothing answers"):
            await driver.read()


async def test_a_slow_answer_is_given_up_and_never_taken_for_the_next_one_s() -> None:
    port, behaviour = free_port(), Behaviour()
    async with tcp(port, behaviour), opened(modbus({"t": {"register": 0}}, port=port, timeout_s=0.1)) as driver:
        assert await values(driver) == {"t": 213.0}
        behaviour.delay_s = 0.5
        with pytest.raises(SensorError, match=r"unit 1 at 127\.0\.0\.1:\d+ does not answer"):
            await driver.read()
        behaviour.delay_s = 0.0
        assert await values(driver) == {"t": 213.0}


async def test_a_cancelled_read_leaves_a_clean_connection() -> None:
    port, behaviour = free_port(), Behaviour(delay_s=0.2)
    async with tcp(port, behaviour), opened(modbus({"t": {"register": 0}}, port=port, timeout_s=1.0)) as driver:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(driver.read(), 0.05)
        behaviour.delay_s = 0.0
        assert await values(driver) == {"t": 213.0}


async def test_another_unit_than_the_device_s_is_not_answered() -> None:
    port = free_port()
    async with tcp(port, Behaviour()), opened(modbus({"t": {"register": 0}}, port=port, unit=7)) as driver:
        with pytest.raises(SensorError, match="unit 7 at"):
            await driver.read()


async def test_a_server_that_is_killed_and_comes_back_is_one_fault_and_one_recovery() -> None:
    port, kept = free_port(), Kept()
    settings = sensor(
        driver="modbus",
        period_s=0.05,
        report={"at_least_s": 0.05},
        quantities=[{"id": "t", "unit": "Cel", "options": {"register": 0, "scale": 0.1}}],
        options={"host": "127.0.0.1", "port": port, "timeout_s": 0.3},
    )
    clock = SystemClock()
    async with tcp(port, Behaviour()):
        polling = asyncio.create_task(Polling(settings, factory(settings)(settings, clock), clock=clock, sink=kept).run())
        await until(lambda: len(kept.values) >= 3)
    await until(lambda: len(kept.events) == 1)
    async with tcp(port, Behaviour()):
        await until(lambda: len(kept.events) == 2)
        before = len(kept.values)
        await until(lambda: len(kept.values) > before + 2)
        polling.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await polling

    fault, recovery = kept.events
    assert isinstance(fault, SensorFaultData)
    assert isinstance(recovery, SensorRecoveredData)
    assert {one.value for one in kept.values} == {21.3}


async def test_rtu_over_a_serial_line() -> None:
    behaviour = Behaviour()
    with serial_line() as (near, far):
        places: dict[str, dict[str, Any]] = {"t": {"register": 0, "scale": 0.1}, "door": {"register": 0, "kind": "coil"}}
        driver = modbus(places, host=None, serial=near, baudrate=19_200)
        other = modbus({"h": {"register": 1}}, host=None, serial=near, baudrate=19_200)
        async with opened(driver), opened(other):
            async with rtu(far, behaviour):
                assert await values(driver) == {"t": 21.3, "door": 1.0}
                assert await values(other) == {"h": -1.0}
            with pytest.raises(SensorError, match=f"unit 1 at {near} does not answer"):
                await driver.read()
            async with rtu(far, behaviour):
                assert await values(driver) == {"t": 21.3, "door": 1.0}


async def test_a_late_answer_on_a_serial_line_is_not_taken_for_another_sensor_s() -> None:
    behaviour = Behaviour()
    with serial_line() as (near, far):
        late = modbus({"t": {"register": 0}}, host=None, serial=near, baudrate=19_200, timeout_s=0.2)
        other = modbus({"h": {"register": 1}}, host=None, serial=near, baudrate=19_200, timeout_s=0.2)
        async with rtu(far, behaviour), opened(late), opened(other):
            behaviour.delay_s = 0.25
            with pytest.raises(SensorError):
                await late.read()
            behaviour.delay_s = 0.0
            assert await values(other) == {"h": -1.0}
            assert await values(late) == {"t": 213.0}


async def test_a_serial_line_has_one_speed() -> None:
    with serial_line() as (near, _):
        async with opened(modbus({"t": {"register": 0}}, host=None, serial=near, baudrate=19_200)):
            with pytest.raises(SensorError, match="already open with 19200 baud"):
                await modbus({"h": {"register": 1}}, host=None, serial=near, baudrate=9_600).open()


async def test_a_serial_port_that_is_not_there_is_a_sentence() -> None:
    async with opened(modbus({"t": {"register": 0}}, host=None, serial="/dev/ttyNONE")) as driver:
        with pytest.raises(SensorError, match="nothing answers at /dev/ttyNONE"):
            await driver.read()


WRONG: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    # (the sensor's options, the quantity's, what the sentence says)
    ({"port": 70_000}, {"register": 0}, "options.port: '70000' does not fit"),
    ({"port": "5020"}, {"register": 0}, "options.port: '5020' does not fit"),
    ({"unit": 300}, {"register": 0}, "options.unit: '300' does not fit"),
    ({"hots": "x"}, {"register": 0}, "options.hots is no option of its driver"),
    ({"host": None}, {"register": 0}, "exactly one of the two"),
    ({"serial": "/dev/ttyUSB0"}, {"register": 0}, "exactly one of the two"),
    ({"host": None, "serial": "/dev/ttyUSB0", "parity": "X"}, {"register": 0}, "options.parity: 'X' does not fit"),
    ({}, {}, "t.options.register is missing"),
    ({}, {"register": -1}, "t.options.register: '-1' does not fit"),
    ({}, {"register": 65_535, "type": "int32"}, "t.options.register: '65535' does not fit"),
    ({}, {"register": 0, "kind": "coils"}, "t.options.kind: 'coils' does not fit"),
    ({}, {"register": 0, "type": "int8"}, "t.options.type: 'int8' does not fit"),
    ({}, {"register": 0, "scale": 0}, "t.options.scale: '0' does not fit"),
]


@pytest.mark.parametrize(("options", "place", "sentence"), WRONG)
def test_wrong_options_are_one_clear_sentence(options: dict[str, Any], place: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ConfigError) as error:
        modbus({"t": place}, **options)

    assert sentence in str(error.value)
    assert "air1" in error.value.sentence("vi")
