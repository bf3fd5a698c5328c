"""a stage's name → something to hold while it runs: how the pipeline lets others measure it, having no clock of its own."""

from contextlib import AbstractContextManager, nullcontext
from typing import Final, Protocol


class Stopwatch(Protocol):
    """Measures stages; one stage never runs within another."""

    def __call__(self, stage: str) -> AbstractContextManager[object]:
        """Return what is entered when the stage begins and left when it ends."""
        ...


_NOTHING: Final = nullcontext()


def untimed(stage: str) -> AbstractContextManager[object]:  # noqa: ARG001 - a Stopwatch that measures nothing
    """Measure nothing."""
    return _NOTHING
