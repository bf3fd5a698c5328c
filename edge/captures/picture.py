"""a decoded picture → a frame, converted only once somebody takes it: most of a camera's pictures are replaced before anyone looks."""

from collections.abc import Callable
from dataclasses import dataclass

from vision.frames import Frame, Image


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """One picture of a source; `image` makes its pixels and may be called in another thread than the source's."""

    image: Callable[[], Image]

    def frame(self, *, at_us: int, seconds: float, number: int) -> Frame:
        """Return the frame caught at that instant."""
        return Frame(self.image(), at_us, seconds, number)
