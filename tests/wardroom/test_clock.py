import time

from wardroom.clock import SystemClock


def test_the_systems_clock_counts_microseconds_and_seconds() -> None:
    clock = SystemClock()

    assert abs(clock.now_us() - time.time() * 1_000_000) < 60_000_000
    assert clock.monotonic() <= clock.monotonic()
