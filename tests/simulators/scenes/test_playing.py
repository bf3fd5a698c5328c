import threading

import pytest

from simulators.scenes import playing
from simulators.scenes.script import Arrival
from tests.simulators.scenes import small
from wardroom.clock import SystemClock


class Hasty:
    """A clock that goes a second further each time it is asked."""

    def __init__(self) -> None:
        self.now = 100.0

    def now_us(self) -> int:
        return int(self.now * 1e6)

    def monotonic(self) -> float:
        self.now += 1.0
        return self.now


def test_at_once_frames_have_the_scenes_own_time() -> None:
    scene = small.scene(Arrival(person="drawn-1", at_s=0), seconds=2.0)
    frames = [played.frame for played in playing.at_once(scene, at_us=1_000_000, seconds=50.0)]

    assert [frame.number for frame in frames] == list(range(10))
    assert [frame.seconds for frame in frames[:3]] == [50.0, 50.2, 50.4]
    assert frames[5].at_us == 2_000_000
    assert frames[0].size == (small.WIDTH, small.HEIGHT)


def test_the_truth_beside_a_frame_is_of_that_frame() -> None:
    scene = small.scene(seconds=1.0)

    assert all(played.frame.number == played.truth.number for played in playing.at_once(scene))


def test_in_real_time_a_late_frame_is_left_out_for_a_newer_one() -> None:
    scene = small.scene(seconds=10.0)
    numbers = [played.frame.number for played in playing.in_real_time(scene, Hasty(), threading.Event())]

    assert len(numbers) < scene.script.frames
    assert numbers == sorted(set(numbers))


def test_in_real_time_the_end_is_the_end_unless_it_begins_anew() -> None:
    scene = small.scene(seconds=0.4, fps=30.0)
    stop = threading.Event()
    once = [played.frame.number for played in playing.in_real_time(scene, SystemClock(), stop)]
    again = []
    for played in playing.in_real_time(scene, SystemClock(), stop, again=True):
        again.append((played.frame.number, played.truth.number))
        if played.frame.number > scene.script.frames:
            stop.set()

    assert max(once) < scene.script.frames
    assert again[-1][1] == pytest.approx(again[-1][0] - scene.script.frames)
