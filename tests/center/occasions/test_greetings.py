from typing import Any

import msgspec
import pytest

from center.occasions.greetings import AGAIN_US, LATE_US, Greetings
from tests.center.factories import NOON_US
from wardroom.live import LivePassage

PASSAGE = LivePassage(
    id="v1", occasion="o", list="l", gate="gate-1", at_us=NOON_US, received_us=NOON_US, direction="in", method="face", result="checked_in",
    delegate="d1", name="Nguyễn Văn An", seat="A12",
)  # fmt: skip


def passage(**changed: Any) -> LivePassage:
    return msgspec.structs.replace(PASSAGE, **changed)


def greeted(greetings: Greetings, one: LivePassage, *, now_us: int | None = None) -> bool:
    return greetings.greet(one, photo=False, now_us=one.at_us if now_us is None else now_us) is not None


def test_who_comes_in_is_greeted_with_what_the_screen_needs() -> None:
    greeting = Greetings().greet(PASSAGE, photo=True, now_us=NOON_US)

    assert greeting is not None
    assert (greeting.id, greeting.gate, greeting.name, greeting.seat, greeting.photo) == ("v1", "gate-1", "Nguyễn Văn An", "A12", True)


@pytest.mark.parametrize(
    "changed",
    [
        {"result": "not_on_list"},
        {"result": "revoked"},
        {"result": "wrong_event"},
        {"result": "consent_withdrawn"},
        {"result": "unknown", "delegate": None},
        {"result": "undone"},
        {"result": "left", "direction": "out"},
        {"result": "already", "direction": "out"},
        {"gate": None},  # a desk without a screen
    ],
)
def test_nobody_else_is_greeted(changed: dict[str, Any]) -> None:
    assert not greeted(Greetings(), passage(**changed))


def test_a_passage_is_greeted_once_however_often_it_is_told() -> None:
    greetings = Greetings()

    assert greeted(greetings, PASSAGE)
    assert not greeted(greetings, passage(score=0.9))


def test_who_comes_again_soon_is_left_in_peace_at_any_gate() -> None:
    greetings = Greetings()
    assert greeted(greetings, PASSAGE)

    assert not greeted(greetings, passage(id="v2", gate="gate-2", result="already", at_us=NOON_US + AGAIN_US))
    assert greeted(greetings, passage(id="v3", result="already", at_us=NOON_US + AGAIN_US + 1))
    assert greeted(greetings, passage(id="v4", result="re_entered", at_us=NOON_US + AGAIN_US + 2))


def test_who_passed_long_ago_is_not_before_the_screen_any_more() -> None:
    assert greeted(Greetings(), PASSAGE, now_us=NOON_US + LATE_US)
    assert not greeted(Greetings(), PASSAGE, now_us=NOON_US + LATE_US + 1)


def test_what_it_remembers_is_bounded() -> None:
    greetings = Greetings(remembered=10)
    for number in range(100):
        assert greeted(greetings, passage(id=f"v{number}", delegate=f"d{number}"))

    assert len(greetings._passages) == len(greetings._delegates) == 10


def test_a_visit_that_turns_out_to_be_somebody_else_greets_that_one() -> None:
    greetings = Greetings()
    assert greeted(greetings, PASSAGE)

    assert greeted(greetings, passage(delegate="d2", name="Trần Thị Bình"))
    assert not greeted(greetings, passage(delegate="d2", name="Trần Thị Bình", score=0.9))


def test_after_a_restart_whoever_came_in_a_while_ago_is_left_in_peace_too() -> None:
    greetings = Greetings()
    assert not greeted(greetings, PASSAGE, now_us=NOON_US + LATE_US + 1)  # what a center that starts is shown first
    again = [passage(id=f"v{minutes}", result="already", at_us=NOON_US + minutes * 60_000_000) for minutes in (1, 4, 6)]

    assert [greeted(greetings, one) for one in again] == [False, False, True]
