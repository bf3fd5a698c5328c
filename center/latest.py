"""readings of one series → its latest and the last hour by the minute: the guard against late readings and clocks from the future."""

from typing import Final

import msgspec

from wardroom.live import TRAIL_MINUTES, LiveReading

MINUTE_US: Final = 60 * 1_000_000


class Latest:
    """The latest reading of a series: monotonic in rank = min(observed, received), then in observed; the same time again is a repeat.

    The trail holds the last value of each minute, the minute being the rank's. `turned` is the number of the last change that counted
    before the latest's minute began: a screen that has seen it has the trail right and needs only the reading itself.
    """

    __slots__ = ("rank_us", "reading", "seq", "trail", "turned")

    def __init__(self, reading: LiveReading, seq: int) -> None:
        self.reading = msgspec.structs.replace(reading, trail=None)
        self.rank_us = rank(reading)
        self.seq = seq
        self.turned = seq if reading.trail else 0
        self.trail = [point for point in reading.trail or () if point[0] < self.minute]
        self._mark()

    @property
    def minute(self) -> int:
        return self.rank_us // MINUTE_US

    def newer(self, reading: LiveReading) -> bool:
        """Return whether `reading` becomes the latest; one that is late belongs to history only."""
        own = self.reading
        return reading.time_us != own.time_us and (rank(reading), reading.time_us) > (self.rank_us, own.time_us)

    def take(self, reading: LiveReading, seq: int) -> None:
        """Make `reading`, which is newer, the latest as of `seq`."""
        before = self.minute
        self.rank_us = rank(reading)
        if self.minute != before:
            self.turned = self.seq
        self.reading = reading if reading.trail is None else msgspec.structs.replace(reading, trail=None)
        self.seq = seq
        self._mark()

    def told(self, since: int) -> LiveReading:
        """Return the reading for a screen that stands at `since`, with the trail if it cannot have it right."""
        return self.reading if since >= self.turned else self.whole()

    def whole(self) -> LiveReading:
        """Return the reading with its trail."""
        own = self.reading
        return LiveReading(own.series, own.time_us, own.received_us, own.value, own.flags, tuple(self.trail))

    def _mark(self) -> None:
        minute = self.minute
        if self.trail and self.trail[-1][0] == minute:
            self.trail[-1] = (minute, self.reading.value)
            return
        self.trail.append((minute, self.reading.value))
        while self.trail[0][0] <= minute - TRAIL_MINUTES:
            del self.trail[0]


def rank(reading: LiveReading) -> int:
    """Return what the latest is monotonic in: a clock from the future counts as what it is, received."""
    return min(reading.time_us, reading.received_us)
