"""pictures as they come → the newest frame: a new one replaces what nobody took, so that a slow detector is never behind."""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a gateway without cameras never loads numpy
    from edge.captures.picture import Picture
    from vision.frames import Frame


class NewestFrame:
    """A place for one picture between the thread that catches and the one that looks. `on_skip` is called for each that was replaced."""

    def __init__(self, on_skip: Callable[[], object] = lambda: None) -> None:
        self._on_skip = on_skip
        self._changed = threading.Condition()
        self._waiting: tuple[Picture, int, float, int] | None = None
        self._closed = False

    def put(self, picture: "Picture", *, at_us: int, seconds: float, number: int) -> None:
        """Leave a picture here in place of the last one; never waits."""
        with self._changed:
            replaced, self._waiting = self._waiting is not None, (picture, at_us, seconds, number)
            self._changed.notify()
        if replaced:
            self._on_skip()

    def take(self, timeout_s: float) -> "Frame | None":
        """Return the newest frame nobody had yet; None if none came within `timeout_s`, or at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting is not None or self._closed, timeout_s)
            waiting, self._waiting = self._waiting, None
        if waiting is None:
            return None
        picture, at_us, seconds, number = waiting
        return picture.frame(at_us=at_us, seconds=seconds, number=number)

    @property
    def closed(self) -> bool:
        """Whether nothing is here any more and nothing will come."""
        return self._closed and self._waiting is None

    def close(self) -> None:
        """Let go who waits: nothing more will come. What is here may still be taken."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
