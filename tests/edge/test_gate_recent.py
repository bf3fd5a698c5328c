import msgspec

from edge.gate_recent import FRESH_US, Recent
from tests.edge.factories import NOW_US
from tests.edge.test_gate_screen import greeting


def test_of_a_visit_the_last_word_is_said_again() -> None:
    recent = Recent()
    recent.put(greeting("v1"))
    recent.put(greeting("v2"))
    recent.put(msgspec.structs.replace(greeting("v1"), name="Trần Thị Bình"))

    assert [(one.id, one.name) for one in recent.of("cong-1", NOW_US)] == [("v2", "Nguyễn Văn An"), ("v1", "Trần Thị Bình")]


def test_what_is_old_or_of_a_clock_that_was_set_back_is_forgotten() -> None:
    recent = Recent()
    for visit, at_us in (("old", NOW_US - FRESH_US - 1), ("fresh", NOW_US - FRESH_US), ("ahead", NOW_US + FRESH_US + 1)):
        recent.put(greeting(visit, at_us=at_us))

    assert [one.id for one in recent.of("cong-1", NOW_US)] == ["fresh"]
    assert len(recent) == 1


def test_beyond_a_number_the_oldest_go() -> None:
    recent = Recent(most=3)
    for number in range(5):
        recent.put(greeting(f"v{number}"))

    assert [one.id for one in recent.of("cong-1", NOW_US)] == ["v2", "v3", "v4"]
