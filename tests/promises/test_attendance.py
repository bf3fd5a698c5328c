"""Each delegate is counted once and nobody is forgotten, whatever is away: attendance equals the truth, passage by passage.

Three gates tell a seeded story through their outboxes. The truth is what they were told, counted by the rules of admission alone.
"""

import time
from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Final

import pytest

from simulators import schedule
from simulators.arrivals import Curve, Shares, story
from simulators.attendance import Told
from simulators.congress_setup import other_occasion
from simulators.delegates import COUNT, delegates
from simulators.schedule import Pace, scheduled
from tests.promises.conftest import Build
from tests.promises.hall import GATES, GATEWAYS, STARTING_S, Hall, Opened
from tests.promises.scale import FULL, SEED, note, some
from tests.promises.scenery import Wanted
from wardroom.admission import Direction, Method, Result

pytestmark = [pytest.mark.servers, pytest.mark.timeout(1_800 if FULL else 240)]

CURVE = Curve(first_s=-900.0, peak_s=-420.0, last_s=-60.0, late_s=240.0)
"""Twenty minutes in which all come; who leaves and returns takes some more."""
TIMES = 10.0 if FULL else 60.0
FEW = COUNT if FULL else 60
PAIRS: Final = 20
SHARES = Shares()
CHANCE = Random(SEED)


@pytest.fixture(scope="module")
def hall(build: Build) -> Iterator[Hall]:
    with build(Wanted(edges=0, gates=GATEWAYS)) as arena:
        made = Hall(arena)
        made.sign_in()
        other_occasion(made.organiser, story(delegates(SEED), GATES, SEED, CURVE, SHARES))
        yield made


def told_story(hall: Hall, opened: Opened, who_count: int, seed: int, *, through_line: bool = False) -> tuple[Told, ...]:
    """Write a whole story that begins in a moment."""
    who = delegates(SEED, who_count)
    day = story(who, GATES, seed, CURVE, SHARES)
    start_us = round((time.time() + STARTING_S) * 1e6)
    told = scheduled(day, Pace(start_us=start_us, times=TIMES), opened.people, seed)
    hall.write(told, through_line=through_line)
    return told


def opened_for(hall: Hall, count: int, seed: int) -> Opened:
    who = delegates(SEED, count)
    return hall.opened(who, story(who, GATES, seed, CURVE, SHARES).revoked)


def test_215_delegates_in_twenty_minutes_with_the_center_away_for_five(hall: Hall) -> None:
    opened = opened_for(hall, COUNT, SEED)
    told = told_story(hall, opened, COUNT, SEED)
    begins_s = told[0].at_us / 1e6
    with hall.arrivals():
        wait_until(begins_s + 5 * 60 / TIMES)
        hall.arena.kill("center")
        wait_until(begins_s + 10 * 60 / TIMES)
        hall.arena.start(["center"])
    figures = hall.judged(opened)
    minutes = (told[-1].at_us - told[0].at_us) / 1e6 * TIMES / 60
    note("attendance, center away", minutes=round(minutes, 1), times=TIMES, **figures)

    assert figures["passages"] == len(told) > COUNT


@pytest.mark.parametrize("part", some(["ingest", "broker", "database"], 1, "attendance"))
def test_whoever_is_killed_during_arrivals_everybody_is_counted_once(hall: Hall, part: str) -> None:
    opened = opened_for(hall, FEW, SEED + 1)
    told = told_story(hall, opened, FEW, SEED + 1)
    begins_s, length_s = told[0].at_us / 1e6, (told[-1].at_us - told[0].at_us) / 1e6
    with hall.arrivals():
        wait_until(begins_s + length_s / 4)
        hall.arena.kill(part)
        time.sleep(length_s / 4)
        hall.arena.start([part])
    note(f"attendance, {part} killed", **hall.judged(opened))


def test_a_gate_that_is_killed_tells_again_and_nobody_is_counted_twice(hall: Hall) -> None:
    opened = opened_for(hall, FEW, SEED + 2)
    told = told_story(hall, opened, FEW, SEED + 2)
    with hall.arrivals():
        wait_until((told[0].at_us + told[-1].at_us) / 2e6)
        hall.gates.kill()
        hall.gates.start(60.0)
    note("attendance, gates killed", **hall.judged(opened))


def passage(opened: Opened, delegate: int, at_us: int, gate: str, method: Method = Method.FACE) -> Told:
    code = delegates(SEED, FEW)[delegate - 1].code if method is Method.CODE else None
    return Told(
        id=schedule.visit(at_us, CHANCE),
        at_us=at_us,
        gate=gate,
        direction=Direction.OUT if gate == "exit" else Direction.IN,
        method=method,
        delegate=delegate,
        person=opened.people[delegate],
        code=code,
    )


def soon_us() -> int:
    return round((time.time() + STARTING_S) * 1e6)


def results(hall: Hall, opened: Opened) -> Counter[Result]:
    return Counter(one.counted.result for one in hall.organiser.passages(opened.occasion).values())


def test_three_cameras_and_a_badge_within_a_minute_are_one_check_in_and_three_sightings(hall: Hall) -> None:
    opened = opened_for(hall, FEW, SEED)
    at_us = soon_us()
    seen = [("north", Method.FACE), ("south", Method.FACE), ("side", Method.FACE), ("north", Method.CODE)]
    told = [passage(opened, 1, at_us + number * 400_000, gate, method) for number, (gate, method) in enumerate(seen)]
    hall.write(told)
    with hall.arrivals():
        pass
    figures = hall.judged(opened)
    note("attendance, three cameras and a badge", **figures)

    assert results(hall, opened) == {Result.CHECKED_IN: 1, Result.ALREADY: 3}
    assert figures["checked_in"] == 1


@pytest.mark.parametrize("offline", [False, True], ids=["online", "offline"])
def test_two_gates_at_the_same_instant_are_one_success_and_one_already(hall: Hall, *, offline: bool) -> None:
    opened = opened_for(hall, FEW, SEED)
    at_us = soon_us()
    told = [passage(opened, number, at_us, gate) for number in range(1, PAIRS + 1) for gate in ("north", "south")]
    hall.write(told, through_line=True)
    with hall.arrivals():
        if offline:
            hall.arena.set_line(cut=True)
            hall.all_told()
            assert hall.organiser.passages(opened.occasion) == {}, "the center cannot know yet"
            hall.arena.set_line()
    said = hall.organiser.passages
    figures = hall.judged(opened)
    note("attendance, two gates at once", offline=offline, **figures)

    assert results(hall, opened) == {Result.CHECKED_IN: PAIRS, Result.ALREADY: PAIRS}
    by_delegate = Counter(one.counted.delegate for one in said(opened.occasion).values() if one.counted.result is Result.CHECKED_IN)
    assert by_delegate == dict.fromkeys(range(1, PAIRS + 1), 1)


def test_the_later_of_two_gates_that_were_offline_is_the_one_marked(hall: Hall) -> None:
    opened = opened_for(hall, FEW, SEED)
    at_us = soon_us()
    told = [passage(opened, 1, at_us + 600_000, "north"), passage(opened, 1, at_us, "south")]
    hall.write(told, through_line=True)
    with hall.arrivals():
        hall.arena.set_line(cut=True)
        hall.all_told()
        hall.arena.set_line()
    hall.judged(opened)
    said = hall.organiser.passages(opened.occasion)

    assert {one.gate: one.counted.result for one in said.values()} == {"north": Result.ALREADY, "south": Result.CHECKED_IN}


def wait_until(at_s: float) -> None:
    time.sleep(max(0.0, at_s - time.time()))
