"""a work and what it needs → its result in a file without a name, made by a process of its own: event loop and gates wait for nothing.

A hostile or a huge list takes that process's memory and time, not the center's; whoever stops waiting stops it.
"""

import asyncio
import os
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from typing import BinaryIO, Final

import msgspec

from center.papers.alone import FULL, REFUSED, Refusal
from wardroom import errors
from wardroom.errors import PeopleError, WardroomError

_MAIN: Final = "from center.papers.alone import main; main()"
_TOLD: Final = 2_000


class Exhausted(Exception):
    """A work needed more memory or time than it may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What to do (``MODULE:FUNCTION``, from bytes to bytes), with how much memory (MiB) and time (s) at most."""

    function: str
    mib: int
    seconds: int


async def done(work: Work, given: bytes, scratch: str | None) -> BinaryIO:
    """Return the result, at its beginning; who has it closes it. `scratch`: the folder for it, None for the system's.

    Raises the WardroomError that the work raised, PeopleError where there is no room for the file, Exhausted beyond the work's bounds,
    RuntimeError with the traceback where it has a bug.
    """
    result = await asyncio.to_thread(_file, scratch)
    with ExitStack() as kept:
        kept.enter_context(result)
        status, said = await _run(work, given, result)
        if status:
            raise _failure(status, result.read() if status == REFUSED else b"", said)
        kept.pop_all()
    return result


def _file(scratch: str | None) -> BinaryIO:
    try:
        return tempfile.TemporaryFile(dir=scratch)
    except OSError as error:
        raise PeopleError("people.no_room", detail=error.strerror or str(error)) from error


def _failure(status: int, result: bytes, said: bytes) -> Exception:
    if status == FULL or status < 0:
        return Exhausted()
    if status == REFUSED:
        refusal = msgspec.msgpack.decode(result, type=Refusal)
        kind: type[WardroomError] = getattr(errors, refusal.kind)
        return kind(refusal.key, **refusal.data)
    return RuntimeError(said[-_TOLD:].decode(errors="replace"))


async def _run(work: Work, given: bytes, result: BinaryIO) -> tuple[int, bytes]:
    """Return the process's exit status, and what it said to standard error."""
    command = (sys.executable, "-P", "-c", _MAIN, work.function, str(work.mib), str(work.seconds))
    # Our own modules, none of the center's secrets, and no memory for threads that a work doesn't use.
    environment = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "OPENBLAS_NUM_THREADS": "1"}
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=result, stderr=pipe, env=environment)
    try:
        async with asyncio.timeout(work.seconds):
            _, said = await process.communicate(given)
    except TimeoutError as error:
        raise Exhausted from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    result.seek(0)
    return process.returncode or 0, said
