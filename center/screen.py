"""a screen's words and the hub's frames → one conversation over a WebSocket, bounded by the number the screen stands at.

A screen whose way is blocked is told nothing until it flows, and then everything since where it stands. One that falls behind the oldest
kept event, or takes next to nothing for `Pace.send_s`, is closed with TOO_SLOW, one that says nothing for `Pace.silent_s` with SILENT.
"""

import asyncio
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

import msgspec

from center.frames import framed
from center.hub import Hub
from wardroom import __version__, texts
from wardroom.clock import Clock
from wardroom.live import PATIENCE_S, PING_S, CloseCode, FromScreen, Hello, Ping, Pong, Refused, Subscribe, Topic
from wardroom.metrics import counter

CLOSED: Final = counter("wardroom_ws_closed_total", "Screens the center closed, by the reason.", ("reason",))
FRAMES: Final = counter("wardroom_ws_frames_total", "Frames of changes sent to screens.")

_encode: Final = msgspec.json.Encoder().encode
_decoder: Final[msgspec.json.Decoder[FromScreen]] = msgspec.json.Decoder(FromScreen)


class Socket(Protocol):
    """What a conversation needs of a WebSocket (`center.sockets`)."""

    @property
    def blocked(self) -> bool: ...
    async def accept(self, on_message: Callable[[bytes], None], on_flow: Callable[[bool], None]) -> None: ...
    async def receive(self) -> MutableMapping[str, Any]: ...
    def write(self, frame: bytes, /) -> None: ...
    def waiting(self) -> int: ...
    def end(self, code: int, reason: str, /) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How long the center waits, in seconds: for `TAKEN` bytes to be taken, a word, and between looks at sign-ins."""

    send_s: float = PATIENCE_S
    silent_s: float = 10.0
    check_s: float = 3.0


@dataclass(frozen=True, slots=True)
class Ending:
    """Why the center ends a conversation."""

    code: int
    reason: str


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks: what they are signed in with, their language, what they may see; what else they ask for they silently do not get."""

    credential: bytes
    language: str
    may: frozenset[Topic] = frozenset(Topic)


PACE: Final = Pace()
TAKEN: Final = 65_536
"""Bytes a screen that is behind has to take within `Pace.send_s`: fewer is no screen that can follow."""
WORDS: Final = 200
"""What a screen may say between two pings; more is no conversation."""
SIGNED_OUT: Final = Ending(CloseCode.SIGNED_OUT, "signed out")
BAD_MESSAGE: Final = Ending(CloseCode.BAD_MESSAGE, "bad message")
TOO_SLOW: Final = Ending(CloseCode.TOO_SLOW, "too slow")
SILENT: Final = Ending(CloseCode.SILENT, "silent")
CENTER_STOPS: Final = Ending(CloseCode.CENTER_STOPS, "center stops")
GONE: Final = Ending(0, "gone")


class Screen:
    """One conversation; nothing in it waits but for its end."""

    def __init__(self, *, socket: Socket, hub: Hub, clock: Clock, pace: Pace, viewer: Viewer) -> None:
        self.credential = viewer.credential
        self._heard_s = clock.monotonic()
        self._socket = socket
        self._hub = hub
        self._clock = clock
        self._pace = pace
        self._viewer = viewer
        self._words = 0
        self._ending: Ending | None = None
        self._asked: Subscribe | None = None
        self._topics: frozenset[Topic] = frozenset()
        self._pieces = False
        self._cursor = 0
        self._watch: asyncio.TimerHandle | None = None

    async def talk(self) -> None:
        """Hold the conversation until either side ends it."""
        try:
            await self._socket.accept(self.hear, self._flows)
            self._say(Hello(self._hub.boot, self._hub.seq, self._clock.now_us(), PING_S, __version__))
            while (message := await self._socket.receive())["type"] == "websocket.receive":
                self.hear(message.get("bytes") or (message.get("text") or "").encode())
        finally:
            self._ending = self._ending or GONE
            self._unwatch()

    def end(self, ending: Ending) -> None:
        """Have the conversation ended; the first reason stands."""
        if self._ending is None:
            self._ending = ending
            CLOSED.labels(ending.reason).inc()
            self._unwatch()
            self._socket.end(ending.code, ending.reason)

    def ping(self, frame: bytes) -> None:
        """Ping, or end a screen that was silent for too long; one whose way is blocked hears no ping, and need not answer it."""
        self._words = 0
        if self._socket.blocked:
            return  # whether it takes what it is told `_look` sees
        if self._clock.monotonic() - self._heard_s > self._pace.silent_s:
            self.end(SILENT)
        else:
            self._socket.write(frame)

    def tell(self) -> bool:
        """Tell what was asked for or changed, if the way is free; return whether there was anything."""
        asked = self._asked
        if self._ending is not None or self._socket.blocked or not self._hub.loaded:
            return False
        if asked is None and not self._hub.moved(self._cursor, self._topics):
            return False
        if asked is not None:
            self._asked, self._topics, self._pieces = None, asked.topics, asked.pieces
            frame = self._hub.first(asked)
        elif (since := self._hub.since(self._cursor, self._topics)) is not None:
            frame = since
        else:
            self.end(TOO_SLOW)
            return False
        self._cursor = frame.seq
        self._socket.write(frame.pieces if self._pieces else frame.whole)
        return True

    def hear(self, said: bytes) -> None:
        """Take a word of the screen."""
        if self._ending is not None:
            return
        self._heard_s = self._clock.monotonic()
        self._words += 1
        try:
            message = _decoder.decode(said)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            self._refuse(str(error)[:200])
            return
        if self._words > WORDS:
            self._refuse(f"> {WORDS}")
        elif isinstance(message, Subscribe):
            self._asked = msgspec.structs.replace(message, topics=message.topics & self._viewer.may)
            FRAMES.inc(self.tell())
        elif isinstance(message, Ping) and not self._socket.blocked:
            self._say(Pong(self._clock.now_us()))

    def _refuse(self, detail: str) -> None:
        if not self._socket.blocked:
            self._say(Refused(texts.say("center.bad_screen_message", self._viewer.language, detail=detail)))
        self.end(BAD_MESSAGE)

    def _say(self, message: msgspec.Struct) -> None:
        self._socket.write(framed(_encode(message)))

    def _flows(self, flows: bool) -> None:  # noqa: FBT001 - it is the whole message
        """Hear whether what is written is taken."""
        self._unwatch()
        if flows:
            self._heard_s = self._clock.monotonic()
            FRAMES.inc(self.tell())
        elif self._ending is None:
            self._look_after(self._socket.waiting())

    def _look_after(self, waiting: int) -> None:
        self._watch = asyncio.get_running_loop().call_later(self._pace.send_s, self._look, waiting)

    def _look(self, before: int) -> None:
        """End a screen that took next to nothing; a long picture on a long way is no reason."""
        waiting = self._socket.waiting()
        if before - waiting < TAKEN:
            self.end(TOO_SLOW)
        else:
            self._look_after(waiting)

    def _unwatch(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None
