"""A WebSocket in memory: what the screen says is put in, what the center says is read out; it can be stuck like a dead network."""

import asyncio
from collections.abc import MutableMapping
from typing import Any

from starlette.websockets import WebSocketDisconnect


class FakeSocket:
    """The side of the center; the test is the screen."""

    def __init__(self) -> None:
        self.said: asyncio.Queue[str] = asyncio.Queue()
        self.closed: asyncio.Future[tuple[int, str | None]] = asyncio.get_running_loop().create_future()
        self.flowing = asyncio.Event()
        self.flowing.set()
        self.broken = False
        self.accepted = False
        self._heard: asyncio.Queue[MutableMapping[str, Any]] = asyncio.Queue()

    def say(self, text: str | bytes) -> None:
        self._heard.put_nowait({"type": "websocket.receive", "text" if isinstance(text, str) else "bytes": text})

    def leave(self) -> None:
        self.broken = True
        self._heard.put_nowait({"type": "websocket.disconnect", "code": 1001})

    async def accept(self) -> None:
        self.accepted = True

    async def receive(self) -> MutableMapping[str, Any]:
        return await self._heard.get()

    async def send_text(self, data: str) -> None:
        await self.flowing.wait()
        if self.broken:
            raise WebSocketDisconnect(1006)
        self.said.put_nowait(data)

    async def close(self, code: int = 1000, reason: str | None = None) -> None:
        self.closed.set_result((code, reason))
