"""A WebSocket in memory: what the screen says is put in, what the center says is read out; it can be blocked like a dead network."""

import asyncio
from collections.abc import Callable, MutableMapping
from typing import Any

from tests.center.wire import payloads


class FakeSocket:
    """The side of the center; the test is the screen."""

    def __init__(self) -> None:
        self.said: asyncio.Queue[str] = asyncio.Queue()
        self.closed: asyncio.Future[tuple[int, str]] = asyncio.get_running_loop().create_future()
        self.blocked = False
        self.accepted = False
        self.buffered = 0
        self._on_message: Callable[[bytes], None] | None = None
        self._on_flow: Callable[[bool], None] | None = None
        self._over: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def say(self, text: str | bytes) -> None:
        assert self._on_message is not None, "not accepted"
        self._on_message(text.encode() if isinstance(text, str) else text)

    def block(self) -> None:
        self.blocked = True
        if self._on_flow is not None:
            self._on_flow(False)

    def flow(self) -> None:
        self.blocked = False
        if self._on_flow is not None:
            self._on_flow(True)

    def leave(self) -> None:
        if not self._over.done():
            self._over.set_result(1001)

    async def accept(self, on_message: Callable[[bytes], None], on_flow: Callable[[bool], None]) -> None:
        self.accepted = True
        self._on_message, self._on_flow = on_message, on_flow

    async def receive(self) -> MutableMapping[str, Any]:
        return {"type": "websocket.disconnect", "code": await self._over}

    def write(self, frame: bytes) -> None:
        assert not self.blocked, "the way was blocked"
        for text in payloads(frame):
            self.said.put_nowait(text)

    def waiting(self) -> int:
        return self.buffered

    def end(self, code: int, reason: str) -> None:
        if not self.closed.done():
            self.closed.set_result((code, reason))
        self.leave()
