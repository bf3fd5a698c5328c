"""What is known to be odd about a stored reading, as bits of `reading.flags`."""

from enum import IntFlag
from typing import Final

AHEAD_US: Final = 300 * 1_000_000
"""More than five minutes in the future: the gateway's clock is wrong."""
STALE_US: Final = 60 * 1_000_000
EPOCH_US: Final = 1_767_225_600 * 1_000_000
"""2026-01-01: no gateway of ours is older, so an earlier reading comes from a clock that was never set."""

MISDATED_AHEAD_US: Final = 24 * 3_600 * 1_000_000
"""A reading from further ahead is kept apart: no week, chart or rollup is made for it."""
MISDATED_BEHIND_US: Final = 400 * 24 * 3_600 * 1_000_000
"""The same for one from further back."""


class Flag(IntFlag):
    """Bits of `reading.flags`."""

    CLOCK_AHEAD = 1
    CLOCK_UNSET = 2
    STALE = 4


def flags(observed_us: int, received_us: int) -> Flag:
    """Return the flags of a reading observed and received at these microseconds since 1970 UTC."""
    ahead = observed_us - received_us > AHEAD_US
    unset = observed_us < EPOCH_US
    stale = received_us - observed_us > STALE_US
    return _ALL[ahead | unset << 1 | stale << 2]


_ALL: Final = tuple(map(Flag, range(8)))
"""By their bits: to make one anew for every reading would cost more than to store it."""


def is_misdated(observed_us: int, received_us: int) -> bool:
    """Return whether a reading is kept in `reading_misdated` by the time it was received, because its own cannot be right."""
    return observed_us - received_us > MISDATED_AHEAD_US or received_us - observed_us > MISDATED_BEHIND_US
