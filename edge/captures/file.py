"""a video → pictures at the pace they were recorded at, once or again and again."""

import time
from collections.abc import Generator, Iterator
from typing import Final

import av

from edge.camera_settings import CameraSettings
from edge.captures import decoding
from edge.captures.picture import Picture
from wardroom.clock import Clock
from wardroom.errors import CameraError

BREATH_S: Final = 0.2
"""Nobody waits longer than this without a look whether he is still wanted."""


class File:
    """One video. Made with (camera, clock): touches nothing."""

    def __init__(self, camera: CameraSettings, clock: Clock) -> None:
        self._camera = camera
        self._clock = clock
        self.place = camera.needed("path")

    def pictures(self) -> Generator[Picture | None, None, None]:
        """Yield each picture at its time, None for what cannot be decoded or while it waits; raises CameraError at any end."""
        shown = True
        while shown:
            shown = False
            for picture in self._once():
                shown = shown or picture is not None
                yield picture
            if not self._camera.repeat:
                raise CameraError("camera.ended", place=self.place)
        raise CameraError("camera.decode", place=self.place)

    def _once(self) -> Iterator[Picture | None]:
        try:
            container = av.open(f"file:{self.place}")  # a name with a colon in it is no protocol of FFmpeg's
        except (av.FFmpegError, OSError, ValueError) as error:
            raise decoding.opening(error, self.place) or CameraError("camera.decode", place=self.place) from None
        with container:
            began = self._clock.monotonic()
            first: float | None = None
            for frame in decoding.frames(container, self.place, stall_s=self._camera.stall_s):
                if frame is None:
                    yield None
                    continue
                at = frame.time or 0.0
                first = at if first is None else first
                yield from waited(self._clock, began + at - first)
                yield decoding.picture(frame, self._camera.max_width)


def waited(clock: Clock, until: float) -> Iterator[None]:
    """Yield None again and again until `until` by the monotonic clock."""
    while (left := until - clock.monotonic()) > 0:
        time.sleep(min(left, BREATH_S))
        yield None
