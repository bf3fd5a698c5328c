"""greetings → the gates' own screen over HTTP: a page and its events, also while the center is away. Its address holds the token.

``/{gate}/?token=…`` is the page, ``welcome`` beside it what it shows, ``greetings`` an event stream (server-sent), which begins with what
was said in the last seconds; its other files are no secret. At most `CLIENTS` connections. Each stream has a queue of which the oldest
goes first; one that takes nothing is let go.
"""

import asyncio
import contextlib
import hmac
import mimetypes
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, parse_qs

import msgspec

from edge import gate_http
from edge.checkin_settings import CheckInSettings
from edge.gate_http import Answer
from edge.gate_recent import Recent
from wardroom import gate_list
from wardroom.clock import Clock
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
_PAGE: Final = Path(__file__).parent / "gate_page"
_FILES: Final = 500
"""Files of a page."""


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

    def __init__(self, asked: CheckInSettings, *, clock: Clock, beat_s: float = BEAT_S) -> None:
        self._host = asked.screen_host
        self._port = asked.screen_port
        self._token = b"" if asked.screen_token is None else asked.screen_token.reveal().encode()
        self._page = _files(_PAGE if asked.screen_page is None else Path(asked.screen_page))
        self._clock = clock
        self._beat_s = beat_s
        self._listed = gate_list.NOTHING
        self._recent = Recent()
        self._screens: set[_Screen] = set()
        self._attending: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        """Return how many screens listen."""
        return len(self._screens)

    def follow(self, listed: GateList) -> None:
        """Show these gates from now on; pages ask again by themselves."""
        self._listed = listed
        self._recent.only({delegate.name for delegate in listed.delegates})

    def greet(self, greeting: LiveGreeting) -> None:
        """Tell the screens of its gate, and those that come within seconds."""
        self._recent.put(greeting)
        for screen in self._screens:
            if screen.gate == greeting.gate:
                screen.put(_said(greeting))

    async def serve(self, served: Callable[[], Awaitable[None]]) -> None:
        """Answer until cancelled. `served`: is awaited once the address is listened on; raises ConfigError where it cannot be."""
        try:
            server = await asyncio.start_server(self._attend, self._host, self._port, limit=gate_http.REQUEST_BYTES)
        except (OSError, ValueError) as error:  # ValueError: a host that is no name at all
            where, detail = f"{self._host}:{self._port}", getattr(error, "strerror", None) or str(error)
            raise ConfigError("service.cannot_listen", field="checkin.screen_port", value=where, detail=detail) from error
        async with server:
            try:
                await served()
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
                    asked = None if full else await gate_http.target(reader)
                    gate, place = _place(asked)
                    allowed = asked is not None and self._allowed(asked.query)
                    if not (allowed and place == "greetings" and self._welcome(gate)):
                        writer.write(gate_http.encoded(gate_http.BUSY if full else self._answer(asked, allowed=allowed)))
                        await writer.drain()
                        return
                await self._told(_Screen(gate, writer))
        finally:
            self._attending.discard(task)
            writer.close()

    def _allowed(self, query: str) -> bool:
        given = parse_qs(query).get("token", [""])[0]
        return bool(self._token) and hmac.compare_digest(given.encode(), self._token)

    def _answer(self, asked: SplitResult | None, *, allowed: bool) -> Answer:
        gate, place = _place(asked)
        if place not in {"", "welcome", "greetings"}:
            file = self._page.get(place)
            return gate_http.MISSING if file is None else gate_http.found(_kind(file), file.read_bytes())
        if not allowed or asked is None:
            return gate_http.FORBIDDEN
        welcome = self._welcome(gate)
        if welcome is None:
            return gate_http.MISSING
        if place == "welcome":
            return gate_http.found("application/json", msgspec.json.encode(welcome))
        if not asked.path.endswith("/"):
            return gate_http.as_folder(gate, asked.query)
        return gate_http.found("text/html; charset=utf-8", self._page["index.html"].read_bytes())

    async def _told(self, screen: "_Screen") -> None:
        for greeting in self._recent.of(screen.gate, self._clock.now_us())[-QUEUE:]:
            screen.put(_said(greeting))
        self._screens.add(screen)
        try:
            screen.writer.write(gate_http.head(HTTPStatus.OK, "text/event-stream; charset=utf-8") + b"retry: 1000\n\n" + self._beat())
            async for message in screen.messages(self._beat_s):
                screen.writer.write(message or self._beat())
                async with asyncio.timeout(REQUEST_S):  # a screen that takes nothing for so long is let go
                    await screen.writer.drain()
        finally:
            self._screens.discard(screen)

    def _beat(self) -> bytes:
        """Return the word that this gateway is there, with its time: a page counts by no clock of its own."""
        return b"event: beat\ndata: %d\n\n" % self._clock.now_us()

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
        """Yield what there is to tell, and nothing where there was nothing for so long."""
        while not self.writer.is_closing():
            try:
                async with asyncio.timeout(beat_s):
                    await self._came.wait()
            except TimeoutError:
                yield b""
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


def _said(greeting: LiveGreeting) -> bytes:
    return b"data: " + msgspec.json.encode(greeting) + b"\n\n"


def _place(asked: SplitResult | None) -> tuple[str, str]:
    """Return the gate that is asked for, and what of it."""
    gate, _, place = ("" if asked is None else asked.path.strip("/")).partition("/")
    return gate, place
