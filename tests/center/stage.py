"""A hub with screens on it, their sockets in memory, under a clock that stands."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from center.hub import Hub, Picture
from center.live import Screens
from center.screen import PACE, Pace
from tests.center.factories import SetClock, gateway, reading, series, site
from tests.center.sockets import FakeSocket

SUBSCRIBE = '{"type":"subscribe"}'


PICTURE = Picture(sites=(site(),), gateways=(gateway(),), series=(series(1),), readings=(reading(1),))


class Stage:
    """A hub with screens on it; `picture`: what its database told, None for a database that tells later."""

    def __init__(self, events_kept: int = 50, pace: Pace = PACE, picture: Picture | None = PICTURE) -> None:
        self.clock = SetClock()
        self.hub = Hub("boot-1", events_kept=events_kept)
        if picture is not None:
            self.hub.load(picture)
        self.screens = Screens(hub=self.hub, clock=self.clock, pace=pace)

    @asynccontextmanager
    async def screen(self, credential: bytes = b"one") -> AsyncIterator[FakeSocket]:
        socket = FakeSocket()
        task = asyncio.create_task(self.screens.show(socket, credential=credential, language="en"), name="screen")
        yield socket
        socket.leave()
        await asyncio.wait_for(task, 5)
        assert len(self.screens) == 0 or task not in asyncio.all_tasks()


async def heard(socket: FakeSocket) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(await asyncio.wait_for(socket.said.get(), 2))
    return found


async def subscribed(socket: FakeSocket) -> dict[str, Any]:
    assert (await heard(socket))["type"] == "hello"
    socket.say(SUBSCRIBE)
    return await heard(socket)


async def code(socket: FakeSocket) -> int:
    return (await asyncio.wait_for(socket.closed, 2))[0]
