"""a scene → its frames with their truth: as fast as they are asked for, or in real time, where a late one is left out for a newer one."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass

from simulators.scenes.scene import Scene
from simulators.scenes.truth import FrameTruth
from vision.frames import Frame
from wardroom.clock import Clock


@dataclass(frozen=True, slots=True, eq=False)
class Played:
    """A frame, and what is in it."""

    frame: Frame
    truth: FrameTruth


def at_once(scene: Scene, *, at_us: int = 0, seconds: float = 0.0) -> Iterator[Played]:
    """Yield every frame without waiting; the first was caught at `at_us` and `seconds`, the others by the scene's own time."""
    for number in range(scene.script.frames):
        composed = scene.composed(number)
        since = number / scene.script.fps
        yield Played(Frame(composed.image, at_us + round(since * 1e6), seconds + since, number), composed.truth)


def in_real_time(scene: Scene, clock: Clock, stop: threading.Event, *, again: bool = False) -> Iterator[Played]:
    """Yield frames at the scene's pace until its end or until told to stop; waits in between, and leaves out what is late.

    `again`: begin anew at the end. Frames are numbered on; the number stamped in the picture is the scene's own.
    """
    fps, length = scene.script.fps, scene.script.frames
    began = clock.monotonic()
    number = 0
    while again or number < length:
        wait = began + number / fps - clock.monotonic()
        if stop.wait(max(0.0, wait)):
            return
        composed = scene.composed(number % length)
        yield Played(Frame(composed.image, clock.now_us(), clock.monotonic(), number), composed.truth)
        number = max(number + 1, int((clock.monotonic() - began) * fps))
