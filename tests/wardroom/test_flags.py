import pytest

from wardroom.flags import AHEAD_US, EPOCH_US, STALE_US, Flag, flags

NOW = EPOCH_US + 10**15


@pytest.mark.parametrize(
    ("observed", "received", "expected"),
    [
        (NOW, NOW, Flag(0)),
        (NOW - STALE_US, NOW, Flag(0)),  # exactly a minute is not late yet
        (NOW - STALE_US - 1, NOW, Flag.STALE),
        (NOW + AHEAD_US, NOW, Flag(0)),
        (NOW + AHEAD_US + 1, NOW, Flag.CLOCK_AHEAD),
        (EPOCH_US, EPOCH_US, Flag(0)),
        (EPOCH_US - 1, EPOCH_US, Flag.CLOCK_UNSET),
        (0, NOW, Flag.CLOCK_UNSET | Flag.STALE),
        (EPOCH_US - 1, EPOCH_US - AHEAD_US - 2, Flag.CLOCK_UNSET | Flag.CLOCK_AHEAD),
    ],
)
def test_what_is_odd_about_a_reading(observed: int, received: int, expected: Flag) -> None:
    assert flags(observed, received) == expected


def test_the_bits_are_those_in_the_database() -> None:
    assert {flag.name: flag.value for flag in Flag} == {"CLOCK_AHEAD": 1, "CLOCK_UNSET": 2, "STALE": 4}
