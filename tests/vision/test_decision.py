import gc
import random
from collections.abc import Callable
from itertools import count, pairwise
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vision.embeddings import MODEL
from tests.vision.embeddings import random as strangers
from tests.vision.sights import DESK, match, sights, told
from vision import gallery_contents
from vision.decision import Decisions, Verdict
from vision.gallery import Gallery, Match
from vision.gallery_entries import Person
from vision.liveness import Liveness, Policy
from vision.profile import Profile, check_in, door
from vision.votes import Reason, Sight

PENDING, KNOWN, UNKNOWN = Verdict.PENDING, Verdict.KNOWN, Verdict.UNKNOWN
REQUIRED: Final = Liveness(Policy.REQUIRED, least=0.5)


@pytest.mark.parametrize(
    ("letters", "verdict", "person"),
    [
        ("AAABA", KNOWN, "a"),  # 1 wrong of 5 face frames
        ("ABAAA", KNOWN, "a"),
        ("AA", PENDING, None),
        ("AABB", UNKNOWN, None),  # a tie
        ("ABABAB", UNKNOWN, None),
        ("....", UNKNOWN, None),
        ("aaaaaa", UNKNOWN, None),  # doubt, however often
        ("~~~~~", UNKNOWN, None),  # two alike
        ("!!!!!", UNKNOWN, None),  # "this is not me"
        ("A....", UNKNOWN, None),  # one lucky frame of a stranger
        ("A.A.A.A.A.", UNKNOWN, None),
        ("...AAAAAA", KNOWN, "a"),  # comes nearer
        ("A---A---A", KNOWN, "a"),  # hidden between
        ("000", UNKNOWN, None),
    ],
)
def test_who_a_track_is(letters: str, verdict: Verdict, person: str | None) -> None:
    last = told(letters)[-1]

    assert (last.verdict, last.person) == (verdict, person)


@pytest.mark.parametrize("profile", [check_in(0.37), door(0.37)])
def test_one_wrong_of_five_frames_gives_the_right_name_and_a_tie_gives_none_in_every_profile(profile: Profile) -> None:
    decisions = Decisions(profile)

    assert told("BAAAA", decisions)[-1].person == "a"
    assert told("ABABABAB", Decisions(profile))[-1].person is None


@given(st.text("AaBb.~!-", min_size=1, max_size=40))
def test_nobody_is_named_without_the_votes_for_it(letters: str) -> None:
    for place, decision in enumerate(told(letters.replace("-", ".")), 1):
        seen = letters[:place]
        assert decision.person is None or seen.count(decision.person.upper()) >= DESK.votes
        assert (decision.person is None) == (decision.verdict is not KNOWN)


@given(st.text("AaBb.~!", min_size=1, max_size=40))
def test_a_name_never_turns_straight_into_another(letters: str) -> None:
    names = [decision.person for decision in told(letters)]

    assert not [pair for pair in pairwise(names) if None not in pair and pair[0] != pair[1]]


def test_votes_that_are_too_old_do_not_count() -> None:
    late = Decisions(DESK)
    told("AA", late)
    early = Decisions(DESK)
    told("AA", early)

    assert told("A", late, first=60)[-1].votes == 1  # 12 seconds after the first
    assert told("A", early, first=45)[-1].person == "a"  # 9 seconds


def test_an_unknown_keeps_the_nearest_name_and_its_scores_for_explaining() -> None:
    last = told("aaaa")[-1]

    assert (last.reason, last.person, last.nearest) == (Reason.DOUBTFUL, None, Match("a", 0.4, "other", 0.1))


def test_a_decision_tells_what_it_rests_on() -> None:
    last = told("AA.AB")[-1]

    assert (last.track, last.votes, last.frames, last.contrary) == (7, 3, 5, 1)
    assert last.score == pytest.approx(0.7)
    assert last.first_seconds == 0.0
    assert last.last_seconds == pytest.approx(0.8)
    assert last.voted_seconds == pytest.approx(0.6)


def test_a_name_is_kept_while_the_person_turns_away_and_its_age_is_told() -> None:
    decisions = Decisions(DESK)
    told("AAAA", decisions)

    last = told("......", decisions, first=4)[-1]

    assert (last.verdict, last.person) == (KNOWN, "a")
    assert last.voted_seconds == pytest.approx(0.6)
    assert last.last_seconds == pytest.approx(1.8)


def test_votes_older_than_the_window_do_not_count() -> None:
    decisions = Decisions(DESK)
    told("AA", decisions)

    assert told("A", decisions, first=50)[-1].votes == 3  # ten seconds
    assert told("A", decisions, first=61)[-1].votes == 2


def test_three_frames_within_an_instant_are_too_early_to_be_unknown() -> None:
    decisions = Decisions(DESK)

    heard = [decisions.add(7, Sight(frame * 0.04, frame, match("."))) for frame in range(10)]

    assert [decision.verdict for decision in heard] == [PENDING] * 8 + [UNKNOWN] * 2


def test_a_frame_has_one_vote_even_with_two_faces_and_an_older_one_has_none() -> None:
    decisions = Decisions(DESK)
    for sight in sights("AA"):
        decisions.add(7, sight)
        decisions.add(7, Sight(sight.seconds, sight.frame, match(".")))
        decisions.add(7, Sight(sight.seconds, sight.frame, match("A")))
    last = decisions.add(7, Sight(0.0, 0, match("A")))

    assert (last.votes, last.frames, last.verdict) == (2, 2, PENDING)


def test_the_last_word_on_a_track_that_was_never_sure_is_unknown() -> None:
    decisions = Decisions(DESK)
    told("AA", decisions)

    last = decisions.ended(7)

    assert last is not None
    assert (last.verdict, last.person, last.reason) == (UNKNOWN, None, Reason.FEW)
    assert decisions.ended(7) is None


def test_the_last_word_on_a_named_track_is_the_name() -> None:
    decisions = Decisions(DESK)
    told("AAA", decisions)

    assert [decision.person for decision in decisions.expired(100.0)] == ["a"]
    assert len(decisions) == 0


@pytest.mark.parametrize(
    ("policy", "score", "person", "reason"),
    [
        (Policy.OFF, None, "a", Reason.NAMED),
        (Policy.OBSERVE, None, "a", Reason.NAMED),
        (Policy.OBSERVE, 0.1, "a", Reason.NAMED),
        (Policy.REQUIRED, None, None, Reason.NO_LIVENESS),  # fails closed
        (Policy.REQUIRED, 0.1, None, Reason.NOT_LIVE),
        (Policy.REQUIRED, 0.9, "a", Reason.NAMED),
    ],
)
def test_liveness_is_a_policy(policy: Policy, score: float | None, person: str | None, reason: Reason) -> None:
    last = told("AAAA", Decisions(DESK, Liveness(policy)), liveness=score)[-1]

    assert (last.person, last.reason) == (person, reason)
    assert last.liveness == (None if score is None else pytest.approx(score))
    assert last.nearest.person == "a"


def test_where_liveness_is_required_every_vote_that_is_needed_has_to_have_a_score() -> None:
    decisions = Decisions(DESK, REQUIRED)
    told("AAA", decisions)

    heard = told("AAA", decisions, first=3, liveness=0.5)  # the least that is enough

    assert [(decision.person, decision.reason) for decision in heard[:2]] == [(None, Reason.NO_LIVENESS)] * 2
    assert heard[2].person == "a"


def test_memory_stays_flat_over_100_000_frames_of_tracks_that_never_end() -> None:
    decisions, chance, frames = Decisions(DESK), random.Random(1), count()

    def run(number: int) -> None:
        for _ in range(number):
            frame = next(frames)
            track = frame // 50 * 3 + chance.randrange(3)
            decisions.add(track, Sight(frame * 0.04, frame, match(chance.choice("AB.a~"))))
            decisions.expired(frame * 0.04)

    run(5_000)
    most = len(decisions)
    objects = len(gc.get_objects())
    run(95_000)

    assert len(decisions) <= most + 10
    assert len(gc.get_objects()) < objects * 1.05


def test_beyond_the_limit_of_tracks_the_one_not_seen_for_longest_is_forgotten() -> None:
    decisions = Decisions(DESK, limit=50)
    for track in range(1_000):
        decisions.add(track, Sight(0.0, 0, match("A")))

    assert len(decisions) == 50
    assert decisions.ended(949) is None
    assert decisions.ended(950) is not None


def test_a_thousand_strangers_before_a_thousand_people(record_property: Callable[[str, object], None]) -> None:
    """Random directions in 128 dimensions are the best case; what real faces give is measured by `wardroom vision evaluate`."""
    enrolled = Gallery(gallery_contents.nothing("g1", MODEL, 128))
    enrolled.change([Person(f"p{number}", rows[None]) for number, rows in enumerate(strangers(1_000, seed=1, dimensions=128))])
    decisions = Decisions(check_in(0.37).among(len(enrolled)))
    named = 0
    for track, found in enumerate(enrolled.search(strangers(1_000, seed=2, dimensions=128), MODEL)):
        named += sum(decisions.add(track, Sight(frame * 0.2, frame, found)).verdict is KNOWN for frame in range(5)) > 0
        decisions.ended(track)

    record_property("false_accepts_of_1000_strangers", named)
    assert named <= 5
