import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from websockets.asyncio.server import Server, ServerConnection, serve

from simulators import status
from simulators.ledger import Ledger, Mark
from simulators.probe import Probe
from simulators.status import ProbeStatus
from wardroom.live import Delta, Hello, LiveReading, LiveSeries, Ping, Pong, Snapshot, SnapshotReason, Subscribe
from wardroom.senml import Reading
from wardroom.topics import Gateway

GATEWAY = Gateway("tdp-01", "gw-1")
SERIES = LiveSeries(7, "tdp-01", "gw-1", "air", "Không khí", "Air", "temperature", "Cel")
T0 = 1_790_000_000_000_000


class Center:
    """The center's side of the WebSocket: a snapshot, then what the test says."""

    def __init__(self) -> None:
        self.screen: ServerConnection | None = None
        self.tokens: list[str | None] = []
        self.heard: list[Subscribe | Pong | Ping] = []
        self.watched = asyncio.Event()
        self.server: Server | None = None

    async def talk(self, screen: ServerConnection) -> None:
        self.tokens.append(screen.request.headers.get("Authorization") if screen.request else None)
        await self.say(screen, Hello("b", 0, 0, 2.0, "x"))
        self.heard.append(msgspec.json.decode(await screen.recv(), type=Subscribe))
        await self.say(screen, Snapshot(1, SnapshotReason.FIRST, series=(SERIES,)))
        self.screen = screen
        self.watched.set()
        async for word in screen:
            self.heard.append(msgspec.json.decode(word, type=Ping | Pong | Subscribe))

    async def say(self, screen: ServerConnection, message: Hello | Snapshot | Delta | Ping) -> None:
        await screen.send(msgspec.json.encode(message).decode())

    async def show(self, number: int) -> None:
        assert self.screen is not None
        reading = LiveReading(7, T0 + number, 0, 1.0, 0)
        await self.say(self.screen, Delta(1, 2, readings=(reading,)))


@pytest.fixture
async def center() -> AsyncIterator[Center]:
    made = Center()
    async with serve(made.talk, "127.0.0.1", 0) as made.server:
        yield made


def probe(center: Center, folder: Path) -> Probe:
    assert center.server is not None
    port = next(iter(center.server.sockets)).getsockname()[1]
    return Probe(url=f"ws://127.0.0.1:{port}/ws", token="wall", ledgers=folder, file=folder / "probe.json")


def put(ledger: Ledger, number: int) -> None:
    ledger.record(GATEWAY, [Reading("air", "temperature", "Cel", 1.0, T0 + number)], mark=Mark.LIVE, session=1)


async def test_a_reading_is_measured_from_the_put_to_the_screen(center: Center, tmp_path: Path) -> None:
    running = asyncio.create_task(probe(center, tmp_path).run())
    async with asyncio.timeout(10):
        await center.watched.wait()
        await center.say(center.screen or pytest.fail("no screen"), Ping(1))
        await asyncio.sleep(0.1)  # the snapshot was read
        with Ledger(tmp_path / "1.ledger") as ledger:
            for number in range(50):
                put(ledger, number)
                time.sleep(0.001)  # noqa: ASYNC251 - what is measured: a millisecond before it is shown
                await center.show(number)
                await asyncio.sleep(0.005)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    said = status.read(tmp_path / "probe.json", ProbeStatus)

    assert said is not None
    assert (said.measured, said.apart, said.connections) == (50, 0, 1)
    assert said.p50_ms is not None
    assert 1 <= said.p50_ms < 5_000
    assert center.tokens == ["Bearer wall"]
    assert any(isinstance(word, Pong) for word in center.heard)


async def test_a_screen_that_is_cut_off_comes_back_and_what_was_put_meanwhile_is_apart(center: Center, tmp_path: Path) -> None:
    running = asyncio.create_task(probe(center, tmp_path).run())
    async with asyncio.timeout(10):
        await center.watched.wait()
        with Ledger(tmp_path / "1.ledger") as ledger:
            center.watched.clear()
            await (center.screen or pytest.fail("no screen")).close()
            put(ledger, 1)
            await center.watched.wait()
            await asyncio.sleep(0.1)
            await center.show(1)
            put(ledger, 2)
            await center.show(2)
            await asyncio.sleep(0.1)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    said = status.read(tmp_path / "probe.json", ProbeStatus)

    assert said is not None
    assert (said.measured, said.apart, said.connections) == (1, 1, 2)


async def test_no_center_is_waited_for(tmp_path: Path) -> None:
    running = asyncio.create_task(Probe(url="ws://127.0.0.1:1/ws", token="wall", ledgers=tmp_path, file=tmp_path / "probe.json").run())
    await asyncio.sleep(0.3)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    assert status.read(tmp_path / "probe.json", ProbeStatus) == ProbeStatus()
