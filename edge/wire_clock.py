"""a gateway's clock → one whose instants the wire can carry: a clock that was never set (1970) is moved to 1978, where SenML's times begin.

Such times are wrong either way; ingest flags them, and their order and distances hold.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from wardroom.clock import Clock
from wardroom.senml import ABSOLUTE_US

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class WireClock:
    """The clock of everything on the gateway."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now_us(self) -> int:
        """Return microseconds since 1970 UTC."""
        now_us = self._clock.now_us()
        return now_us if now_us >= ABSOLUTE_US else now_us + ABSOLUTE_US

    def monotonic(self) -> float:
        """Return seconds of the clock that never jumps."""
        return self._clock.monotonic()


def instant(us: int) -> datetime:
    """Return microseconds since 1970 UTC as a datetime, to the microsecond."""
    return _EPOCH + timedelta(microseconds=us)
