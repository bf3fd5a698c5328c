import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx
from structlog.testing import capture_logs

from edge.checkin_settings import SCREEN
from edge.fault_book import Standing
from edge.gate_screen import GateScreen
from edge.gate_serving import GateServing
from tests.edge.factories import GATEWAY, NOW_US, SetClock
from tests.edge.test_checkin_settings import asked
from tests.edge.waiting import until
from wardroom.embedded.ports import free_port
from wardroom.messages import EventData, SensorFaultData, SensorFaultReason, SensorRecoveredData
from wardroom.settings import Secret

TOKEN = "0123456789abcdef_-"


@asynccontextmanager
async def serving(port: int, standing: Standing | None = None) -> AsyncIterator[list[EventData]]:
    """Serve a screen at a port; give what is told of it."""
    told: list[EventData] = []

    async def tell(data: EventData) -> bool:
        told.append(data)
        return True

    clock = SetClock(monotonic=1_000.0)
    screen = GateScreen(asked(screen_port=port, screen_token=Secret(TOKEN)), clock=clock)
    task = asyncio.create_task(GateServing(screen, gateway=GATEWAY, clock=clock, tell=tell, standing=standing, retry_s=(0.02, 0.05)).run())
    try:
        yield told
        assert not task.done()
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def answers(port: int) -> Callable[[], Awaitable[bool]]:
    async def answered() -> bool:
        try:
            async with httpx.AsyncClient(trust_env=False) as client:
                return (await client.get(f"http://127.0.0.1:{port}/x/y")).status_code == 404
        except httpx.TransportError:
            return False

    return answered


async def test_a_taken_port_is_told_once_tried_again_and_its_end_is_told_too() -> None:
    port = free_port()
    taken = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", port)
    with capture_logs() as logs:
        async with serving(port) as told:
            await until(lambda: bool(told))
            await asyncio.sleep(0.3)
            assert len(told) == 1
            taken.close()
            await taken.wait_closed()
            await until(answers(port))
            await until(lambda: len(told) == 2)

    fault, recovered = told
    assert isinstance(fault, SensorFaultData)
    assert (fault.sensor, fault.reason) == (SCREEN, SensorFaultReason.NO_ANSWER)
    assert f"127.0.0.1:{port}" in fault.detail
    assert isinstance(recovered, SensorRecoveredData)
    assert [log["log_level"] for log in logs if "screen" in log["event"]] == ["error", "info"]


async def test_a_fault_of_before_a_restart_is_taken_back_once_the_screen_is_served() -> None:
    port = free_port()
    async with serving(port, Standing(SensorFaultReason.NO_ANSWER, NOW_US - 90_000_000)) as told:
        await until(answers(port))
        await until(lambda: bool(told))

    assert told == [SensorRecoveredData(SCREEN, 90.0)]


async def test_a_screen_that_is_served_at_once_tells_nothing() -> None:
    port = free_port()
    async with serving(port) as told:
        await until(answers(port))

    assert told == []
