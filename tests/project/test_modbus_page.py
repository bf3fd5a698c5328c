import asyncio
import re
import socket
import sys
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from subprocess import Popen
from typing import Any

import msgspec
import pytest

from edge.drivers.modbus import Modbus
from edge.sensors import Sample
from edge.settings import SensorSettings
from tests.project import tree
from wardroom.clock import SystemClock
from wardroom.errors import SensorError

PAGE = (tree.ROOT / "docs" / "modbus.md").read_text(encoding="utf-8")
PORT = "5020"


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found
    return found[1]


def sensor(port: int) -> SensorSettings:
    tables: list[dict[str, Any]] = tomllib.loads(block("toml").replace(PORT, str(port)))["sensor"]
    return msgspec.convert(tables[0], SensorSettings)


@pytest.fixture
def device() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    code = block("sh").split("-c '", 1)[1].rsplit("'", 1)[0].replace(PORT, str(port))
    process = Popen([sys.executable, "-c", code])
    yield port
    process.terminate()
    process.wait(10)


async def answered(driver: Modbus) -> tuple[Sample, ...]:
    """Return the first answer: the device needs a moment to start."""
    async with asyncio.timeout(30):
        while True:
            with suppress(SensorError):
                return await driver.read()
            await asyncio.sleep(0.2)


async def test_the_sensor_of_the_page_reads_the_device_of_the_page(device: int) -> None:
    driver = Modbus(sensor(device), SystemClock())
    samples = await answered(driver)
    await driver.close()

    assert {sample.quantity: sample.value for sample in samples} == {"temperature": 27.4, "humidity": 65.5}


def test_the_page_names_a_gateway_of_the_demo() -> None:
    named = re.search(r"\.wardroom/config/gateways/([\w.-]+)\.toml", PAGE)

    assert named
    assert f'"{named[1].split(".")[0]}"' in (tree.ROOT / "simulators" / "ward.py").read_text(encoding="utf-8")
