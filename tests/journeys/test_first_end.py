"""A real Modbus device joins the running ward by one table in a file, the broker is killed meanwhile, and nothing is lost."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect
from pymodbus.constants import ExcCodes
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from tests.journeys.screens import SOON_MS, screen
from tests.journeys.stack import Stack
from wardroom.embedded.ports import free_port

pytestmark = [pytest.mark.servers, pytest.mark.browser, pytest.mark.asyncio(loop_scope="package"), pytest.mark.timeout(240)]
SENSOR = """
[[sensor]]
id = "meeting-air"
name = {{ vi = "Không khí phòng họp", en = "Meeting room air" }}
driver = "modbus"
period_s = 1.0
report = {{ at_least_s = 5.0, change = 0.1 }}
quantities = [
    {{ id = "temperature", unit = "Cel", options = {{ register = 0, scale = 0.1 }} }},
]
options = {{ host = "127.0.0.1", port = {port}, unit = 1 }}
"""


class Device:
    """A thermometer with one input register, on a port of its own."""

    def __init__(self) -> None:
        self.port = free_port()
        self.tenths = 274

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        registers = SimData(0, values=[self.tenths], datatype=DataType.REGISTERS)
        server = ModbusTcpServer(SimDevice(1, simdata=[registers], action=self._act), address=("127.0.0.1", self.port))
        await server.serve_forever(background=True)
        try:
            yield
        finally:
            await server.shutdown()  # type: ignore[no-untyped-call] # pymodbus leaves it without annotations

    async def _act(
        self, _function: int, start: int, address: int, _count: int, registers: list[int], _values: list[int] | list[bool] | None
    ) -> ExcCodes | None:
        registers[address - start] = self.tenths
        return None


@pytest.fixture
def unattended(tmp_path: Path) -> Iterator[Stack]:
    """A demo that runs for a while, compares what was measured with what was kept, and ends by itself."""
    started = Stack(tmp_path / "unattended", "--for", "20", "--report", str(tmp_path / "report.json"))
    try:
        started.wait_started()
        yield started
    finally:
        started.remove()


async def test_a_device_joins_by_one_table_and_nothing_is_lost_though_the_broker_dies(
    unattended: Stack, browser: Browser, tmp_path: Path
) -> None:
    device = Device()
    gateway = unattended.folder / "config" / "gateways" / "vp-ubnd.gw-1.toml"
    async with device.serving():
        async with screen(browser, unattended.address) as shown:
            await shown.sign_in(unattended.token)
            await shown.page.wait_for_selector("[data-gateway='vp-ubnd/gw-1'][data-state=online]")
            with gateway.open("a", encoding="utf-8") as file:
                file.write(SENSOR.format(port=device.port))
            unattended.child("broker").kill()
            value = shown.page.locator("[data-site=vp-ubnd] [data-sensor]", has_text="Không khí phòng họp").locator("[data-series]")
            await expect(value).to_have_attribute("data-value", "27.4", timeout=SOON_MS)
            await expect(value).to_contain_text("27,4")
            device.tenths = 281
            await expect(value).to_have_attribute("data-value", "28.1", timeout=SOON_MS)
        status, left = await asyncio.to_thread(unattended.end, None)
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))

    assert (status, left) == (0, []), unattended.said
    assert report["readings"]["generated"] == report["readings"]["committed"] > 200
    assert (report["readings"]["missing"], report["readings"]["duplicated"]) == (0, 0)
    assert report["processes"]["broker"]["restarts"] >= 1
