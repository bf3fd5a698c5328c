"""a gateway's question → the center's answer: HTTP with the gateway's token, certificates checked, every wait and every answer bounded.

Blocking: whoever asks does it in a thread of their own. No redirect is followed, so that the token goes nowhere else.
"""

import contextlib
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from edge.checkin_settings import CheckInSettings
from wardroom.errors import CenterGone, CenterRefused, ConfigError

API: Final = "/api/v1/gateway"
LARGEST: Final = 512 * 2**20
"""Bytes of the largest answer: a full gallery has 400 MB."""
TOTAL_S: Final = 300.0
"""The longest an answer may take altogether."""
_PIECE: Final = 1 << 18
_SAID: Final = 300
"""Bytes of a refusal that are said again."""
HINT_S: Final = 900
"""The longest wait that a center may ask for."""
_NEVER: Final = frozenset(
    {HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNSUPPORTED_MEDIA_TYPE, HTTPStatus.UNPROCESSABLE_ENTITY}
)
"""What will be refused whenever it is sent again. All else may be somebody else's word: a proxy before the center, a hotspot's page."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the center said: 200, 204 or 304."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


class CenterLink:
    """The way to the center. Raises ConfigError for authorities that cannot be read. `total_s`: the longest a question may take."""

    def __init__(self, asked: CheckInSettings, *, total_s: float = TOTAL_S) -> None:
        parts = urlsplit(asked.center)
        self.place = asked.center
        self._host = parts.hostname or ""
        self._port = parts.port
        self._tls = _tls(asked.ca) if parts.scheme == "https" else None
        self._token = asked.token
        self._timeout_s = asked.timeout_s
        self._total_s = total_s

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Return the answer to a GET under `API`; raises CenterGone and CenterRefused."""
        return self._asked("GET", path, headers or {}, None)

    def post(self, path: str, body: bytes, kind: str) -> Answer:
        """Return the answer to a POST of `kind` under `API`; raises CenterGone and CenterRefused."""
        return self._asked("POST", path, {"Content-Type": kind}, body)

    def _asked(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        sent = {"Authorization": f"Bearer {self._token.reveal()}", "Accept-Language": "en", "Connection": "close", **headers}
        with contextlib.closing(self._connection()) as connection:
            try:
                with _within(self._total_s, connection):
                    connection.request(method, API + path, body, sent)
                    with contextlib.closing(connection.getresponse()) as answer:
                        return self._understood(answer, _body(answer))
            except (OSError, http.client.HTTPException) as error:
                raise CenterGone("gates.center_gone", center=self.place, detail=str(error) or type(error).__name__) from error

    def _connection(self) -> http.client.HTTPConnection:
        if self._tls is None:
            return http.client.HTTPConnection(self._host, self._port, timeout=self._timeout_s)
        return http.client.HTTPSConnection(self._host, self._port, timeout=self._timeout_s, context=self._tls)

    def _understood(self, answer: http.client.HTTPResponse, body: bytes) -> Answer:
        status = answer.status
        if status in {HTTPStatus.OK, HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}:
            return Answer(status, body, {name.lower(): value for name, value in answer.getheaders()})
        said = body[:_SAID].decode(errors="replace")
        if status in _NEVER:
            raise CenterRefused("gates.center_refused", center=self.place, status=status, detail=said)
        if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            raise CenterGone("gates.token_refused", center=self.place, status=status)
        hint_s = _hint(answer.getheader("retry-after", ""))
        raise CenterGone("gates.center_gone", center=self.place, detail=f"{status} {said}", retry_after_s=hint_s)


def _body(answer: http.client.HTTPResponse) -> bytes:
    """Return the whole body; raises OSError for one that is too large or too slow, HTTPException for a part of one."""
    until, body = time.monotonic() + TOTAL_S, bytearray()
    while piece := answer.read1(_PIECE):
        body += piece
        if len(body) > LARGEST:
            raise OSError(f"an answer of more than {LARGEST} bytes")
        if time.monotonic() > until:
            raise TimeoutError(f"no whole answer within {TOTAL_S:.0f} s")
    if answer.length:  # what was promised and did not come; None for an answer in chunks
        raise http.client.IncompleteRead(bytes(body), answer.length)
    return bytes(body)


@contextlib.contextmanager
def _within(seconds: float, connection: http.client.HTTPConnection) -> Iterator[None]:
    """Cut off what takes longer: each wait is bounded, but not how many there are, as where headers come letter by letter.

    Raises TimeoutError at its end: what was understood of such an answer is none.
    """
    late = threading.Event()

    def cut() -> None:
        late.set()
        if connection.sock is not None:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(connection.sock, socket.SHUT_RDWR)

    watch = threading.Timer(seconds, cut)
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()
    if late.is_set():
        raise TimeoutError(f"no whole answer within {seconds:g} s")


def _hint(said: str) -> int:
    """Return the seconds after which a center wants to be asked again, 0 where it says none."""
    return min(HINT_S, int(said[:9])) if said.isdecimal() and said.isascii() else 0


def _tls(ca: str | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca)
    except OSError as error:  # ssl.SSLError is one
        raise ConfigError("gates.bad_ca", value=ca, detail=str(error)) from error
