"""stream → frame (newest wins): each camera is opened, watched over and opened again, and what becomes of it is told once.

A camera is given up when its source says why, or when no picture came for `stall_s` whatever its library is waiting for.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from edge import gauges
from edge.camera_book import CameraBook
from edge.camera_settings import CameraSettings
from edge.captures.loading import Source
from edge.capturing import Capturing
from edge.newest_frame import NewestFrame
from edge.wire_clock import instant
from wardroom import legible
from wardroom.bus import backoff
from wardroom.camera_events import CameraReason, CameraState, CameraStatusData
from wardroom.clock import Clock
from wardroom.errors import CameraError
from wardroom.topics import Gateway

_GOODBYE_S: Final = 1.0
"""How long a camera's thread is waited for when the camera stops; one that hangs in its library ends later, by itself."""
_DETAIL: Final = 500

Tell = Callable[[CameraStatusData], Awaitable[bool]]
"""Puts the event and returns whether it will last."""

_log = structlog.get_logger()


class Camera:
    """One camera: its frames go to `frames`, its status to `tell`, until cancelled."""

    def __init__(self, camera: CameraSettings, source: Source, *, gateway: Gateway, clock: Clock, tell: Tell, book: CameraBook) -> None:
        self._camera = camera
        self._source = source
        self._clock = clock
        self._tell = tell
        self._book = book
        self._labels = (*gauges.of(gateway), camera.id)
        self._capturing: Capturing | None = None
        self._last = float("-inf")
        self.frames = NewestFrame(gauges.CAMERA_SKIPPED.labels(*self._labels).inc)

    @property
    def age_s(self) -> float:
        """Seconds since the last picture; infinite before the first one."""
        showing = self._capturing
        last = self._last if showing is None or showing.last is None else showing.last
        return self._clock.monotonic() - last

    async def run(self) -> None:
        """Show its pictures, and again after each failure, until cancelled or shown to its end."""
        gauges.CAMERA_AGE.labels(*self._labels).set_function(lambda: self.age_s)
        try:
            if self._camera.enabled:
                await self._again_and_again()
            else:
                await self._say(CameraState.DISABLED)
        finally:
            self.frames.close()
            gauges.CAMERA_AGE.remove(*self._labels)

    async def _again_and_again(self) -> None:
        failures = 0
        while True:
            began = self._clock.monotonic()
            failure = await self._shown()
            reason = reason_of(failure)
            gauges.CAMERA_RESTARTS.labels(*self._labels, reason.value).inc()
            await self._say(CameraState.OFFLINE, reason, legible.replaced(str(failure))[:_DETAIL])
            if reason is CameraReason.ENDED:
                return
            if self._settled(began):
                failures = 0
            await asyncio.sleep(backoff(failures, (self._camera.retry_first_s, self._camera.retry_last_s)))
            failures += 1

    async def _shown(self) -> CameraError:
        """Show pictures until they fail; return why. The last showing's thread is over when this begins anew: never two for one camera."""
        if self._capturing is not None:
            await asyncio.wait({self._capturing.ended})
            self._last = self._last if self._capturing.last is None else self._capturing.last
        pictures = gauges.CAMERA_FRAMES.labels(*self._labels)
        showing = Capturing(self._source, self.frames, fps=self._camera.fps, clock=self._clock, on_picture=pictures.inc)
        self._capturing = showing
        showing.start(f"camera {self._camera.id}")
        try:
            if (failure := await self._opened(showing)) is None:
                await self._say(CameraState.ONLINE)
                failure = await self._lasted(showing)
        finally:
            showing.stop()
            await asyncio.wait({showing.ended}, timeout=_GOODBYE_S)
        return failure

    async def _opened(self, showing: Capturing) -> CameraError | None:
        """Return None with the first picture, or why there is none."""
        limit_s = self._camera.open_s + self._camera.stall_s
        await asyncio.wait({showing.first, showing.ended}, timeout=limit_s, return_when=asyncio.FIRST_COMPLETED)
        if showing.first.done():
            return None
        if showing.ended.done():
            return self._end(showing.ended.result())
        return self._silence(showing, CameraError("camera.no_answer", place=self._source.place, seconds=limit_s))

    async def _lasted(self, showing: Capturing) -> CameraError:
        """Return why pictures ceased."""
        stall_s = self._camera.stall_s
        while not showing.ended.done():
            left_s = (showing.last or showing.began) + stall_s - self._clock.monotonic()
            if left_s <= 0:
                return self._silence(showing, CameraError("camera.stall", place=self._source.place, seconds=stall_s))
            await asyncio.wait({showing.ended}, timeout=left_s)
        failure = self._end(showing.ended.result())
        return self._silence(showing, failure) if reason_of(failure) is CameraReason.STALL else failure

    def _end(self, failure: CameraError | None) -> CameraError:
        """Return why a source ended; one that says nothing was shown to its end, or broke off if it was to begin again."""
        key = "camera.lost" if self._camera.repeat else "camera.ended"
        return failure or CameraError(key, place=self._source.place)

    def _silence(self, showing: Capturing, failure: CameraError) -> CameraError:
        """Return `failure`, or what is behind it: something comes, but no pictures."""
        return CameraError("camera.decode", place=self._source.place) if showing.spoiled else failure

    def _settled(self, began: float) -> bool:
        last = self._capturing.last if self._capturing else None
        return last is not None and last - began >= self._camera.settled_s

    async def _say(self, state: CameraState, reason: CameraReason | None = None, detail: str = "") -> None:
        """Tell how the camera is, if that is news."""
        told = self._book.told(self._camera.id)
        if told is not None and (told.state, told.reason) == (state, reason):
            return
        now_us = self._clock.now_us()
        fault_s = None
        if state is CameraState.ONLINE and told is not None and told.state is CameraState.OFFLINE:
            fault_s = max(0.0, now_us / 1e6 - told.since.timestamp())
        since = told.since if told is not None and told.state is state else instant(now_us)
        _log.info("camera", camera=self._camera.id, state=state.value, reason=reason and reason.value, detail=detail)
        data = CameraStatusData(self._camera.id, state, since, reason, detail, fault_s)
        if await self._tell(data):
            self._book.note(data)


def reason_of(failure: CameraError) -> CameraReason:
    """Return the reason in a failure's key; a source of somebody else's may raise any."""
    try:
        return CameraReason(failure.key.rpartition(".")[2])
    except ValueError:
        return CameraReason.FAILED
