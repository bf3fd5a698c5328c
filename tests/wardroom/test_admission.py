import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardroom.admission import ADMITTED, Direction, Method, Passage, Result, Standing, results

NINE = datetime(2026, 11, 26, 9, tzinfo=UTC)
IN, OUT = Direction.IN, Direction.OUT


def passage(name: str, minute: float = 0, direction: Direction = IN, method: Method = Method.FACE, **more: bool) -> Passage:
    return Passage(id=name, at=NINE + timedelta(minutes=minute), direction=direction, method=method, **more)


PASSAGES = st.lists(
    st.builds(
        passage,
        st.uuids().map(str),
        st.integers(0, 5),
        st.sampled_from(Direction),
        st.sampled_from(Method),
        overridden=st.booleans(),
        undone=st.booleans(),
    ),
    max_size=12,
    unique_by=lambda one: one.id,
)
STANDINGS = st.builds(
    Standing,
    occasion=st.booleans(),
    listed=st.booleans(),
    revoked=st.none() | st.just(NINE + timedelta(minutes=2)),
    consent_withdrawn=st.none() | st.just(NINE + timedelta(minutes=3)),
)


def test_whoever_is_seen_by_three_cameras_and_by_a_badge_within_a_minute_is_checked_in_once() -> None:
    seen = [passage("a", 0.1), passage("b", 0.3), passage("c", 0.9), passage("q", 0.5, method=Method.CODE)]

    assert results(Standing(), seen) == {
        "a": Result.CHECKED_IN,
        "b": Result.ALREADY,
        "q": Result.ALREADY,
        "c": Result.ALREADY,
    }


def test_of_two_gates_at_the_same_instant_exactly_one_checks_in() -> None:
    assert sorted(results(Standing(), [passage("b"), passage("a")]).values()) == [Result.ALREADY, Result.CHECKED_IN]


def test_an_exit_makes_room_for_a_re_entry_and_an_exit_of_nobody_counts_for_nothing() -> None:
    seen = [passage("out of nowhere", 0, OUT), passage("in", 1), passage("out", 2, OUT), passage("out again", 3, OUT), passage("back", 4)]

    assert list(results(Standing(), seen).values()) == [
        Result.ALREADY,
        Result.CHECKED_IN,
        Result.LEFT,
        Result.ALREADY,
        Result.RE_ENTERED,
    ]


@pytest.mark.parametrize(
    ("standing", "method", "expected"),
    [
        (Standing(occasion=False), Method.CODE, Result.WRONG_EVENT),
        (Standing(occasion=False, revoked=NINE), Method.FACE, Result.WRONG_EVENT),
        (Standing(listed=False), Method.FACE, Result.NOT_ON_LIST),
        (Standing(revoked=NINE), Method.CODE, Result.REVOKED),
        (Standing(revoked=NINE + timedelta(seconds=1)), Method.CODE, Result.CHECKED_IN),  # was valid then
        (Standing(consent_withdrawn=NINE), Method.FACE, Result.CONSENT_WITHDRAWN),
        (Standing(consent_withdrawn=NINE), Method.CODE, Result.CHECKED_IN),  # a badge needs no consent
    ],
)
def test_validity_comes_before_anything_else(standing: Standing, method: Method, expected: Result) -> None:
    assert results(standing, [passage("a", method=method)])["a"] is expected


def test_whoever_is_not_valid_is_told_so_however_often_they_come() -> None:
    assert set(results(Standing(listed=False), [passage("a"), passage("b", 1)]).values()) == {Result.NOT_ON_LIST}


def test_an_override_counts_and_what_is_undone_does_not() -> None:
    seen = [passage("wrong", undone=True), passage("let in", 1, method=Method.HAND, overridden=True), passage("again", 2)]

    assert results(Standing(listed=False), seen) == {"wrong": Result.UNDONE, "let in": Result.CHECKED_IN, "again": Result.NOT_ON_LIST}


@pytest.mark.parametrize("standing", [Standing(listed=False), Standing(revoked=NINE), Standing(occasion=False)])
def test_whoever_was_let_in_and_leaves_is_not_inside_any_more_though_they_are_not_valid(standing: Standing) -> None:
    seen = [
        passage("let in", method=Method.HAND, overridden=True),
        passage("out", 1, OUT, Method.CODE),
        passage("again", 2, OUT, Method.CODE),
    ]

    found = results(standing, seen)
    assert (found["let in"], found["out"]) == (Result.CHECKED_IN, Result.LEFT)
    assert found["again"] not in {Result.LEFT, Result.ALREADY}


def test_a_face_that_must_not_be_known_is_not_known_on_its_way_out_either() -> None:
    seen = [passage("in", method=Method.CODE), passage("out", 1, OUT)]

    assert results(Standing(consent_withdrawn=NINE), seen)["out"] is Result.CONSENT_WITHDRAWN


@given(STANDINGS, PASSAGES, st.randoms())
def test_the_order_and_the_repeats_of_arrival_change_nothing(standing: Standing, seen: list[Passage], random: object) -> None:
    shuffled = seen + seen
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # Hypothesis's own Random

    assert results(standing, shuffled) == results(standing, seen)


@given(STANDINGS, PASSAGES)
def test_nobody_is_checked_in_twice_and_nobody_enters_who_is_inside(standing: Standing, seen: list[Passage]) -> None:
    found = results(standing, seen)
    counted = [found[one.id] for one in sorted(seen, key=lambda one: (one.at, one.id)) if found[one.id] in ADMITTED | {Result.LEFT}]

    assert counted.count(Result.CHECKED_IN) <= 1
    assert all((one in ADMITTED) != (following in ADMITTED) for one, following in itertools.pairwise(counted))
