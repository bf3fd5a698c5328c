"""A wall that stays through everything: it reconnects as the page does, resumes where it stood, and is what a fresh page must equal."""

import asyncio
import copy
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from tests.center.screen_model import ScreenModel
from wardroom.live import PING_S, Delta, Hello, Ping, Pong, Since, Snapshot, Subscribe

_AGAIN_S: Final = 0.2
_OPEN_S: Final = 5.0
_SILENT_S: Final = 2 * PING_S
_PARTS: Final = ("seq", "sites", "gateways", "series", "readings", "trails", "events")
Picture = dict[str, object]
_encoder: Final = msgspec.json.Encoder()


class Witness:
    """One screen; `failure` is what no screen may hear."""

    def __init__(self, url: str, token: str) -> None:
        self.model = ScreenModel()
        self.connections = 0
        self.resumed = 0
        self.failure: AssertionError | None = None
        self._url = url
        self.token = token
        self._boot: str | None = None

    async def run(self) -> None:
        """Watch until cancelled."""
        while self.failure is None:
            try:
                async with self._connected() as socket:
                    await self._watch(socket)
            except (OSError, TimeoutError, WebSocketException):
                await asyncio.sleep(_AGAIN_S)
            except AssertionError as failure:
                self.failure = failure

    async def fresh(self) -> ScreenModel:
        """Return what a page opened now shows."""
        model = ScreenModel()
        async with asyncio.timeout(_OPEN_S), self._connected() as socket:
            model.hear(await socket.recv(decode=True))
            await socket.send(_encoder.encode(Subscribe()).decode())
            while model.snapshots == 0:
                model.hear(await socket.recv(decode=True))
        return model

    async def compared(self, within_s: float = 20.0) -> tuple[Picture, Picture]:
        """Return what this wall and a fresh page show, as soon as it is the same, or as it is at the end; while nothing is measured."""
        began = asyncio.get_running_loop().time()
        while True:
            own, fresh = Picture(), Picture()
            with suppress(OSError, TimeoutError, WebSocketException):
                fresh = shown(await self.fresh())
                own = shown(self.model)
            if (own and own == fresh) or asyncio.get_running_loop().time() - began > within_s:
                return own, fresh
            await asyncio.sleep(_AGAIN_S)

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[ClientConnection]:
        headers = {"Authorization": f"Bearer {self.token}"}
        async with connect(self._url, additional_headers=headers, open_timeout=_OPEN_S, close_timeout=1, max_size=None) as socket:
            yield socket

    async def _watch(self, socket: ClientConnection) -> None:
        self.connections += 1
        hello = self.model.hear(await self._heard(socket))
        assert isinstance(hello, Hello)
        since = None if self._boot is None else Since(self._boot, self.model.seq)
        await socket.send(_encoder.encode(Subscribe(since=since)).decode())
        first = True
        while True:
            message = self.model.hear(await self._heard(socket))
            if isinstance(message, Ping):
                await socket.send(_encoder.encode(Pong()).decode())
            elif isinstance(message, Snapshot | Delta):
                self.resumed += first and isinstance(message, Delta)
                self._boot, first = hello.boot, False

    async def _heard(self, socket: ClientConnection) -> str:
        async with asyncio.timeout(_SILENT_S):
            return await socket.recv(decode=True)


def shown(model: ScreenModel) -> Picture:
    """Return a picture by its parts, a copy."""
    return dict(zip(_PARTS, copy.deepcopy(model.picture()), strict=True))


def differences(one: Picture, other: Picture) -> str:
    """Return the parts in which two pictures differ, as text of bearable length."""
    return "\n".join(
        f"{part}:\n  {one.get(part)!r:.1500}\n  {other.get(part)!r:.1500}" for part in _PARTS if one.get(part) != other.get(part)
    )
