"""bytes → requests within bounds: so many connections, so large a head, and so long to send it; before anybody says who they are."""

import asyncio
from http import HTTPStatus
from typing import ClassVar, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from wardroom.metrics import counter

HEAD_BYTES: Final = 65_536
"""Of a request's line and headers together."""
HEADERS: Final = 100
"""A request's headers and trailers."""
LONG_BODY: Final = "long_body"
"""Of a request's state: its body may take longer, as long as it comes; nobody who has not signed in has it."""
_PIECE: Final = 16_384
"""Bytes parsed before the bounds are looked at again."""
REFUSED: Final = counter("wardroom_http_connections_cut_total", "Connections the center cut before or amid a request.", ("reason",))


class _TooManyHeadersError(Exception):
    """Ends the parsing of a head; the parser turns it into an error of its own."""


class Connection(HttpToolsProtocol):
    """uvicorn's connection, which by itself would take a head of any size and wait for it for ever.

    `limit_concurrency` of uvicorn's configuration counts open connections, screens among them: from it on the next is closed at once.
    """

    head_s: ClassVar[float] = 10.0
    """How long a client may take for a whole head, from connecting or from the end of the last answer."""
    body_s: ClassVar[float] = 30.0
    """How long from there to the end of the body; of a long one, to its next piece."""
    _heading = True
    _upgraded = False
    _too_large = False
    _head = 0
    _owed = 0
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvicorn's narrower one
        super().connection_made(transport)
        if self.limit_concurrency is not None and len(self.connections) >= self.limit_concurrency:
            self._refuse(HTTPStatus.SERVICE_UNAVAILABLE)
        else:
            self._expect(self.head_s)

    def connection_lost(self, exc: Exception | None) -> None:
        self._expect(None)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        for start in range(0, len(data), _PIECE):
            if self._upgraded or self.transport.is_closing():
                return
            piece = data[start : start + _PIECE]
            super().data_received(piece)
            if self._heading and not self._upgraded:
                self._head += len(piece)
                if self._head > HEAD_BYTES and not self.transport.is_closing():
                    self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)

    def handle_websocket_upgrade(self) -> None:
        self._upgraded = True
        self._expect(None)
        super().handle_websocket_upgrade()

    def send_400_response(self, msg: str) -> None:
        if self._too_large:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        else:
            super().send_400_response(msg)

    def on_message_begin(self) -> None:
        self._head = 0
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        if len(self.headers) >= HEADERS:
            self._too_large = True
            raise _TooManyHeadersError
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._heading = False
        self._owed += 1
        self._expect(self.body_s)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        super().on_body(body)
        if self.scope.get("state", {}).get(LONG_BODY):
            self._expect(self.body_s)

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._heading = True
        self._expect(None if self._owed else self.head_s)

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._owed -= 1
        if self._heading and not self._owed and not self.transport.is_closing():
            self._expect(self.head_s)

    def _expect(self, within_s: float | None) -> None:
        """Close unless told otherwise in time; None: wait for nothing."""
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = None if within_s is None else self.loop.call_later(within_s, self._late)

    def _late(self) -> None:
        if not self.transport.is_closing():
            REFUSED.labels("late").inc()
            self.transport.close()

    def _refuse(self, status: HTTPStatus) -> None:
        """Say why as shortly as HTTP can, and close."""
        REFUSED.labels(status.phrase.lower()).inc()
        self._expect(None)
        head = f"HTTP/1.1 {status.value} {status.phrase}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
        self.transport.write(head.encode())
        self.transport.close()
