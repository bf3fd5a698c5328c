"""The two clocks of a process: wall time in UTC for instants, monotonic time for durations.

They are passed in, so that a test or a simulator can be wrong on purpose.
"""

import time
from typing import Protocol


class Clock(Protocol):
    """What every room takes as its time."""

    def now_us(self) -> int:
        """Return microseconds since 1970 UTC by the wall clock, which may jump."""
        ...

    def monotonic(self) -> float:
        """Return seconds by a clock that never jumps; only differences mean something."""
        ...


class SystemClock:
    """This machine's clocks."""

    def now_us(self) -> int:
        """Return microseconds since 1970 UTC."""
        return time.time_ns() // 1_000

    def monotonic(self) -> float:
        """Return seconds of `time.monotonic`."""
        return time.monotonic()
