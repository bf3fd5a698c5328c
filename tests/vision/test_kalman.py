from itertools import pairwise

import numpy as np
import pytest

from vision import kalman

BOX = np.array([[100.0, 100.0, 180.0, 300.0]])


def followed(seconds: list[float], speed: float = 300.0) -> kalman.Motion:
    """Return the belief about a box that was seen at `seconds`, moving right."""
    motion = kalman.begun(kalman.measured(BOX), kalman.THINGS)
    for before, now in pairwise(seconds):
        motion = kalman.predicted(motion, now - before, kalman.THINGS)
        motion = kalman.corrected(motion, kalman.measured(BOX + np.array([speed * now, 0, speed * now, 0])))
    return motion


def test_corners_become_centre_and_sides_and_back() -> None:
    values = kalman.measured(BOX)

    assert values.tolist() == [[140, 200, 80, 200]]
    assert kalman.begun(values, kalman.THINGS).xyxy.tolist() == BOX.tolist()


@pytest.mark.parametrize("gaps", [[0.1] * 20, [0.05] * 40, [0.02, 0.3, 0.1, 0.05] * 5])
def test_the_speed_is_per_second_whatever_the_frame_rate(gaps: list[float]) -> None:
    motion = followed([0.0, *np.cumsum(gaps)])

    assert motion.speed[0] == pytest.approx([300, 0, 0, 0], abs=15)
    ahead = kalman.predicted(motion, 1.0, kalman.THINGS)
    assert ahead.xyxy[0] - motion.xyxy[0] == pytest.approx([300, 0, 300, 0], abs=15)


def test_a_belief_grows_vague_while_nothing_is_seen_and_firm_again_at_a_sighting() -> None:
    firm = followed([0.0, 0.1, 0.2, 0.3])
    vague = kalman.predicted(firm, 1.0, kalman.THINGS)
    again = kalman.corrected(vague, vague.value)

    assert (vague.value_var > firm.value_var).all()
    assert (again.value_var < vague.value_var).all()
    assert (again.rows[4] < vague.rows[4]).all()


def test_two_short_waits_are_one_long_wait() -> None:
    motion = followed([0.0, 0.1, 0.2])
    once = kalman.predicted(motion, 0.5, kalman.THINGS)
    twice = kalman.predicted(kalman.predicted(motion, 0.2, kalman.THINGS), 0.3, kalman.THINGS)

    assert twice.rows == pytest.approx(once.rows)


def test_a_thing_twice_as_near_is_followed_alike() -> None:
    near, far = kalman.measured(BOX * 2), kalman.measured(BOX)
    steps = [kalman.surprises(kalman.begun(value, kalman.THINGS), value + 0.1 * value) for value in (near, far)]

    assert steps[0][0] == pytest.approx(steps[1][0])
    assert steps[0][1] == pytest.approx(steps[1][1])


def test_a_vague_belief_is_surprised_less_but_pays_for_it() -> None:
    firm = followed([0.0, 0.1, 0.2, 0.3])
    vague = kalman.predicted(firm, 1.0, kalman.THINGS)
    here = vague.value + 20

    assert kalman.surprises(vague, here)[0].sum() < kalman.surprises(firm, here)[0].sum()
    assert kalman.surprises(vague, here)[1] > kalman.surprises(firm, here)[1]


def test_a_box_never_shrinks_to_nothing_while_it_is_not_seen() -> None:
    small = kalman.begun(kalman.measured(BOX), kalman.THINGS)
    shrinking = kalman.Motion(small.rows - np.array([0, 500, 0, 0, 0])[:, None, None])

    assert (kalman.predicted(shrinking, 5.0, kalman.THINGS).value[:, 2:] == 1.0).all()
