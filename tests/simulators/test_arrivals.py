from collections import Counter
from dataclasses import replace

import pytest

from simulators.arrivals import FOREIGN, Curve, Gate, Shares, story
from simulators.delegates import delegates
from wardroom.admission import Direction, Method

WHO = delegates(1)
GATES = (Gate("main"), Gate("side"), Gate("exit", Direction.OUT))
STORY = story(WHO, GATES, 1)
COMING = [one for one in STORY.comings if one.delegate is not None]
FIRST = {one.delegate: one for one in reversed(COMING) if one.direction is Direction.IN}


def test_the_same_seed_is_the_same_story_and_it_is_told_in_order() -> None:
    assert story(WHO, GATES, 1) == STORY != story(WHO, GATES, 2)
    assert [one.at_s for one in STORY.comings] == sorted(one.at_s for one in STORY.comings)


def test_most_come_in_the_half_hour_before_the_start_some_late_and_a_few_never() -> None:
    early = [one for one in FIRST.values() if -1_800 <= one.at_s <= -180]
    late = [one for one in FIRST.values() if one.at_s > 0]

    assert len(early) / len(WHO) > 0.75
    assert 8 <= len(late) <= 16
    assert len(WHO) - len(FIRST) == round(0.04 * len(WHO))


def test_there_is_a_peak() -> None:
    by_quarter = Counter(int(one.at_s // 300) for one in FIRST.values())
    (busiest, most), *_ = by_quarter.most_common()

    assert -5 <= busiest <= -2
    assert most > 2 * by_quarter[-7]


def test_some_are_at_two_gates_at_the_same_instant_by_face_and_by_badge() -> None:
    moments = Counter((one.delegate, one.at_s) for one in COMING)
    doubled = [key for key, times in moments.items() if times == 2]

    assert len(doubled) == Shares().doubles
    for delegate, at_s in doubled:
        two = [one for one in COMING if (one.delegate, one.at_s) == (delegate, at_s)]
        assert {one.method for one in two} == {Method.FACE, Method.CODE}
        assert len({one.gate for one in two}) == 2


def test_some_leave_and_most_of_those_return() -> None:
    gone = {one.delegate: one.at_s for one in COMING if one.direction is Direction.OUT}
    back = {
        who
        for who, at_s in gone.items()
        if any(one.delegate == who and one.at_s > at_s and one.direction is Direction.IN for one in COMING)
    }

    assert (len(gone), len(back)) == (Shares().returning + Shares().leaving, Shares().returning)


def test_nobody_leaves_where_no_gate_leads_out() -> None:
    assert all(one.direction is Direction.IN for one in story(WHO, GATES[:2], 1).comings)


def test_strangers_and_badges_of_another_occasion_are_nobody_of_the_list() -> None:
    nobody = [one for one in STORY.comings if one.delegate is None]

    assert {one.stranger for one in nobody if one.method is Method.FACE} == set(range(Shares().strangers))
    assert [str(one.code).startswith(FOREIGN) for one in nobody if one.method is Method.CODE] == [True] * Shares().foreign
    assert len(STORY.revoked) == Shares().revoked
    assert set(FIRST) >= STORY.revoked


def test_a_badge_is_shown_where_it_is_read_and_nowhere_else() -> None:
    codes = {one.number: one.code for one in WHO}

    assert all(one.code == (codes[one.delegate] if one.method is Method.CODE else None) for one in COMING if one.delegate is not None)


@pytest.mark.parametrize("gates", [GATES, GATES[:1]])
def test_a_short_story_of_few_people_is_one_too(gates: tuple[Gate, ...]) -> None:
    few = replace(Shares(), doubles=1, again=1, returning=1, leaving=0, strangers=1, foreign=1, revoked=0)
    told = story(WHO[:5], gates, 3, Curve(first_s=-10, peak_s=-5, last_s=-1, late_s=5), few)

    assert {one.gate for one in told.comings} <= {gate.id for gate in gates}
    assert not told.revoked
