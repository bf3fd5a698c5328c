"""a source → its pictures into the slot, in a thread of its own, until it fails or is told to stop.

The thread may hang in a library for as long as that library's own timeouts last; nobody waits for it, and it holds nobody up.
"""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import structlog

from edge.captures.loading import Source
from edge.newest_frame import NewestFrame
from wardroom.clock import Clock
from wardroom.errors import CameraError
from wardroom.metrics import BUGS

if TYPE_CHECKING:  # a gateway without cameras never loads numpy
    from edge.captures.picture import Picture

_EARLY: Final = 0.1
"""A part of the pace by which a picture may come early: a camera's own pace is never quite even."""

_log = structlog.get_logger()


class Capturing:
    """One showing of a source. `on_picture` is called in the thread for each picture, looked at or not."""

    def __init__(self, source: Source, slot: NewestFrame, *, fps: float, clock: Clock, on_picture: Callable[[], object]) -> None:
        self._source = source
        self._slot = slot
        self._pace_s = 1 / fps
        self._clock = clock
        self._on_picture = on_picture
        self._loop = asyncio.get_running_loop()
        self._stopped = False
        self._due = float("-inf")
        self._number = 0
        self.began = clock.monotonic()
        self.first: asyncio.Future[CameraError | None] = self._loop.create_future()
        self.ended: asyncio.Future[CameraError | None] = self._loop.create_future()
        self.last: float | None = None
        self.spoiled = 0

    def start(self, name: str) -> None:
        """Begin; `name` is the thread's."""
        threading.Thread(target=self._run, name=name, daemon=True).start()

    def stop(self) -> None:
        """Take no more pictures; the thread ends with the next one, or when its library gives up."""
        self._stopped = True

    def _run(self) -> None:
        outcome: CameraError | None = None
        try:
            with contextlib.closing(self._source.pictures()) as pictures:
                for picture in pictures:
                    if self._stopped:
                        break
                    self._caught(picture)
        except CameraError as error:
            outcome = error
        except Exception as error:  # noqa: BLE001 - a source may be foreign code: its bug is counted and logged, and the camera is tried again
            _log.exception("source of pictures failed", place=self._source.place)
            BUGS.labels("camera").inc()
            outcome = CameraError("camera.failed", place=self._source.place, detail=type(error).__name__)
        self._said(_settle, self.ended, outcome)

    def _caught(self, picture: "Picture | None") -> None:
        if picture is None:
            self.spoiled += 1
            return
        now = self._clock.monotonic()
        self._on_picture()
        if now >= self._due - self._pace_s * _EARLY:
            self._due = max(self._due, now - self._pace_s) + self._pace_s
            self._slot.put(picture, at_us=self._clock.now_us(), seconds=now, number=self._number)
        self._number += 1
        self.spoiled = 0
        first, self.last = self.last is None, now
        if first:
            self._said(_settle, self.first, None)

    def _said(self, what: Callable[..., object], *data: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop was closed meanwhile: nobody is there to listen
            self._loop.call_soon_threadsafe(what, *data)


def _settle(future: "asyncio.Future[CameraError | None]", outcome: CameraError | None) -> None:
    if not future.done():
        future.set_result(outcome)
