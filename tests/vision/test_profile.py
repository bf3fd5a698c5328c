import pytest

from vision.errors import OptionError
from vision.profile import Profile, check_in, door


def test_a_door_asks_for_more_than_a_desk() -> None:
    desk, gate = check_in(0.37), door(0.37)

    assert gate.accept > desk.accept > 0.37 > desk.unknown
    assert gate.margin > desk.margin
    assert gate.votes > desk.votes >= 3
    assert gate.span_s > desk.span_s
    assert gate.share > desk.share


def test_among_more_people_a_name_takes_more() -> None:
    assert [round(check_in(0.37).among(people).accept, 2) for people in (0, 10, 1_000, 10_000, 100_000)] == [0.42, 0.42, 0.42, 0.46, 0.5]
    assert check_in(0.37).among(100_000).votes == check_in(0.37).votes
    assert door(0.9).among(10**9).accept == 1.0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("accept", 1.2),
        ("unknown", 0.6),
        ("margin", -0.1),
        ("anchor_margin", 2),
        ("votes", 0),
        ("span_s", -1),
        ("share", 0.4),
        ("window", 5),
        ("window_s", 0.1),
        ("accept", float("nan")),
    ],
)
def test_a_value_outside_its_bounds_is_refused_by_name(field: str, value: float) -> None:
    with pytest.raises(OptionError, match=f"{field}.*{value}"):
        Profile(**{"accept": 0.5, "unknown": 0.4, field: value})  # type: ignore[arg-type]
