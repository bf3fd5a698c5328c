"""an error of the eyes → one sentence on standard error and an exit status: `vision` knows nothing of the command line."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from vision.errors import VisionError
from wardroom import service, settings


@contextmanager
def told() -> Iterator[None]:
    """Tell what goes wrong with pictures and models inside, and end the command."""
    try:
        yield
    except VisionError as error:
        say(error)
        raise typer.Exit(service.FAILED) from error


def say(*errors: VisionError) -> None:
    """Say each error's sentence, in the language of ``$WARDROOM_LANG``."""
    spoken = settings.language()
    for error in errors:
        sys.stderr.write(f"wardroom: {error.sentence(spoken)}\n")
