from datetime import UTC, datetime

from simulators import congress_truth, gate_scene, hall
from simulators.attendance import Counted, Told
from simulators.congress_setup import Made
from simulators.organiser import Occasion, Passage
from wardroom.admission import Direction, Method, Result

NOW_US = 1_790_000_000_000_000
MINUTE_US = 60_000_000


def told(name: str, minutes_ago: float, gate: str, delegate: int | None, code: str | None = None) -> Told:
    method = Method.FACE if code is None else Method.CODE
    at_us = NOW_US - int(minutes_ago * MINUTE_US)
    direction = Direction.OUT if gate == hall.EXIT.id else Direction.IN
    return Told(id=name, at_us=at_us, gate=gate, direction=direction, method=method, delegate=delegate, person="p", code=code)


FACES = (told("a", 5, hall.SIDE.id, 1), told("b", 4, hall.EXIT.id, 1), told("later", -5, hall.SIDE.id, 2))
BADGES = (told("c", 3, hall.MAIN.id, 2, "WR1:2"), told("d", -3, hall.MAIN.id, 3, "WR1:3"))
MADE = Made(
    occasion=Occasion("o", "l", {1: "x", 2: "y", 3: "z"}),
    told=FACES,
    shown=BADGES,
    scene=gate_scene.scene(BADGES, NOW_US - 6 * MINUTE_US, {}),
    start_us=NOW_US - 6 * MINUTE_US,
    revoked={9: datetime.fromtimestamp(0, UTC)},
)
NOTED = {"a", "b"}


def passage(result: Result, delegate: int | None, at_us: int, gate: str = hall.SIDE.id) -> Passage:
    return Passage(gate, Counted(result, delegate, at_us))


SAID = {
    "a": passage(Result.CHECKED_IN, 1, FACES[0].at_us),
    "b": passage(Result.LEFT, 1, FACES[1].at_us, hall.EXIT.id),
    "read": passage(Result.CHECKED_IN, 2, NOW_US - 3 * MINUTE_US + 5, hall.MAIN.id),
}


def test_what_was_told_and_what_was_read_from_pixels_is_right() -> None:
    found, _ = congress_truth.compared(MADE, NOTED, SAID, NOW_US)

    assert found.is_right
    assert (found.told, found.right, found.shown, found.seen) == (2, 3, 1, 1)


def test_a_badge_that_nobody_read_is_told_and_is_no_mistake_in_the_attendance() -> None:
    found, _ = congress_truth.compared(MADE, NOTED, {name: one for name, one in SAID.items() if name != "read"}, NOW_US)

    assert found.is_right
    assert (found.shown, found.seen) == (1, 0)


def test_a_passage_that_is_lost_counted_twice_or_made_up_is_seen() -> None:
    lost, _ = congress_truth.compared(MADE, NOTED, {name: one for name, one in SAID.items() if name != "b"}, NOW_US)
    twice, _ = congress_truth.compared(MADE, NOTED, SAID | {"again": passage(Result.CHECKED_IN, 2, NOW_US, hall.MAIN.id)}, NOW_US)
    made_up, _ = congress_truth.compared(MADE, NOTED, SAID | {"ghost": passage(Result.CHECKED_IN, 4, NOW_US, hall.MAIN.id)}, NOW_US)

    assert (lost.missing, twice.wrong, made_up.unknown) == (1, 1, 1)
    assert [one.is_right for one in (lost, twice, made_up)] == [False] * 3
