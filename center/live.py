"""event → per-client bounded queue → WebSocket: one screen's conversation, and all the screens that are open.

The queue of a screen is the number it stands at in `center.hub`: bounded by what the ward has (one entry per site, gateway and series,
where a later reading takes the place of an earlier one) and by the events the hub keeps. Events never drop: a screen that falls behind
the oldest kept one, or takes nothing for `Pace.send_s`, is closed with TOO_SLOW; the others never notice. A screen that says nothing for
`Pace.silent_s` is closed with SILENT.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

import msgspec
import structlog
from starlette.websockets import WebSocketDisconnect, WebSocketDisconnected

from center.hub import Frame, Hub
from wardroom import __version__, texts
from wardroom.clock import Clock
from wardroom.errors import AccessError
from wardroom.live import PING_S, CloseCode, FromScreen, Hello, Ping, Pong, Refused, Subscribe
from wardroom.metrics import counter, gauge

CLIENTS: Final = gauge("wardroom_ws_clients", "Screens that are open.")
CLOSED: Final = counter("wardroom_ws_closed_total", "Screens the center closed, by the reason.", ("reason",))
FRAMES: Final = counter("wardroom_ws_frames_total", "Frames of changes sent to screens.")

_log = structlog.get_logger()
_encode: Final = msgspec.json.Encoder().encode
_decoder: Final[msgspec.json.Decoder[FromScreen]] = msgspec.json.Decoder(FromScreen)


class Socket(Protocol):
    """What a conversation needs of a WebSocket."""

    async def accept(self) -> None: ...
    async def receive(self) -> MutableMapping[str, Any]: ...
    async def send_text(self, data: str) -> None: ...
    async def close(self, code: int = 1000, reason: str | None = None) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How long the center waits, in seconds: for a frame to be taken, a word, a close, and between looks at sign-ins."""

    send_s: float = 10.0
    silent_s: float = 10.0
    close_s: float = 5.0
    check_s: float = 3.0


@dataclass(frozen=True, slots=True)
class Ending:
    """Why the center ends a conversation."""

    code: int
    reason: str


PACE: Final = Pace()
PER_CREDENTIAL: Final = 200
"""Screens of one sign-in or one wall token."""
SIGNED_OUT: Final = Ending(CloseCode.SIGNED_OUT, "signed out")
BAD_MESSAGE: Final = Ending(CloseCode.BAD_MESSAGE, "bad message")
TOO_SLOW: Final = Ending(CloseCode.TOO_SLOW, "too slow")
SILENT: Final = Ending(CloseCode.SILENT, "silent")
CENTER_STOPS: Final = Ending(CloseCode.CENTER_STOPS, "center stops")
GONE: Final = Ending(0, "gone")


class Screen:
    """One conversation. The speaker alone writes, so that frames never overlap; whatever is due wakes it."""

    def __init__(self, *, socket: Socket, hub: Hub, clock: Clock, pace: Pace, credential: bytes, language: str) -> None:
        self.credential = credential
        self.heard = clock.monotonic()
        self._socket = socket
        self._hub = hub
        self._clock = clock
        self._pace = pace
        self._language = language
        self._wake = asyncio.Event()
        self._ending: Ending | None = None
        self._due: dict[type, str] = {}
        self._asked: Subscribe | None = None
        self._subscribed: Subscribe | None = None
        self._cursor = 0

    def end(self, ending: Ending) -> None:
        """Have the conversation ended; the first reason stands."""
        if self._ending is None:
            self._ending = ending
            self._wake.set()

    def ping(self, text: str) -> None:
        self._due[Ping] = text
        self._wake.set()

    async def talk(self) -> None:
        """Hold the conversation until either side ends it."""
        with self._hub.listening() as self._wake:
            async with asyncio.TaskGroup() as tasks:
                listener = tasks.create_task(self._listen(), name="screen listens")
                try:
                    await self._speak()
                finally:
                    listener.cancel()
        if self._ending and self._ending is not GONE:
            CLOSED.labels(self._ending.reason).inc()
            await self._close(self._ending)

    async def _speak(self) -> None:
        try:
            await self._send(_text(Hello(self._hub.boot, self._hub.seq, self._clock.now_us(), PING_S, __version__)))
            while self._ending is None:
                await self._wake.wait()
                self._wake.clear()
                await self._say_what_is_due()
                await self._say_what_changed()
            if self._ending is BAD_MESSAGE:
                await self._say_what_is_due()
        except TimeoutError:
            self._ending = TOO_SLOW
        except (WebSocketDisconnect, WebSocketDisconnected, OSError):
            self._ending = GONE

    async def _say_what_is_due(self) -> None:
        while self._due:
            await self._send(self._due.popitem()[1])

    async def _say_what_changed(self) -> None:
        if self._ending is not None:
            return
        frame: Frame | None
        if self._asked is not None:
            self._subscribed, self._asked = self._asked, None
            frame = self._hub.first(self._subscribed)
        elif self._subscribed is None or not self._hub.moved(self._cursor, self._subscribed.topics):
            return
        else:
            frame = self._hub.since(self._cursor, self._subscribed.topics)
        if frame is None:
            self.end(TOO_SLOW)
            return
        await self._send(frame.text)
        self._cursor = frame.seq
        FRAMES.inc()

    async def _send(self, text: str) -> None:
        async with asyncio.timeout(self._pace.send_s):
            await self._socket.send_text(text)

    async def _listen(self) -> None:
        while True:
            message = await self._socket.receive()
            if message["type"] == "websocket.disconnect":
                self.end(GONE)
                return
            self.heard = self._clock.monotonic()
            try:
                self._hear(_decoder.decode(message.get("text") or message.get("bytes") or b""))
            except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
                self._due = {Refused: _text(Refused(texts.say("center.bad_screen_message", self._language, detail=str(error)[:200])))}
                self.end(BAD_MESSAGE)
                return

    def _hear(self, message: FromScreen) -> None:
        if isinstance(message, Ping):
            self._due[Pong] = _text(Pong(self._clock.now_us()))
        elif isinstance(message, Subscribe):
            self._asked = message
        self._wake.set()

    async def _close(self, ending: Ending) -> None:
        try:
            async with asyncio.timeout(self._pace.close_s):
                await self._socket.close(ending.code, ending.reason)
        except (TimeoutError, WebSocketDisconnect, WebSocketDisconnected, OSError):
            _log.debug("screen gone before it was told why", reason=ending.reason)


class Screens:
    """All open conversations: their heartbeat, and their end when their sign-in ends."""

    def __init__(self, *, hub: Hub, clock: Clock, pace: Pace = PACE, per_credential: int = PER_CREDENTIAL) -> None:
        self._hub = hub
        self._clock = clock
        self._pace = pace
        self._per_credential = per_credential
        self._open: set[Screen] = set()

    def __len__(self) -> int:
        return len(self._open)

    async def show(self, socket: Socket, *, credential: bytes, language: str) -> None:
        """Accept the socket and talk to it until its end; raises AccessError where its sign-in shows on too many screens already."""
        if sum(screen.credential == credential for screen in self._open) >= self._per_credential:
            raise AccessError("center.too_many_screens", most=self._per_credential)
        screen = Screen(socket=socket, hub=self._hub, clock=self._clock, pace=self._pace, credential=credential, language=language)
        self._open.add(screen)
        CLIENTS.set(len(self._open))
        try:
            await socket.accept()
            await screen.talk()
        finally:
            self._open.discard(screen)
            CLIENTS.set(len(self._open))

    def end(self, ending: Ending, credentials: Iterable[bytes] | None = None) -> None:
        """End the conversations signed in with these credentials, all for None."""
        chosen = None if credentials is None else frozenset(credentials)
        for screen in self._open:
            if chosen is None or screen.credential in chosen:
                screen.end(ending)

    def go_on(self, credential: bytes, renewed: bytes) -> None:
        """Have the conversations of a session go on as another's, which took its place."""
        for screen in self._open:
            if screen.credential == credential:
                screen.credential = renewed

    async def beat(self) -> None:
        """Ping every screen every `PING_S`, and end those that are silent."""
        while True:
            await asyncio.sleep(PING_S)
            self.beat_once()

    def beat_once(self) -> None:
        text = _text(Ping(self._clock.now_us()))
        now = self._clock.monotonic()
        for screen in self._open:
            if now - screen.heard > self._pace.silent_s:
                screen.end(SILENT)
            else:
                screen.ping(text)

    async def check(self, ended: Callable[[frozenset[bytes]], Awaitable[frozenset[bytes]]]) -> None:
        """Every few seconds end the conversations whose sign-in `ended` elsewhere: signed out, expired, revoked."""
        while True:
            await asyncio.sleep(self._pace.check_s)
            if self._open:
                self.end(SIGNED_OUT, await ended(frozenset(screen.credential for screen in self._open)))


def _text(message: msgspec.Struct) -> str:
    return _encode(message).decode()
