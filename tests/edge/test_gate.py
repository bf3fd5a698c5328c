from datetime import timedelta
from typing import Any

import msgspec
import pytest

from edge.gate import DECIDED, Decision, Gate
from edge.gate_log import Changes, Kept
from tests.edge.a_gate import AN, BINH, CONGRESS, IN, NOW, code, face, listed, stranger
from wardroom.admission import Direction, Method, Passage, Result
from wardroom.gate_list import NOTHING, GateList
from wardroom.sight_events import Change, SightData


def gate(expected: GateList | None = None) -> Gate:
    made = Gate()
    made.follow(expected or listed())
    return made


def decided(watched: Gate, *seen: SightData) -> list[Decision]:
    return [outcome.decision for data in seen if (outcome := watched.seen(data)).decision is not None]


def results(watched: Gate, *seen: SightData) -> list[Result]:
    return [decision.result for decision in decided(watched, *seen)]


def test_a_face_and_a_badge_are_greeted_by_name_and_counted_once() -> None:
    watched = gate()
    by_face, by_code = decided(watched, face("person-an", "v1"), code("a" * 64, "v2", after_s=20))

    assert (by_face.result, by_code.result) == (Result.CHECKED_IN, Result.ALREADY)
    assert by_face.greeting is not None
    greeting = msgspec.to_builtins(by_face.greeting)
    assert (
        greeting | {"id": "v1", "gate": "cong-1", "occasion": "congress", "title": "Đồng chí", "name": "Nguyễn Văn An", "seat": "A1"}
        == greeting
    )
    assert by_code.greeting is None


@pytest.mark.parametrize(
    ("changed", "seen", "result"),
    [
        ({"revoked": NOW}, face("person-an", "v"), Result.REVOKED),
        ({"revoked": NOW}, code("a" * 64, "v"), Result.REVOKED),
        ({"consent_withdrawn": NOW}, face("person-an", "v"), Result.CONSENT_WITHDRAWN),
        ({"consent_withdrawn": NOW}, code("a" * 64, "v"), Result.CHECKED_IN),  # a badge needs no consent to recognition
        ({"lists": ()}, face("person-an", "v"), Result.NOT_ON_LIST),
        ({"occasion": "another"}, code("a" * 64, "v"), Result.WRONG_EVENT),
        ({}, face("nobody", "v"), Result.UNKNOWN),
        ({}, code("c" * 64, "v"), Result.UNKNOWN),
        ({}, stranger("v"), Result.UNKNOWN),
    ],
)
def test_who_is_not_valid_is_told_apart_and_not_greeted(changed: dict[str, Any], seen: SightData, result: Result) -> None:
    (decision,) = decided(gate(listed(msgspec.structs.replace(AN, **changed))), seen)

    assert decision.result is result
    assert (decision.greeting is not None) == (result is Result.CHECKED_IN)


def test_out_and_in_again_is_a_re_entry() -> None:
    seen = [face("person-an", "v1"), face("person-an", "v2", after_s=60, camera="exit"), face("person-an", "v3", after_s=120)]

    assert results(gate(), *seen) == [Result.CHECKED_IN, Result.LEFT, Result.RE_ENTERED]


def test_who_comes_by_again_is_greeted_again_after_five_minutes_only() -> None:
    greeted = [
        one.greeting is not None
        for one in decided(gate(), *(face("person-an", f"v{number}", after_s=after) for number, after in enumerate((0, 10, 299, 301, 400))))
    ]

    assert greeted == [True, False, False, True, False]


def test_a_visit_that_turns_out_to_be_somebody_else_counts_for_them_alone() -> None:
    watched = gate()
    first = watched.seen(face("person-an", "v1"))
    second = watched.seen(face("person-binh", "v1", change=Change.UPDATE))
    end = watched.seen(face("person-binh", "v1", change=Change.END))

    assert [one.delegate for one in first.changes.put] == ["an"]
    assert (second.changes.remove, [one.delegate for one in second.changes.put]) == (["v1"], ["binh"])
    assert end.decision is None
    assert results(watched, face("person-an", "v2", after_s=5)) == [Result.CHECKED_IN]


def test_a_name_that_is_taken_back_takes_its_passage_with_it() -> None:
    watched = gate()
    watched.seen(face("person-an", "v1"))

    assert watched.seen(stranger("v1", change=Change.UPDATE)).changes.remove == ["v1"]
    assert len(watched) == 0


def test_a_restart_remembers_who_came_and_an_opening_forgets_the_rehearsal() -> None:
    def kept(visit: str, before_s: float, occasion: str = "congress") -> Kept:
        passage = Passage(id=visit, at=NOW - timedelta(seconds=before_s), direction=Direction.IN, method=Method.FACE)
        return Kept(passage=passage, occasion=occasion, list="day-1", delegate="an" if occasion == "congress" else "binh")

    watched = Gate([kept("rehearsed", 2 * 3_600), kept("came", 60), kept("of old", 60, "last year")])
    assert sorted(watched.follow(listed()).remove) == ["of old", "rehearsed"]
    (decision,) = decided(watched, face("person-an", "v1"))
    assert (decision.result, decision.greeting) == (Result.ALREADY, None)
    assert sorted(watched.follow(NOTHING).remove) == ["came"]


def test_who_is_gone_from_the_list_leaves_nothing_behind() -> None:
    watched = gate()
    watched.seen(face("person-an", "v1"))

    assert watched.follow(listed(BINH)) == Changes(remove=["v1"], forget=["an"])
    assert (len(watched), watched._of, watched._greeted) == (0, {}, {})
    assert results(watched, face("person-an", "v2"), code("a" * 64, "v3")) == [Result.UNKNOWN, Result.UNKNOWN]


def test_a_camera_without_a_gate_decides_nothing() -> None:
    assert decided(gate(), face("person-an", "v1", camera="yard")) == []
    assert decided(gate(listed(gates=(msgspec.structs.replace(IN, camera=None),))), face("person-an", "v1")) == []


def test_at_a_camera_of_two_gates_the_one_counts_whose_list_has_the_delegate() -> None:
    other = msgspec.structs.replace(IN, id="other", occasion="fair", list="fair-day")
    occasions = (CONGRESS, msgspec.structs.replace(CONGRESS, id="fair"))
    (decision,) = decided(gate(listed(gates=(other, IN), occasions=occasions)), face("person-an", "v1"))

    assert (decision.gate.id, decision.result) == ("cong-1", Result.CHECKED_IN)


def test_no_more_than_a_number_of_visits_is_remembered() -> None:
    watched = gate()
    for number in range(DECIDED + 50):
        watched.seen(stranger(f"v{number}"))

    assert len(watched._decided) == DECIDED


def test_an_occasion_that_nobody_closed_takes_none_of_todays_delegates() -> None:
    yesterday = msgspec.structs.replace(
        IN, id="a-gate", occasion="yesterday", list="yesterday", starts=NOW - timedelta(hours=26), ends=NOW - timedelta(hours=17)
    )
    today = msgspec.structs.replace(IN, starts=NOW - timedelta(hours=1), ends=NOW + timedelta(hours=8))
    occasions = (CONGRESS, msgspec.structs.replace(CONGRESS, id="yesterday"))
    guest = msgspec.structs.replace(AN, id="guest", occasion="yesterday", lists=("yesterday",), person="guest", badge=None)

    watched = gate(listed(AN, guest, gates=(yesterday, today), occasions=occasions))

    assert results(watched, face("person-an", "v1"), face("guest", "v2")) == [Result.CHECKED_IN, Result.WRONG_EVENT]


def test_a_staff_card_is_the_badge_of_every_occasion_it_is_given_to() -> None:
    there = msgspec.structs.replace(AN, id="zz-an-there", occasion="yesterday", lists=("yesterday",))

    for delegates in ((AN, there), (there, AN)):
        (decision,) = decided(gate(listed(*delegates)), code("a" * 64, "v1"))
        assert (decision.result, decision.delegate) == (Result.CHECKED_IN, AN)
