"""greetings → the gates' own screen over HTTP: a page and its events, also while the center is away. Its address holds the token.

``/{gate}/?token=…`` is the page, ``welcome`` beside it what it shows, ``greetings`` an event stream (server-sent); its other files are no
secret. At most `CLIENTS` connections. Each stream has a queue of which the oldest goes first; one that takes nothing is let go.
"""

import asyncio
import contextlib
import hmac
import mimetypes
from collections import deque
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, parse_qs, urlsplit

import msgspec

from edge.checkin_settings import CheckInSettings
from wardroom import gate_list
from wardroom.errors import ConfigError
from wardroom.gate_list import GateList, Theme
from wardroom.live import LiveGreeting

CLIENTS: Final = 24
"""Connections at once; one more is answered 503."""
QUEUE: Final = 20
"""Greetings that wait for one screen."""
BEAT_S: Final = 5.0
"""A screen hears something this often: as an event, so that a page behind a line that was cut notices (a comment reaches no page)."""
REQUEST_S: Final = 5.0
_REQUEST_BYTES: Final = 8_192
_PAGE: Final = Path(__file__).parent / "gate_page"
_FILES: Final = 500
"""Files of a page."""
_TEXT: Final = "text/plain; charset=utf-8"
_POLICY: Final = (
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
)
_Answer = tuple[HTTPStatus, str, bytes]


class Welcome(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a gate's page shows beside greetings: as the center's ``/api/v1/gates/{gate}/welcome``."""

    gate: str
    name: str
    direction: str
    occasion: str
    name_of_occasion: str
    state: str
    theme: dict[str, str | None]
    place: str = ""
    starts: datetime | None = None
    ends: datetime | None = None


class GateScreen:
    """Serves the screen of each gate of this gateway. Raises ConfigError where the page's folder holds none."""

    def __init__(self, asked: CheckInSettings, *, beat_s: float = BEAT_S) -> None:
        self._host = asked.screen_host
        self._port = asked.screen_port
        self._token = b"" if asked.screen_token is None else asked.screen_token.reveal().encode()
        self._page = _files(_PAGE if asked.screen_page is None else Path(asked.screen_page))
        self._beat_s = beat_s
        self._listed = gate_list.NOTHING
        self._screens: set[_Screen] = set()
        self._attending: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        """Return how many screens listen."""
        return len(self._screens)

    def follow(self, listed: GateList) -> None:
        """Show these gates from now on; pages ask again by themselves."""
        self._listed = listed

    def greet(self, greeting: LiveGreeting) -> None:
        """Tell the screens of its gate."""
        for screen in self._screens:
            if screen.gate == greeting.gate:
                screen.put(b"data: " + msgspec.json.encode(greeting) + b"\n\n")

    async def serve(self) -> None:
        """Answer until cancelled; raises ConfigError where the address cannot be listened on."""
        try:
            server = await asyncio.start_server(self._attend, self._host, self._port, limit=_REQUEST_BYTES)
        except OSError as error:
            where = f"{self._host}:{self._port}"
            raise ConfigError(
                "service.cannot_listen", field="checkin.screen_port", value=where, detail=error.strerror or str(error)
            ) from error
        async with server:
            try:
                await server.serve_forever()
            finally:
                for screen in tuple(self._screens):
                    screen.end()
                if self._attending:  # one that is cut off while it waits would be an exception nobody asked for
                    await asyncio.wait(self._attending, timeout=1)

    async def _attend(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        full = len(self._attending) >= CLIENTS
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - narrows: this runs in one
        self._attending.add(task)
        try:
            with contextlib.suppress(OSError, TimeoutError):
                async with asyncio.timeout(REQUEST_S):
                    target = None if full else await _target(reader)
                    gate, _, place = ("" if target is None else target.path.strip("/")).partition("/")
                    allowed = target is not None and self._allowed(target.query)
                    if not (allowed and place == "greetings" and self._welcome(gate)):
                        writer.write(_encoded(_busy() if full else self._answer(gate, place, allowed=allowed)))
                        await writer.drain()
                        return
                await self._told(_Screen(gate, writer))
        finally:
            self._attending.discard(task)
            writer.close()

    def _allowed(self, query: str) -> bool:
        given = parse_qs(query).get("token", [""])[0]
        return bool(self._token) and hmac.compare_digest(given.encode(), self._token)

    def _answer(self, gate: str, place: str, *, allowed: bool) -> _Answer:
        if place not in {"", "welcome", "greetings"}:
            found = self._page.get(place)
            return _missing() if found is None else (HTTPStatus.OK, _kind(found), found.read_bytes())
        if not allowed:
            return HTTPStatus.FORBIDDEN, _TEXT, b"the address lacks the right token\n"
        welcome = self._welcome(gate)
        if welcome is None:
            return _missing()
        if place == "":
            return HTTPStatus.OK, "text/html; charset=utf-8", self._page["index.html"].read_bytes()
        return HTTPStatus.OK, "application/json", msgspec.json.encode(welcome)

    async def _told(self, screen: "_Screen") -> None:
        self._screens.add(screen)
        try:
            screen.writer.write(_head(HTTPStatus.OK, "text/event-stream; charset=utf-8") + b"retry: 1000\n\n")
            async for message in screen.messages(self._beat_s):
                screen.writer.write(message)
                async with asyncio.timeout(REQUEST_S):  # a screen that takes nothing for so long is let go
                    await screen.writer.drain()
        finally:
            self._screens.discard(screen)

    def _welcome(self, name: str) -> Welcome | None:
        """Return what a gate's page shows, None where there is no such gate."""
        gate = next((gate for gate in self._listed.gates if gate.id == name), None)
        occasion = next((one for one in self._listed.occasions if gate is not None and one.id == gate.occasion), None)
        if gate is None or occasion is None:
            return None
        return Welcome(
            gate=gate.id,
            name=gate.name,
            direction=gate.direction,
            occasion=occasion.id,
            name_of_occasion=occasion.name,
            state=occasion.state,
            theme=_theme(occasion.theme),
            place=occasion.place,
            starts=occasion.starts,
            ends=occasion.ends,
        )


class _Screen:
    """One that listens."""

    def __init__(self, gate: str, writer: asyncio.StreamWriter) -> None:
        self.gate = gate
        self.writer = writer
        self._waiting: deque[bytes] = deque(maxlen=QUEUE)
        self._came = asyncio.Event()

    def put(self, message: bytes) -> None:
        self._waiting.append(message)
        self._came.set()

    def end(self) -> None:
        """Let it go."""
        self.writer.close()
        self._came.set()

    async def messages(self, beat_s: float) -> AsyncIterator[bytes]:
        """Yield what there is to tell, and a beat where there is nothing."""
        while not self.writer.is_closing():
            try:
                async with asyncio.timeout(beat_s):
                    await self._came.wait()
            except TimeoutError:
                yield b"event: beat\ndata: .\n\n"
                continue
            self._came.clear()
            while self._waiting:
                yield self._waiting.popleft()


def _files(folder: Path) -> Mapping[str, Path]:
    """Return a page's files by their place; what is asked for is one of these or nothing. Raises ConfigError."""
    found = [file for file in sorted(folder.rglob("*"))[:_FILES] if file.is_file()] if folder.is_dir() else []
    files = {file.relative_to(folder).as_posix(): file for file in found}
    if "index.html" not in files:
        raise ConfigError("gates.no_page", value=folder)
    return files


def _theme(theme: Theme) -> dict[str, str | None]:
    given: dict[str, str | None] = msgspec.to_builtins(theme)
    return given


def _kind(file: Path) -> str:
    return mimetypes.guess_type(file.name)[0] or "application/octet-stream"


async def _target(reader: asyncio.StreamReader) -> SplitResult | None:
    """Return what is asked for, None where that is nothing of ours."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        method, _, target = head.partition("\r\n")[0].rpartition(" ")[0].partition(" ")
        return urlsplit(target) if method == "GET" and target.startswith("/") else None
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
        return None


def _missing() -> _Answer:
    return HTTPStatus.NOT_FOUND, _TEXT, b"not found\n"


def _busy() -> _Answer:
    return HTTPStatus.SERVICE_UNAVAILABLE, _TEXT, b"too many screens\n"


def _encoded(answer: _Answer) -> bytes:
    status, kind, body = answer
    return _head(status, kind, f"Content-Length: {len(body)}") + body


def _head(status: HTTPStatus, kind: str, *more: str) -> bytes:
    lines = [
        f"HTTP/1.1 {status.value} {status.phrase}",
        f"Content-Type: {kind}",
        "Cache-Control: no-store",
        "Connection: close",
        "X-Content-Type-Options: nosniff",
        "Referrer-Policy: no-referrer",
        f"Content-Security-Policy: {_POLICY}",
        *more,
    ]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")
