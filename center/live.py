"""event → per-client bounded queue → WebSocket: one screen's conversation, and all the screens that are open.

The queue of a screen is the number it stands at in `center.hub`: bounded by what the ward has (one entry per site, gateway and series,
where a later reading takes the place of an earlier one) and by the events the hub keeps. What changed is written to all screens in one
go, each frame made once; one whose way is blocked is passed over, and told everything since where it stands once the way is free. Events
never drop: a screen that falls behind the oldest kept one, or takes next to nothing for `Pace.send_s`, is closed with TOO_SLOW; the others
never notice. A screen that says nothing for `Pace.silent_s` is closed with SILENT.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Final

import msgspec

from center.frames import framed
from center.hub import Hub
from center.screen import FRAMES, PACE, SIGNED_OUT, Ending, Pace, Screen, Socket, Viewer
from wardroom.clock import Clock
from wardroom.errors import AccessError
from wardroom.live import PING_S, Ping, Topic
from wardroom.metrics import gauge

CLIENTS: Final = gauge("wardroom_ws_clients", "Screens that are open.")
PER_CREDENTIAL: Final = 200
"""Screens of one sign-in or one wall token."""
REST: Final = 2.0
"""After telling all screens the center rests from it for so many times as long as that took; what changes meanwhile is told as one."""
LONGEST_REST_S: Final = 0.1
PHASES: Final = 10
"""Groups of screens that are pinged one after another, so that a thousand answers do not come in one moment."""

_encode: Final = msgspec.json.Encoder().encode


class Screens:
    """All open conversations: their heartbeat, and their end when their sign-in ends."""

    def __init__(self, *, hub: Hub, clock: Clock, pace: Pace = PACE, per_credential: int = PER_CREDENTIAL) -> None:
        self._hub = hub
        self._clock = clock
        self._pace = pace
        self._per_credential = per_credential
        self._open: dict[Screen, int] = {}
        self._opened = 0
        self._telling: asyncio.Handle | None = None
        self._rested_s = 0.0
        hub.on_change = self.changed

    def __len__(self) -> int:
        return len(self._open)

    async def show(self, socket: Socket, *, credential: bytes, language: str, may: frozenset[Topic] = frozenset(Topic)) -> None:
        """Accept the socket and talk to it until its end, of the topics it may see.

        Raises AccessError where its sign-in shows on too many screens already.
        """
        if sum(screen.credential == credential for screen in self._open) >= self._per_credential:
            raise AccessError("center.too_many_screens", most=self._per_credential)
        screen = Screen(socket=socket, hub=self._hub, clock=self._clock, pace=self._pace, viewer=Viewer(credential, language, may))
        self._opened += 1
        self._open[screen] = self._opened % PHASES
        CLIENTS.set(len(self._open))
        try:
            await screen.talk()
        finally:
            del self._open[screen]
            CLIENTS.set(len(self._open))

    def changed(self) -> None:
        """Tell all screens once what happens right now is over, and the rest after the last time."""
        if self._telling is None and self._open:
            loop = asyncio.get_running_loop()
            rest_s = self._rested_s - time.monotonic()
            self._telling = loop.call_later(rest_s, self._tell) if rest_s > 0 else loop.call_soon(self._tell)

    def _tell(self) -> None:
        began_s = time.thread_time()  # the work, not the time others took from it
        self._telling = None
        FRAMES.inc(sum([screen.tell() for screen in self._open]))
        self._rested_s = time.monotonic() + min(LONGEST_REST_S, REST * (time.thread_time() - began_s))

    def end(self, ending: Ending, credentials: Iterable[bytes] | None = None) -> None:
        """End the conversations signed in with these credentials, all for None."""
        chosen = None if credentials is None else frozenset(credentials)
        for screen in list(self._open):
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
            for phase in range(PHASES):
                await asyncio.sleep(PING_S / PHASES)
                self.beat_once(phase)

    def beat_once(self, phase: int | None = None) -> None:
        """Ping the screens of a phase, all for None."""
        frame = framed(_encode(Ping(self._clock.now_us())))
        for screen in [screen for screen, own in self._open.items() if phase is None or own == phase]:
            screen.ping(frame)

    async def check(self, ended: Callable[[frozenset[bytes]], Awaitable[frozenset[bytes]]]) -> None:
        """Every few seconds end the conversations whose sign-in `ended` elsewhere: signed out, expired, revoked."""
        while True:
            await asyncio.sleep(self._pace.check_s)
            if self._open:
                self.end(SIGNED_OUT, await ended(frozenset(screen.credential for screen in self._open)))
