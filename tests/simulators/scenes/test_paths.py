from itertools import pairwise
from math import hypot

import pytest

from simulators.scenes.optics import Optics
from simulators.scenes.paths import GATE_M, Stance, Walk
from simulators.scenes.script import Arrival, PathName

OPTICS = Optics(1280, 720)


def walk(path: PathName = PathName.CENTRE, **more: float) -> Walk:
    return Walk(Arrival(person="a", at_s=2.0, path=path, **more), OPTICS, "0:a", 1)  # type: ignore[arg-type]


def stances(one: Walk, step_s: float = 0.05) -> list[Stance]:
    found = []
    at = one.from_s
    while at < one.to_s:
        stance = one.at(at)
        assert stance is not None
        found.append(stance)
        at += step_s
    return found


@pytest.mark.parametrize("path", list(PathName))
def test_a_walk_has_no_jumps(path: PathName) -> None:
    way = stances(walk(path))

    assert max(hypot(b.x_m - a.x_m, b.z_m - a.z_m) for a, b in pairwise(way)) < 1.2 * 0.05 * 1.01


def test_nobody_is_there_before_they_come_or_after_they_left() -> None:
    one = walk()

    assert one.at(1.99) is None
    assert one.at(one.to_s) is None


def test_they_stop_at_the_gate_as_long_as_asked() -> None:
    one = walk(pause_s=3.0)
    pausing = [stance for stance in stances(one) if stance.pausing]

    assert len(pausing) * 0.05 == pytest.approx(3.0, abs=0.1)
    assert {round(stance.z_m, 6) for stance in pausing} == {GATE_M}


def test_who_walks_faster_is_through_sooner() -> None:
    slow, quick = walk(speed_mps=0.8), walk(speed_mps=1.6)

    assert slow.to_s - quick.to_s == pytest.approx((slow.to_s - slow.from_s - 2) / 2)


def test_the_face_is_not_seen_on_the_way_back_and_never_of_who_goes_away() -> None:
    assert not any(stance.facing for stance in stances(walk(PathName.AWAY)))
    back = stances(walk(PathName.TURN_BACK))
    assert back[0].facing
    assert not back[-1].facing


def test_what_is_held_up_is_up_at_the_gate_and_down_elsewhere() -> None:
    one = walk(pause_s=4.0)
    gate = [one.at_gate(2.0 + 0.1 * step) for step, stance in enumerate(stances(one, 0.1)) if stance.pausing]

    assert gate[len(gate) // 2] == 1.0
    assert one.at_gate(2.5) == 0.0
    assert one.at_gate(one.to_s) == 0.0


@pytest.mark.parametrize(("path", "column"), [(PathName.EDGE_LEFT, 13), (PathName.EDGE_RIGHT, 1267)])
def test_a_path_along_the_edge_stops_where_the_edge_cuts_the_face(path: PathName, column: float) -> None:
    stop = next(stance for stance in stances(walk(path)) if stance.pausing)

    assert OPTICS.pixel(stop.x_m, 1.5, stop.z_m)[0] == pytest.approx(column, abs=2)
