from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from wardroom.gate_choice import away, chosen

EIGHT = datetime(2026, 5, 20, 8, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Door:
    id: str
    occasion: str = "congress"
    list: str = "day-1"
    rehearsal: bool = False
    starts: datetime | None = None
    ends: datetime | None = None


@dataclass(frozen=True)
class Guest:
    id: str
    occasion: str = "congress"
    lists: tuple[str, ...] = ("day-1",)


def on(day: int, name: str, occasion: str = "congress") -> Door:
    """Return a gate of a list from eight to five of a day."""
    starts = EIGHT + day * DAY
    return Door(name, occasion, name, starts=starts, ends=starts + timedelta(hours=9))


ALWAYS = Door("always", list="always")
REHEARSED = Door("rehearsed", "meeting", "meeting", rehearsal=True, starts=EIGHT, ends=EIGHT + DAY)


@pytest.mark.parametrize(
    ("doors", "hour", "meant"),
    [
        ((on(0, "first"), on(1, "second")), 1, "first"),
        ((on(0, "first"), on(1, "second")), -0.5, "first"),  # early on the first day is not the second
        ((on(0, "first"), on(1, "second")), 10, "first"),  # late on it neither
        ((on(0, "first"), on(1, "second")), 23.5, "second"),
        ((on(-1, "left-open", "yesterday"), on(0, "today")), 0.5, "today"),
        ((ALWAYS, on(0, "today")), 1, "today"),  # what began last is the most particular
        ((ALWAYS, on(0, "today")), -1, "always"),
        ((REHEARSED, on(1, "open")), 1, "open"),  # what counts comes before what is erased
        ((REHEARSED,), 1, "rehearsed"),
        ((REHEARSED, on(-30, "forgotten", "last month")), 1, "rehearsed"),
        ((Door("for tomorrow", "meeting", "meeting", rehearsal=True, starts=EIGHT + DAY), on(0, "overrun")), 11, "overrun"),
        ((Door("b"), Door("a")), 1, "a"),
    ],
)
def test_of_the_gates_at_one_camera_the_one_whose_time_it_is_counts(doors: tuple[Door, ...], hour: float, meant: str) -> None:
    at = EIGHT + timedelta(hours=hour)
    assert {chosen(order, [], at)[0].id for order in permutations(doors)} == {meant}
    assert chosen(doors, [], at)[1] is None


def test_of_two_lists_at_one_door_at_one_time_each_gets_its_own() -> None:
    doors = (Door("gate-1", list="delegates"), Door("gate-2", list="guests"))
    for lists, meant in ((("delegates",), "gate-1"), (("guests",), "gate-2"), (("guests", "delegates"), "gate-1"), ((), "gate-1")):
        for order in permutations(doors):
            assert chosen(order, [Guest("an", lists=lists)], EIGHT)[0].id == meant


def test_a_person_who_is_a_delegate_of_two_occasions_is_the_one_of_this_gate() -> None:
    here, there = Guest("an-here"), Guest("zz-there", "meeting", ("meeting",))
    for who in ([here, there], [there, here]):
        assert chosen([Door("gate")], who, EIGHT) == (Door("gate"), here)


def test_who_is_a_delegate_of_another_occasion_alone_is_still_somebody() -> None:
    there = Guest("an", "meeting", ("meeting",))
    assert chosen([Door("gate")], [there], EIGHT) == (Door("gate"), there)


def test_a_list_without_limits_is_held_always() -> None:
    assert away(ALWAYS, EIGHT) == timedelta()
    assert away(Door("till-eight", ends=EIGHT), EIGHT + timedelta(hours=2)) == timedelta(hours=2)
    assert away(Door("from-eight", starts=EIGHT), EIGHT - timedelta(hours=2)) == timedelta(hours=2)
