import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from edge.fault_book import BOOK_FILE, FaultBook
from edge.intake import Intake
from edge.outbox import Outbox
from edge.rosters import Rosters
from simulators.rtsp import RtspServer
from tests.edge.drivers import Scripted
from tests.edge.factories import GATEWAY, sensor
from tests.edge.shows import camera
from tests.edge.waiting import until
from tests.simulators.numbered import pictures
from wardroom.camera_events import CameraState, CameraStatus
from wardroom.clock import SystemClock
from wardroom.errors import ConfigError
from wardroom.messages import decode_event
from wardroom.sight_events import Change, ObjectVisit

Told = list[tuple[str, str]]


@asynccontextmanager
async def a_gateway(folder: Path) -> AsyncIterator[tuple[Rosters, Told]]:
    """Run a gateway's rosters over a real outbox; what they tell of cameras is in the list."""
    told: Told = []
    book, clock = FaultBook(folder / BOOK_FILE), SystemClock()
    async with Outbox(file=folder / "outbox.db", gateway=GATEWAY, limit_bytes=2**26, clock=clock) as outbox:
        intake = Intake(outbox, gateway=GATEWAY, clock=clock, connected=lambda: True, book=book)
        async with asyncio.TaskGroup() as tasks:
            taking = tasks.create_task(taken(outbox, told))
            rosters = Rosters(tasks, gateway=GATEWAY, clock=clock, intake=intake, data=folder)
            try:
                yield rosters, told
            finally:
                await rosters.stop()
                taking.cancel()


async def taken(outbox: Outbox, told: Told) -> None:
    while True:
        for pack in await outbox.take(100):
            if b"specversion" not in pack.payload:
                continue  # readings
            event = decode_event(pack.payload, GATEWAY)
            if isinstance(event, CameraStatus):
                told.append((event.data.camera, event.data.state))
            elif isinstance(event, ObjectVisit):
                told.append((event.data.camera, event.data.change))


async def test_cameras_come_change_and_go_without_a_restart(tmp_path: Path) -> None:
    with RtspServer(pictures, fps=50.0) as server:
        gate, hall = camera(url=server.url), camera(id="hall", url=server.url)
        async with a_gateway(tmp_path) as (rosters, told):
            await rosters.apply((), (gate,))
            await until(lambda: told == [("gate", CameraState.ONLINE)])
            await rosters.apply((), (gate, hall))
            await until(lambda: told[1:] == [("hall", CameraState.ONLINE)])
            assert server.clients == 2

            await rosters.apply((), (gate,))
            await rosters.only((), (gate,))
            await until(lambda: told[2:] == [("hall", CameraState.DISABLED)])
            await until(lambda: server.clients == 1)
            connections = server.connections
            assert not await rosters.apply((), (gate,))
            await asyncio.sleep(0.1)
            assert server.connections == connections


async def test_a_camera_removed_while_the_agent_was_down_is_taken_back_once(tmp_path: Path) -> None:
    with RtspServer(pictures, fps=50.0) as server:
        async with a_gateway(tmp_path) as (rosters, told):
            await rosters.apply((), (camera(url=server.url),))
            await until(lambda: told == [("gate", CameraState.ONLINE)])
    async with a_gateway(tmp_path) as (rosters, told):
        await rosters.only((), ())
        await rosters.only((), ())
        await until(lambda: told == [("gate", CameraState.DISABLED)])


async def test_a_camera_that_cannot_be_made_keeps_its_kind_as_it_was_and_the_sensors_change(tmp_path: Path) -> None:
    Scripted.made.clear()
    with RtspServer(pictures, fps=50.0) as server:
        async with a_gateway(tmp_path) as (rosters, _):
            await rosters.apply((), (camera(url=server.url),))
            await until(lambda: server.clients == 1)
            with pytest.raises(ConfigError, match="hall"):
                await rosters.apply((sensor(period_s=60),), (camera(id="hall", url="rtsp://"),))

            assert [one.id for one in rosters.sensors] == ["air1"]
            assert server.clients == 1
    Scripted.made.clear()


async def test_what_is_seen_is_told_and_a_visit_that_lasts_ends_with_its_camera(tmp_path: Path) -> None:
    options = {"visits": [[2, 4], [6, 1_000_000]]}
    with RtspServer(pictures, fps=50.0) as server:
        gate = camera(url=server.url, watch="simulators.scripted_seeing:Scripted", watch_options=options)
        async with a_gateway(tmp_path) as (rosters, told):
            await rosters.apply((), (gate,))
            await until(lambda: len(told) == 4)
            await rosters.apply((), ())
            await until(lambda: len(told) == 5)

    assert told == [("gate", said) for said in (CameraState.ONLINE, Change.NEW, Change.END, Change.NEW, Change.END)]


async def test_who_cannot_look_is_refused_by_name(tmp_path: Path) -> None:
    async with a_gateway(tmp_path) as (rosters, _):
        for watch in ("somebody", "nowhere:Nobody"):
            with pytest.raises(ConfigError, match=f"camera 'gate', watch: '{watch}'"):
                await rosters.apply((), (camera(url="rtsp://x/", watch=watch),))
