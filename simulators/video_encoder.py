"""pictures → NAL units, one access unit a picture: H.264, H.265 or MPEG-4 without delay, each key picture with its parameter sets."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final

import av
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType

from vision.frames import Image

CLOCK: Final = 90_000
"""Ticks a second of every video payload in RTP."""
_START: Final = re.compile(rb"\x00{2,3}\x01")


class Codec(StrEnum):
    """What a stream is encoded with."""

    H264 = "h264"
    H265 = "h265"
    MPEG4 = "mpeg4"


_ENCODERS: Final[Mapping[Codec, str]] = {Codec.H264: "libx264", Codec.H265: "libx265", Codec.MPEG4: "mpeg4"}
_FAST: Final = {"preset": "ultrafast", "tune": "zerolatency", "forced-idr": "1"}
_OPTIONS: Final[Mapping[Codec, Mapping[str, str]]] = {
    Codec.H264: {"preset": "ultrafast", "tune": "zerolatency", "forced-idr": "1"},
    Codec.H265: {
        "preset": "ultrafast",
        "tune": "zerolatency",
        "forced-idr": "1",
        "x265-params": "log-level=none:pools=none:frame-threads=1",
    },
    Codec.MPEG4: {"qscale": "4"},
}


@dataclass(frozen=True, slots=True)
class AccessUnit:
    """One picture encoded, shown at `ticks` of 1/90,000 s; a `key` one begins with the parameter sets and needs no other one before it."""

    codec: Codec
    nals: tuple[bytes, ...]
    ticks: int
    key: bool


class Encoder:
    """One stream's encoder; `size` is even in both directions, pictures of another one are scaled to it."""

    def __init__(self, codec: Codec, size: tuple[int, int], fps: float) -> None:
        self.codec = codec
        self.size = size
        self._context = _opened(codec, size, fps)
        extra = bytes(self._context.extradata or b"")
        self.parameters = (extra,) if codec is Codec.MPEG4 else nal_units(extra)

    def encode(self, image: Image, ticks: int, *, key: bool) -> AccessUnit:
        """Return the access unit of a picture shown at `ticks` of 1/90,000 s; `key` asks for a key picture."""
        width, height = self.size
        frame = av.VideoFrame.from_ndarray(image, format="bgr24").reformat(width=width, height=height, format="yuv420p")
        frame.pts = ticks
        frame.time_base = Fraction(1, CLOCK)
        frame.pict_type = PictureType.I if key else PictureType.NONE
        packets = self._context.encode(frame)
        whole = b"".join(bytes(packet) for packet in packets)
        keyed = any(packet.is_keyframe for packet in packets)
        before = self.parameters if keyed else ()
        nals = (b"".join((*before, whole)),) if self.codec is Codec.MPEG4 else (*before, *nal_units(whole))
        return AccessUnit(self.codec, nals, ticks, keyed)


def nal_units(stream: bytes) -> tuple[bytes, ...]:
    """Return the NAL units between the start codes of a byte stream (ITU-T H.264, annex B)."""
    return tuple(unit for unit in _START.split(stream) if unit)


def even(size: tuple[int, int]) -> tuple[int, int]:
    """Return the nearest size below that an encoder with halved colours takes."""
    return max(2, size[0] // 2 * 2), max(2, size[1] // 2 * 2)


def _opened(codec: Codec, size: tuple[int, int], fps: float) -> VideoCodecContext:
    context = av.CodecContext.create(_ENCODERS[codec], "w")
    assert isinstance(context, VideoCodecContext)  # noqa: S101 - narrows: every one of _ENCODERS is video
    context.width, context.height = size
    context.pix_fmt = "yuv420p"
    context.time_base = Fraction(1, CLOCK) if codec is not Codec.MPEG4 else Fraction(1, 65_535)  # it has 16 bits
    context.framerate = Fraction(fps).limit_denominator(1_000)
    context.gop_size = max(1, round(fps * 2))
    context.max_b_frames = 0
    context.thread_count = 1
    context.flags |= av.codec.context.Flags.global_header
    context.options = dict(_OPTIONS[codec])
    context.open()
    return context
