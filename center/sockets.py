"""a screen's WebSocket ↔ frames written as they are, messages heard at once: uvicorn's connection, with a straight way.

The way by ASGI costs every screen a task's turn and a frame's making for every word. Here a frame that was made once is written to each
screen's transport (`write`), and `on_flow` tells when one takes nothing any more, so that nobody fills its buffer. What waits in a buffer
is bounded so: the high-water mark and one frame more. Once a conversation is over its connection lasts `Line.close_s` at the most.
"""

import asyncio
from collections.abc import Callable, MutableMapping
from typing import Any, ClassVar, Final, Self

from starlette.websockets import WebSocket
from uvicorn._types import ASGISendEvent
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame
from websockets.http11 import Request

from wardroom.live import CloseCode

_EXTENSION: Final = "wardroom.line"
_PIECE: Final = 2_048
"""Bytes parsed before it is looked whether the conversation goes on."""
NOISE: Final = 200
"""Pings, pongs and pieces of a message that may come before a whole one; more is no conversation, and keeps the center from the others'."""


class Line(WebSocketsSansIOProtocol):
    """uvicorn's WebSocket connection; `on_message` and `on_flow` are the conversation's."""

    close_s: ClassVar[float] = 5.0
    """How long a screen may take to hear why, after which it is cut off."""
    on_message: Callable[[bytes], None] | None = None
    on_flow: Callable[[bool], None] | None = None
    _cut: asyncio.TimerHandle | None = None
    _noises = 0
    _deaf = False
    """What was left unread once the conversation was over makes no sense of what follows."""

    @property
    def blocked(self) -> bool:
        return not self.writable.is_set()

    def waiting(self) -> int:
        """Return the bytes written and not yet taken by the kernel."""
        return int(self.transport.get_write_buffer_size())

    def write(self, frame: bytes) -> None:
        """Write a whole frame as it is; nothing where the connection is ending."""
        if not self.close_sent and not self.transport.is_closing():
            self.transport.write(frame)

    def end(self, code: int, reason: str) -> None:
        """Say goodbye, and cut the connection if it is not answered in time; whoever receives is told that it is over."""
        self.on_message = self.on_flow = None
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        if self.close_sent or self.transport.is_closing():
            return
        self.conn.send_close(code, reason)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.close_timer = self.loop.call_later(self.close_s, self.transport.abort)

    def data_received(self, data: bytes) -> None:
        for start in range(0, len(data), _PIECE):
            self._deaf |= bool(start) and (self.close_sent or self.transport.is_closing())
            if self._deaf:
                return
            super().data_received(data[start : start + _PIECE])

    def connection_lost(self, exc: Exception | None) -> None:
        if self._cut is not None:
            self._cut.cancel()
        self.on_message = self.on_flow = None
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        if self.on_flow is not None:
            self.on_flow(False)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self.on_flow is not None:
            self.on_flow(True)

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if self.response.status_code == 101:
            self.scope["extensions"][_EXTENSION] = {_EXTENSION: self}

    async def send(self, message: ASGISendEvent) -> None:
        await super().send(message)
        if self.initial_response is not None and self.close_sent:
            self.handshake_complete = True  # a refusal is an answer too; uvicorn would log it as an error of ours

    def handle_ping(self) -> None:
        """Answer, but not one who asks and asks and takes no answer, nor after the goodbye."""
        if self.blocked or self.close_sent:
            self.conn.data_to_send()
        else:
            super().handle_ping()
        self._noise()

    def handle_pong(self, event: Frame) -> None:
        super().handle_pong(event)
        self._noise()

    def handle_cont(self, event: Frame) -> None:
        super().handle_cont(event)
        if not event.fin:
            self._noise()

    def _noise(self) -> None:
        """Count what says nothing, and end the connection of one who says nothing else."""
        self._noises += 1
        if self._noises <= NOISE or self.close_sent:
            return
        if self.handshake_complete:
            self.end(CloseCode.BAD_MESSAGE, "bad message")
        else:
            self.transport.abort()

    def send_receive_event_to_app(self) -> None:
        self._noises = 0
        if self.on_message is None:
            super().send_receive_event_to_app()
            return
        data, self.frames = b"".join(self.frames), []
        self.on_message(data)

    def on_task_complete(self, task: "asyncio.Task[None]") -> None:
        super().on_task_complete(task)
        if not self.disconnected:
            self._cut = self.loop.call_later(self.close_s, self.transport.abort)


class Socket:
    """What a conversation needs of a WebSocket: the words of ASGI to begin and to end it, the line for all between."""

    def __init__(self, websocket: WebSocket, line: Line) -> None:
        self._websocket = websocket
        self._line = line
        self.write = line.write
        self.waiting = line.waiting
        self.end = line.end

    @classmethod
    def of(cls, websocket: WebSocket) -> Self:
        """Return the socket of a connection served by `Line`."""
        return cls(websocket, websocket.scope["extensions"][_EXTENSION][_EXTENSION])

    @property
    def blocked(self) -> bool:
        return self._line.blocked

    async def accept(self, on_message: Callable[[bytes], None], on_flow: Callable[[bool], None]) -> None:
        """Accept; from now on `on_message` hears every message and `on_flow` whether what is written is taken."""
        await self._websocket.accept()
        self._line.on_message, self._line.on_flow = on_message, on_flow

    async def receive(self) -> MutableMapping[str, Any]:
        """Return what was said before there was anybody to hear it, or that it is over."""
        return await self._websocket.receive()
