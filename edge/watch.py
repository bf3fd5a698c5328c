"""frame → tracks, faces, zones → event messages: whoever looks at a camera's frames does it in a thread of its own, the newest first.

What is looked with is given. A frame it stumbles over is one line in the log and lost; the next one is looked at all the same.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final, Protocol, runtime_checkable

import structlog

from edge import gauges
from edge.gates_loading import Keep
from edge.newest_frame import NewestFrame
from edge.one_thread import OneThread
from wardroom.metrics import BUGS
from wardroom.sight_events import SightData
from wardroom.topics import Gateway

if TYPE_CHECKING:  # a gateway without cameras never loads numpy
    from vision.frames import Frame

BUILT_IN: Final[Mapping[str, str]] = {"eyes": "edge.eyes:Eyes"}
"""What looks at pictures by name."""
BREATH_S: Final = 0.5
"""How often who looks is asked whether he is still wanted."""
GONE_S: Final = 5.0
"""After so long without a frame nobody says of a visit that it goes on."""

Tell = Callable[[SightData], Awaitable[object]]

_log = structlog.get_logger()


class Seeing(Protocol):
    """Looks at one camera's frames, in one thread; remembers what it follows, no more."""

    def look(self, frame: "Frame") -> Sequence[SightData]:
        """Return what there is to tell after a frame; frames come in the order they were caught."""
        ...

    def gone(self) -> Sequence[SightData]:
        """Return what there is to tell now that no frames come: visits end."""
        ...


@runtime_checkable
class Keeping(Protocol):
    """Whoever looks and has pictures worth keeping."""

    def keep_evidence(self, keep: Keep) -> None:
        """From now on give the best shot of whom something is told to `keep`, and tell its digest."""
        ...


class Watch:
    """Watches one camera: frames from `frames`, what is seen to `tell`, until cancelled or the camera is gone."""

    def __init__(self, camera: str, frames: NewestFrame, seeing: Seeing, *, gateway: Gateway, tell: Tell, gone_s: float = GONE_S) -> None:
        self._camera = camera
        self._frames = frames
        self._seeing = seeing
        self._tell = tell
        self._looked = gauges.CAMERA_LOOKED.labels(*gauges.of(gateway), camera)
        self._stumbled = ""
        self._gone_s = gone_s
        self._watching = False
        self._silent_s = 0.0

    async def run(self) -> None:
        """Look at one frame after the other; each is told before the next one is taken, so that nothing heaps up."""
        with OneThread[Sequence[SightData]](f"watch {self._camera}") as thread:
            while not self._frames.closed:
                await self._told(await thread.run(self._once))
            await self._told(await thread.run(self._end))

    async def _told(self, seen: Sequence[SightData]) -> None:
        for data in seen:
            try:
                await self._tell(data)
            except Exception as error:  # noqa: BLE001 - what cannot be told, such as text that is none, must not end the watch either
                self._stumble(error)

    def _once(self) -> Sequence[SightData]:
        try:
            frame = self._frames.take(BREATH_S)
            if frame is None:
                self._silent_s += BREATH_S
                return self._end() if self._silent_s >= self._gone_s else ()
            self._watching, self._silent_s = True, 0.0
            told = _checked(self._seeing.look(frame))
        except Exception as error:  # noqa: BLE001 - one frame must not end the watch: counted, and logged once until something else happens
            self._stumble(error)
            return ()
        self._stumbled = ""
        self._looked.inc()
        return told

    def _end(self) -> Sequence[SightData]:
        if not self._watching:
            return ()
        self._watching = False
        try:
            return _checked(self._seeing.gone())
        except Exception as error:  # noqa: BLE001 - as above
            self._stumble(error)
            return ()

    def _stumble(self, error: Exception) -> None:
        BUGS.labels("watch").inc()
        if self._stumbled != (said := f"{type(error).__name__}: {error}"):
            _log.error("a frame could not be looked at", camera=self._camera, exc_info=error)
        self._stumbled = said


def _checked(told: Sequence[SightData]) -> Sequence[SightData]:
    """Return what foreign code told, if all of it can be an event; raises TypeError."""
    for data in told:
        if not isinstance(data, SightData):
            raise TypeError(f"{type(data).__name__} is no sight")
    return told
