"""a work's name, and on standard input what it needs → its result on standard output: the process that `center.papers.apart` starts.

A work is a function from bytes to bytes, given by import string. The process has a bound of memory, yields to the center for the processor,
and ends with it: who waits for nothing any more is stopped by its bound of processor time.
"""

import importlib
import os
import resource
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import msgspec

from wardroom.errors import WardroomError

REFUSED, FULL = 3, 4
"""Exit statuses: the result is an error's key and data; there was no memory left."""
_NICE: Final = 10


class Refusal(msgspec.Struct):
    """An error that a work ended in: the class's name in `wardroom.errors`, its sentence's key and data."""

    kind: str
    key: str
    data: dict[str, str | int | float | None]


def main() -> None:
    """Do one work: ``MODULE:FUNCTION MIB SECONDS``."""
    work, mib, seconds = sys.argv[1:]
    _bound(int(mib), int(seconds))
    status, result = _done(work)
    sys.stdout.buffer.write(result)
    sys.stdout.buffer.flush()
    sys.exit(status)


def _done(work: str) -> tuple[int, bytes]:
    module, _, name = work.partition(":")
    try:
        function: Callable[[bytes], bytes] = getattr(importlib.import_module(module), name)
        return 0, function(sys.stdin.buffer.read())
    except WardroomError as error:
        data: dict[str, str | int | float | None] = {
            field: value if isinstance(value, str | int | float) else str(value) for field, value in error.data.items()
        }
        return REFUSED, msgspec.msgpack.encode(Refusal(type(error).__name__, error.key, data))
    except MemoryError:
        return FULL, b""


def _bound(mib: int, seconds: int) -> None:
    """Bound memory and processor time, where the system can."""
    os.nice(_NICE)
    for what, most in ((resource.RLIMIT_AS, mib * 2**20), (resource.RLIMIT_CPU, seconds)):
        with suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))
