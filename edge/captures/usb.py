"""a camera at a USB port → pictures, through Video4Linux."""

from collections.abc import Generator

import av

from edge.camera_settings import CameraSettings
from edge.captures import decoding
from edge.captures.picture import Picture
from wardroom.clock import Clock
from wardroom.errors import CameraError


class Usb:
    """One device. Made with (camera, clock): touches nothing."""

    def __init__(self, camera: CameraSettings, clock: Clock) -> None:
        del clock
        self._camera = camera
        self.place = camera.needed("path")

    def pictures(self) -> Generator[Picture | None, None, None]:
        """Yield each picture as it comes, None for what cannot be decoded; raises CameraError at any end."""
        camera = self._camera
        options = {} if camera.size is None else {"video_size": camera.size}
        try:
            container = av.open(self.place, format="v4l2", options=options, timeout=(camera.open_s, camera.stall_s))
        except (av.FFmpegError, OSError, ValueError) as error:
            raise decoding.opening(error, self.place) or CameraError("camera.refused", place=self.place, detail=_said(error)) from None
        yield from decoding.live(container, self.place, camera)


def _said(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or type(error).__name__)
