from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vision.sights import DESK, match, sights
from vision.gallery import NO_SCORE, NOBODY, Match
from vision.votes import Reason, Sight, Tally, judged, tallied, voted

NAN: Final = float("nan")


def tally_of(frames: list[Sight], least: int) -> Tally:
    return tallied(frames, voted(frames, DESK), DESK, least)


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (Match("a", 0.45, "b", 0.39), Reason.NAMED),  # on the thresholds
        (Match("a", 0.45), Reason.NAMED),  # nobody else is enrolled
        (Match("a", 0.44, "b", 0.1), Reason.DOUBTFUL),
        (Match("a", 0.29, "b", 0.1), Reason.LOW),
        (Match("a", 0.45, "b", 0.40), Reason.CLOSE),
        (Match("a", 0.7, "b", 0.1, "m1", 0.65), Reason.BARRED),  # the anchor is behind, but within its margin
        (Match("a", 0.7, "b", 0.1, "m1", 0.64), Reason.NAMED),
        (NOBODY, Reason.NOBODY),
        (Match("a", NAN, "b", 0.1), Reason.LOW),  # no number is no reason for a name
        (Match("a", 0.7, "b", NAN), Reason.CLOSE),
        (Match("a", 0.7, "b", 0.1, "m1", NAN), Reason.BARRED),
    ],
)
def test_a_frame_may_vote_or_says_why_not(found: Match, reason: Reason) -> None:
    assert judged(found, DESK) is reason


@given(
    score=st.floats(-1, 1),
    second=st.floats(-1, 1),
    anchor_score=st.floats(-1, 1),
)
def test_an_anchor_only_ever_takes_a_vote_away(score: float, second: float, anchor_score: float) -> None:
    without = judged(Match("a", score, "b", min(score, second)), DESK)
    anchored = judged(Match("a", score, "b", min(score, second), "m1", anchor_score), DESK)

    assert anchored in {without, Reason.BARRED}


@pytest.mark.parametrize(
    ("letters", "person", "votes", "reason"),
    [
        ("AAABA", "a", 4, Reason.NAMED),  # 1 wrong of 5
        ("AAA", "a", 3, Reason.NAMED),
        ("AA", "a", 2, Reason.FEW),
        ("AAA.", "a", 3, Reason.NAMED),
        ("AAA..", "a", 3, Reason.OUTVOTED),  # strangers' frames count against
        ("AAAaa", "a", 3, Reason.OUTVOTED),  # and so do doubtful ones
        ("AABB", None, 2, Reason.TIED),
        ("AAABBB", None, 3, Reason.TIED),
        ("AAABB", "a", 3, Reason.OUTVOTED),
        (".....", None, 0, Reason.LOW),
        ("aaa.", None, 0, Reason.DOUBTFUL),
        ("~~~", None, 0, Reason.CLOSE),
        ("!!!", None, 0, Reason.BARRED),
        ("000", None, 0, Reason.NOBODY),
        ("", None, 0, Reason.FEW),
    ],
)
def test_the_frames_of_a_track_vote(letters: str, person: str | None, votes: int, reason: Reason) -> None:
    tally = tally_of(list(sights(letters)), DESK.votes)

    assert (tally.person, tally.votes, tally.reason) == (person, votes, reason)


def test_votes_within_an_instant_are_too_close() -> None:
    burst = [sight for sight in sights("AAAA") if sight.seconds < 0.5]

    assert tally_of(burst[:3], 2).reason is Reason.NAMED
    assert tally_of(burst[:2], 2).reason is Reason.SHORT


def test_the_span_is_of_the_votes_and_not_of_all_frames() -> None:
    early = Sight(0.0, 0, match("."))
    burst = [Sight(2.0 + frame * 0.04, frame, match("A")) for frame in range(1, 5)]

    assert tally_of([early, *burst], 3).reason is Reason.SHORT


def test_votes_are_told_by_person() -> None:
    assert {person: len(votes) for person, votes in voted(sights("AB.Ab~"), DESK).items()} == {"a": 2, "b": 1}
    assert match(".").score > NO_SCORE
