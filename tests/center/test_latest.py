import pytest

from center.latest import Latest
from tests.center.factories import MINUTE_US, NOON_US, reading
from wardroom.live import LiveReading

S = 1_000_000


@pytest.mark.parametrize(
    ("observed_s", "received_s", "newer"),
    [
        (1, 1, True),  # simply newer
        (0, 5, False),  # the same time again: a repeat, however late
        (-1, 5, False),  # late: history only
        (0.000_001, 0.000_001, True),  # a microsecond is enough
        (3_600, 1, True),  # a clock from the future counts as received now
        (-3_600, 1, False),  # a clock from the past never wins
    ],
)
def test_the_latest_moves_only_forward(observed_s: float, received_s: float, *, newer: bool) -> None:
    latest = Latest(reading(at_us=NOON_US, received_us=NOON_US), 1)

    assert latest.newer(LiveReading(1, NOON_US + round(observed_s * S), NOON_US + round(received_s * S), 1.0, 0)) is newer


def test_a_clock_from_the_future_hides_nothing() -> None:
    latest = Latest(LiveReading(1, NOON_US + 3_600 * S, NOON_US, 99.0, 1), 1)
    right = LiveReading(1, NOON_US + S, NOON_US + S, 20.0, 0)

    assert latest.newer(right)


def test_a_repeat_from_the_future_is_still_a_repeat() -> None:
    latest = Latest(LiveReading(1, NOON_US + 3_600 * S, NOON_US, 99.0, 1), 1)

    assert not latest.newer(LiveReading(1, NOON_US + 3_600 * S, NOON_US + 9 * S, 99.0, 1))


def test_the_trail_keeps_the_last_value_of_each_of_sixty_minutes() -> None:
    latest = Latest(reading(at_us=NOON_US, value=0.0), 1)
    for step in range(1, 200):
        latest.take(reading(at_us=NOON_US + step * MINUTE_US // 2, value=float(step)), step + 1)

    trail = latest.whole().trail or ()
    assert len(trail) == 60
    assert trail[-1] == (NOON_US // MINUTE_US + 99, 199.0)
    assert trail[0] == (NOON_US // MINUTE_US + 40, 81.0)


def test_a_screen_that_missed_an_earlier_minute_gets_the_trail_and_another_does_not() -> None:
    latest = Latest(reading(value=1.0), 5)
    latest.take(reading(at_us=NOON_US + S, value=2.0), 6)
    latest.take(reading(at_us=NOON_US + MINUTE_US, value=3.0), 9)

    assert latest.told(5).trail == ((NOON_US // MINUTE_US, 2.0), (NOON_US // MINUTE_US + 1, 3.0))
    assert latest.told(6).trail is None
    assert latest.told(8).trail is None


def test_a_trail_from_the_database_is_told_to_every_screen_before_it() -> None:
    seeded = LiveReading(1, NOON_US, NOON_US, 3.0, 0, ((NOON_US // MINUTE_US - 1, 1.0), (NOON_US // MINUTE_US, 2.0)))

    assert Latest(seeded, 4).told(3).trail == ((NOON_US // MINUTE_US - 1, 1.0), (NOON_US // MINUTE_US, 3.0))
