"""Works for `center.papers.apart` to have done: they eat, spin and fail."""

import os
import time
from pathlib import Path

from wardroom.errors import CheckInError


def who(_: bytes) -> bytes:
    return f"{os.getpid()}|{' '.join(os.environ)}".encode()


def spin(seconds: bytes) -> bytes:
    until = time.monotonic() + float(seconds)
    while time.monotonic() < until:
        pass
    return b"done"


def eat(mib: bytes) -> bytes:
    return bytes(len([bytearray(2**20) for _ in range(int(mib))]))


def refuse(_: bytes) -> bytes:
    raise CheckInError("occasion.no_list", id=Path("7"))


def fail(_: bytes) -> bytes:
    return bytes(1 // 0)


def write(mib: bytes) -> bytes:
    return b"a" * (int(mib) * 2**20)
