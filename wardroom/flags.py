"""What is known to be odd about a stored reading, as bits of `reading.flags`."""

from enum import IntFlag
from typing import Final

AHEAD_US: Final = 300 * 1_000_000
"""More than five minutes in the future: the gateway's clock is wrong."""
STALE_US: Final = 60 * 1_000_000
EPOCH_US: Final = 1_767_225_600 * 1_000_000
"""2026-01-01: no gateway of ours is older, so an earlier reading comes from a clock that was never set."""


class Flag(IntFlag):
    """Bits of `reading.flags`."""

    CLOCK_AHEAD = 1
    CLOCK_UNSET = 2
    STALE = 4


def flags(observed_us: int, received_us: int) -> Flag:
    """Return the flags of a reading observed and received at these microseconds since 1970 UTC."""
    found = Flag(0)
    if observed_us - received_us > AHEAD_US:
        found |= Flag.CLOCK_AHEAD
    if observed_us < EPOCH_US:
        found |= Flag.CLOCK_UNSET
    if received_us - observed_us > STALE_US:
        found |= Flag.STALE
    return found
