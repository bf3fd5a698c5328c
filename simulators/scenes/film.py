"""frames → a video file: H.264 in MP4, a frame at its own instant."""

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Final

import av

from simulators.scenes.whole import whole
from vision.frames import Frame
from wardroom.errors import ConfigError

_CLOCK: Final = 90_000
_QUALITY: Final = {"preset": "veryfast", "crf": "21"}


def filmed(frames: Iterable[Frame], file: Path, *, size: tuple[int, int], fps: float) -> int:
    """Write the frames, all of `size` (width, height), and return how many; raises ConfigError if the file cannot be written."""
    count = 0
    try:
        with whole(file) as part, av.open(str(part), "w", format="mp4") as container:
            stream = container.add_stream("libx264", rate=Fraction(fps).limit_denominator(1_000), options=_QUALITY)
            stream.width, stream.height = size
            stream.pix_fmt = "yuv420p"
            stream.codec_context.time_base = Fraction(1, _CLOCK)
            for frame in frames:
                picture = av.VideoFrame.from_ndarray(frame.image, format="bgr24")
                picture.pts = round(frame.seconds * _CLOCK)
                picture.time_base = Fraction(1, _CLOCK)
                container.mux(stream.encode(picture))
                count += 1
            container.mux(stream.encode(None))
    except OSError as error:  # PyAV's own errors are OSErrors too
        raise ConfigError("simulators.status_unusable", file=file, detail=error.strerror or str(error)) from error
    return count
