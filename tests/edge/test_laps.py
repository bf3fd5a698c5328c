import time

import pytest

from edge.laps import Laps


def test_each_stage_has_its_times_and_its_seconds() -> None:
    laps = Laps()
    for _ in range(3):
        with laps("detect"):
            time.sleep(0.002)
    with laps("track"):
        pass

    assert list(laps.seen()) == ["detect", "track"]
    assert laps.seen()["detect"].times == 3
    assert laps.seen()["detect"].milliseconds >= 2


def test_a_stage_that_fails_is_measured_too() -> None:
    laps = Laps()
    with pytest.raises(ValueError, match="x"), laps("detect"):
        raise ValueError("x")

    assert laps.seen()["detect"].times == 1
