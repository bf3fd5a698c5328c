"""how far a long job is → one line on a terminal, told now and then; nothing where nobody looks."""

import sys
import time
from typing import Final

from wardroom import settings, texts

_TELL_EVERY_S: Final = 0.2


class Progress:
    """Says how far it is, on one line; `key`: the sentence, of what is worked at (`what`) and how much of it is done."""

    def __init__(self, key: str) -> None:
        self._key = key
        self._told_s = 0.0

    def __call__(self, what: str, done: int) -> None:
        if sys.stderr.isatty() and time.monotonic() - self._told_s > _TELL_EVERY_S:
            self._told_s = time.monotonic()
            sys.stderr.write(f"\r\x1b[K{texts.say(self._key, settings.language(), what=what, done=done)}")
            sys.stderr.flush()

    def end(self) -> None:
        """Leave the line for what is said next."""
        if self._told_s:
            sys.stderr.write("\r\x1b[K")
