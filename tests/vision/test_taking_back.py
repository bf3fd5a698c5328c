"""When a name goes: contrary evidence, a jump, a removal from the gallery, a liveness score that falls."""

import pytest

from tests.vision.sights import DESK, match, told
from vision.decision import Decisions, Verdict
from vision.gallery import Match
from vision.liveness import Liveness, Policy
from vision.votes import Reason, Sight

PENDING, UNKNOWN = Verdict.PENDING, Verdict.UNKNOWN
REQUIRED = Liveness(Policy.REQUIRED, least=0.5)


@pytest.mark.parametrize(
    ("letters", "kept"),
    [
        ("BB", True),  # two wrong frames
        ("BBBB", True),  # as many as its own
        ("BBBBB", True),  # more, and yet not most of all
        (".........", True),  # turned away for nine of the ten frames that count
        ("..........", False),  # nothing speaks for it any more
        ("BBBBBBBB", False),  # somebody else stands there
    ],
)
def test_a_name_is_taken_back_only_on_stronger_contrary_evidence(letters: str, kept: bool) -> None:  # noqa: FBT001 - a table
    decisions = Decisions(DESK)
    told("AAAA", decisions)

    last = told(letters, decisions, first=4)[-1]

    assert (last.person == "a") is kept
    assert last.person in {"a", None}


def test_a_name_outlives_a_long_absence_until_a_whole_window_speaks_against_it() -> None:
    decisions = Decisions(DESK)
    told("AAAA", decisions)

    heard = told("..........", decisions, first=1_000)

    assert [decision.person for decision in heard] == ["a"] * 9 + [None]
    assert heard[0].votes == 0


@pytest.mark.parametrize(("period_s", "last_s"), [(0.9, 5.4), (1.1, 5.5)])
def test_where_looks_are_rare_half_the_windows_time_is_enough_to_take_a_name_back(period_s: float, last_s: float) -> None:
    decisions = Decisions(DESK)
    told("AAAA", decisions)

    heard = [decisions.add(7, Sight(100 + look * period_s, 100 + look, match("."))) for look in range(8)]

    assert [decision.person for decision in heard[:5]] == ["a"] * 5
    assert next(each.last_seconds for each in heard if each.person is None) == pytest.approx(100 + last_s)


def test_a_track_that_turned_into_somebody_else_is_first_unknown_then_named_on_twice_the_votes() -> None:
    decisions = Decisions(DESK)
    told("AAAA", decisions)

    heard = told("B" * 16, decisions, first=4)
    names = [decision.person for decision in heard]

    assert [name for place, name in enumerate(names) if place == 0 or name != names[place - 1]] == ["a", None, "b"]
    assert names.count(None) == 2 * DESK.votes
    assert next(decision for decision in heard if decision.person is None).reason is Reason.CONTRADICTED


def test_a_track_whose_name_was_taken_back_twice_is_named_no_more() -> None:
    decisions = Decisions(DESK)

    last = told("AAAA" + "B" * 20 + "A" * 30, decisions)[-1]

    assert (last.verdict, last.reason, last.revision) == (UNKNOWN, Reason.CONTRADICTED, 2)


def test_a_jump_drops_the_votes_and_the_name() -> None:
    decisions = Decisions(DESK)
    told("AAAA", decisions)

    after = decisions.jumped(7)

    assert after is not None
    assert (after.verdict, after.person, after.frames) == (PENDING, None, 0)
    assert told("BB", decisions, first=4)[-1].person is None
    assert told("B", decisions, first=6)[-1].person == "b"
    assert decisions.jumped(99) is None


def test_somebody_removed_from_the_gallery_is_forgotten_at_once() -> None:
    decisions = Decisions(DESK)
    told("AAAB", decisions)

    (changed,) = decisions.forget("a")

    assert (changed.verdict, changed.person, changed.reason) == (UNKNOWN, None, Reason.FORGOTTEN)
    assert changed.nearest.person == "b"
    assert decisions.forget("a") == []
    assert [decision.person for decision in told("BBBB", decisions, first=4)] == [None, None, None, "b"]  # 5 votes of 8 frames


def test_somebody_removed_hands_the_name_to_nobody_else() -> None:
    decisions = Decisions(DESK)
    assert told("AAAAAABBB", decisions)[-1].person == "a"

    (changed,) = decisions.forget("a")

    assert (changed.person, changed.votes, changed.frames) == (None, 3, 9)


def test_a_frame_in_which_somebody_removed_was_second_counts_no_longer() -> None:
    decisions = Decisions(DESK)
    told("AAAA", decisions)
    for frame in (4, 5):
        decisions.add(7, Sight(frame * 0.2, frame, Match("a", 0.7, "b", 0.1)))

    (changed,) = decisions.forget("b")

    assert (changed.person, changed.votes, changed.frames) == ("a", 4, 4)


def test_a_name_whose_liveness_falls_is_taken_back() -> None:
    decisions = Decisions(DESK, REQUIRED)
    told("AAAA", decisions, liveness=0.9)

    last = told("AAAAAAA", decisions, first=4, liveness=0.1)[-1]

    assert (last.person, last.reason) == (None, Reason.NOT_LIVE)
