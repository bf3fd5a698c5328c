"""an opened container → pictures as they come; what FFmpeg says goes no further than here: it names the address, account and all."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

import av
import numpy as np
from av import Packet, VideoFrame
from av.container import InputContainer
from av.video.stream import VideoStream

from edge.camera_settings import CameraSettings
from edge.captures.picture import Picture
from vision.frames import Image
from wardroom.errors import CameraError

_OPENING: Final[tuple[tuple[type[Exception], str], ...]] = (
    (av.HTTPUnauthorizedError, "camera.auth"),
    (av.HTTPForbiddenError, "camera.auth"),
    (av.PermissionError, "camera.auth"),
    (av.HTTPNotFoundError, "camera.not_found"),
    (av.FileNotFoundError, "camera.not_found"),
    (av.IsADirectoryError, "camera.not_found"),
)


def opening(error: Exception, place: str) -> CameraError | None:
    """Return why `place` could not be opened, where FFmpeg's error alone tells it."""
    key = next((key for kind, key in _OPENING if isinstance(error, kind)), None)
    if key is not None:
        return CameraError(key, place=place)
    if isinstance(error, av.HTTPClientError | av.HTTPServerError):
        return CameraError("camera.refused", place=place, detail=error.strerror)
    return None


def frames(container: InputContainer, place: str, *, stall_s: float) -> Iterator[VideoFrame | None]:
    """Yield the good frames of the container's video to its end, None for a packet that cannot be decoded.

    Raises CameraError when packets cease for `stall_s`, the container's read timeout, or break off.
    """
    stream = _video(container, place)
    try:
        for packet in container.demux(stream):
            yield from _unpacked(packet)
    except av.ExitError:
        raise CameraError("camera.stall", place=place, seconds=stall_s) from None
    except (av.FFmpegError, OSError):
        raise CameraError("camera.lost", place=place) from None


def live(container: InputContainer, place: str, camera: CameraSettings) -> Iterator[Picture | None]:
    """Yield the pictures of something that never ends by itself, as `frames`; raises CameraError at any end."""
    with container:
        for frame in frames(container, place, stall_s=camera.stall_s):
            yield None if frame is None else picture(frame, camera.max_width)
    raise CameraError("camera.lost", place=place)


def picture(frame: VideoFrame, max_width: int) -> Picture:
    """Return a frame as a picture, no wider than `max_width` pixels."""
    return Picture(partial(_image, frame, max_width))


def _image(frame: VideoFrame, max_width: int) -> Image:
    width, height = frame.width, frame.height
    if width > max_width:
        width, height = max_width, max(1, round(height * max_width / width))
    converted = frame.reformat(width=width, height=height, format="bgr24", interpolation="AREA")
    return np.asarray(converted.to_ndarray(), np.uint8)


def _video(container: InputContainer, place: str) -> VideoStream:
    """Return the container's first video, to be decoded in the thread that asks: two threads cost more and answer later."""
    if not container.streams.video:
        raise CameraError("camera.decode", place=place)
    stream = container.streams.video[0]
    stream.thread_type = "SLICE"
    stream.codec_context.thread_count = 1
    return stream


def _unpacked(packet: "Packet[VideoStream]") -> Sequence[VideoFrame | None]:
    try:
        return [frame for frame in packet.decode() if not frame.is_corrupt]
    except (av.FFmpegError, ValueError):
        return [None]
