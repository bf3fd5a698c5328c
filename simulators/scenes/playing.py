"""a scene → its frames with their truth, as fast as they are asked for."""

from collections.abc import Iterator
from dataclasses import dataclass

from simulators.scenes.scene import Scene
from simulators.scenes.truth import FrameTruth
from vision.frames import Frame


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
