"""bytes → a socket, gathered per turn of the event loop: many acknowledgements are one write. What it does not take goes out later."""

import asyncio
import socket
import ssl
from collections import deque
from collections.abc import Callable
from typing import Final

NOT_NOW: Final = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)
"""What a socket that does not block says when it has, or takes, nothing at this moment."""


class Outflow:
    """What waits to be written; `on_error` hears the reason once the socket takes nothing any more. The owner bounds `waiting`."""

    def __init__(self, on_error: Callable[[str], None]) -> None:
        self._on_error = on_error
        self._loop = asyncio.get_running_loop()
        self._sock: socket.socket | None = None
        self._data = bytearray()
        self._sent = 0
        self._marks: deque[tuple[int, asyncio.Future[None]]] = deque()
        self._due = self._full = False

    @property
    def waiting(self) -> int:
        """Bytes put and not yet taken by the socket."""
        return len(self._data)

    def attach(self, sock: socket.socket) -> None:
        """Write to `sock`, which does not block, until `detach`."""
        self._sock = sock

    def detach(self) -> None:
        """Forget the socket, before it is closed."""
        if self._sock is not None:
            self._loop.remove_writer(self._sock.fileno())
            self._sock = None

    def abandon(self) -> list[asyncio.Future[None]]:
        """Forget what was not written; return the futures that will never resolve."""
        self._data.clear()
        left = [future for _, future in self._marks]
        self._marks.clear()
        return left

    def put(self, data: bytes) -> None:
        """Write `data` at the end of this turn."""
        self._data += data
        if not self._due:
            self._due = True
            self._loop.call_soon(self._flush)

    def mark(self, future: asyncio.Future[None]) -> None:
        """Resolve `future` once the socket has all that was put so far."""
        self._marks.append((self._sent + len(self._data), future))

    def _flush(self) -> None:
        """Give the socket what it takes; ask to be called again when it takes more."""
        self._due = False
        if self._sock is None:
            return
        try:
            sent = self._sock.send(self._data) if self._data else 0
        except NOT_NOW:
            sent = 0
        except OSError as error:
            self._on_error(str(error))
            return
        del self._data[:sent]
        self._sent += sent
        while self._marks and self._marks[0][0] <= self._sent:
            resolve(self._marks.popleft()[1])
        self._wait(full=bool(self._data))

    def _wait(self, *, full: bool) -> None:
        if self._sock is None or full == self._full:
            return
        self._full = full
        if full:
            self._loop.add_writer(self._sock.fileno(), self._flush)
        else:
            self._loop.remove_writer(self._sock.fileno())


def resolve(future: asyncio.Future[None]) -> None:
    """Resolve a future whose owner may have cancelled it."""
    if not future.done():
        future.set_result(None)
