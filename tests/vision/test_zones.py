from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vision.tracks import SIZE, Look, at
from vision.errors import OptionError
from vision.polygons import Point
from vision.tracking import Tracked
from vision.zones import Crowded, Dispersed, Entered, Left, Loitering, Zone, ZoneEvent, Zones

LEFT_HALF = ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0))
IN, OUT = (0.25, 0.5), (0.75, 0.5)


def half(**options: object) -> Zone:
    return Zone("half", LEFT_HALF, **options)  # type: ignore[arg-type]


def told(zone: Zone, frames: Iterable[tuple[float, Tracked]], settle_s: float = 0.3) -> list[ZoneEvent]:
    zones = Zones([zone], settle_s)
    return [event for now, tracked in frames for event in zones.update(tracked, SIZE, now)]


def walk(places: Sequence[Point], rate: float = 10) -> list[tuple[float, Tracked]]:
    return [(number / rate, at(number / rate, {1: place})) for number, place in enumerate(places)]


def numbers(event: ZoneEvent) -> dict[str, float]:
    names = ("seconds", "since", "stayed_s", "lasted_s", "count", "track")
    return {name: getattr(event, name) for name in names if hasattr(event, name)}


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ([OUT] * 10, []),
        ([OUT] * 3 + [IN] * 10, [Entered("half", 1, 0.6, since=0.3)]),
        ([IN] * 10, [Entered("half", 1, 0.3, since=0.0)]),  # was inside when it was first seen
        ([OUT] * 3 + [IN] * 10 + [OUT] * 5, [Entered("half", 1, 0.6, since=0.3), Left("half", 1, 1.6, stayed_s=1.0)]),
        ([OUT] * 3 + [IN, IN, OUT] * 5, []),  # dithers on the edge, never long enough
        ([IN] * 5 + [OUT, IN] * 5 + [IN] * 3, [Entered("half", 1, 0.3, since=0.0)]),  # stays in while it dithers
    ],
)
def test_a_track_enters_and_leaves_when_it_has_settled(places: list[Point], expected: list[ZoneEvent]) -> None:
    found = told(half(), walk(places))

    assert [type(event) for event in found] == [type(event) for event in expected]
    for event, other in zip(found, expected, strict=True):
        assert numbers(event) == pytest.approx(numbers(other))


@pytest.mark.parametrize("rate", [2, 10, 25])
def test_it_loiters_after_seconds_whatever_the_frame_rate_and_is_told_once(rate: float) -> None:
    found = told(half(loiter_s=20), walk([IN] * int(60 * rate), rate))

    loitering = [event for event in found if isinstance(event, Loitering)]
    assert len(loitering) == 1
    assert loitering[0].seconds == pytest.approx(20, abs=1.01 / rate)
    assert loitering[0].stayed_s == pytest.approx(loitering[0].seconds)


def test_who_comes_back_may_loiter_again() -> None:
    found = told(half(loiter_s=1), walk([IN] * 20 + [OUT] * 10 + [IN] * 20))

    assert [type(event) for event in found] == [Entered, Loitering, Left, Entered, Loitering]


def test_a_track_that_ends_inside_has_left_when_it_was_last_seen() -> None:
    frames = [*walk([IN] * 11), (1.1, at(1.1, {}, unseen=[1])), (3.5, at(3.5, {}, ended=[1]))]

    assert told(half(), frames)[-1] == Left("half", 1, 3.5, stayed_s=1.0)


def test_a_track_that_ends_outside_has_not_left_anything() -> None:
    assert told(half(), [*walk([OUT] * 5), (3.0, at(3.0, {}, ended=[1, 7]))]) == []


def test_so_many_for_so_long_are_a_crowd_told_once_until_it_is_over() -> None:
    three = {track: (0.1 + 0.1 * track, 0.5) for track in range(3)}
    counts = [1] * 10 + [3] * 40 + [1] * 10
    seen = [three if count == 3 else {0: three[0]} for count in counts]
    frames = [(now / 10, at(now / 10, seen[now], ended=[1, 2] if counts[now] < counts[max(now - 1, 0)] else [])) for now in range(60)]

    found = [event for event in told(half(crowd=3, crowd_s=2.0), frames) if isinstance(event, Crowded | Dispersed)]

    assert [type(event) for event in found] == [Crowded, Dispersed]
    assert numbers(found[0]) == pytest.approx({"seconds": 3.3, "since": 1.3, "count": 3})  # at 1.0, and 0.3 to settle
    assert numbers(found[1]) == pytest.approx({"seconds": 5.3, "lasted_s": 3.7, "count": 1})


def test_who_is_hidden_for_a_moment_still_counts() -> None:
    both = {1: (0.1, 0.5), 2: (0.3, 0.5)}
    frames = [(now / 10, at(now / 10, both if now < 8 or now % 3 else {1: (0.1, 0.5)})) for now in range(60)]

    assert Crowded in {type(event) for event in told(half(crowd=2, crowd_s=2.0), frames)}


def test_only_its_labels_count() -> None:
    cars = [(now / 10, at(now / 10, {1: IN}, look=Look(label=2))) for now in range(20)]

    assert told(half(labels=frozenset({0})), cars) == []
    assert len(told(half(labels=frozenset({0, 2})), cars)) == 1


def test_it_stands_where_its_feet_are() -> None:
    floor = Zone("floor", ((0, 0.5), (1, 0.5), (1, 1), (0, 1)))

    assert len(told(floor, [(now / 10, at(now / 10, {1: (0.5, 0.6)}, look=Look(side=500))) for now in range(9)])) == 1


@pytest.mark.parametrize("place", [(0.5, 1.0), (0.5, 1.02), (1.0, 0.9), (0.0, 0.9)])
def test_whom_the_pictures_edge_cuts_off_is_in_the_zone_that_reaches_it(place: Point) -> None:
    whole = Zone("whole", ((0, 0), (1, 0), (1, 1), (0, 1)))

    assert len(told(whole, [(now / 10, at(now / 10, {1: place})) for now in range(9)])) == 1


def test_zones_say_who_is_inside() -> None:
    zones = Zones([half(), Zone("upper", ((0, 0), (1, 0), (1, 0.6), (0, 0.6)))])
    for now in range(10):
        zones.update(at(now / 10, {1: IN, 2: OUT}), SIZE, now / 10)

    assert [zones.inside(track) for track in (1, 2, 3)] == [("half", "upper"), ("upper",), ()]


@pytest.mark.parametrize(
    ("corners", "sentence"),
    [
        (((0, 0), (1, 1)), "2 corners are no area; give 3 to 100"),
        (((0, 0), (0.5, 0.5), (1, 1)), "so small an area"),  # in one line
        (((0, 0), (1, 1), (1, 0), (0, 1)), "its edges cross"),
        (((0, 0), (640, 0), (640, 480)), r"the point \(640, 0\) is not in the picture"),
        (((0, 0), (1, 0), (1, float("nan"))), r"the point \(1, nan\)"),
        (((0, 0),) * 101, "101 corners"),
    ],
)
def test_corners_that_make_no_area_are_one_sentence(corners: tuple[Point, ...], sentence: str) -> None:
    with pytest.raises(OptionError, match=f"^door: .*{sentence}") as caught:
        Zone("door", corners)

    assert caught.value.sentence("vi").startswith("door: ")


@pytest.mark.parametrize(("name", "value"), [("loiter_s", -1.0), ("crowd", 0), ("crowd_s", float("nan")), ("loiter_s", 1e9)])
def test_a_limit_out_of_its_bounds_is_named(name: str, value: float) -> None:
    with pytest.raises(OptionError, match=rf"half\.{name}: \S+ is outside"):
        half(**{name: value})


def test_two_zones_of_one_name_are_refused() -> None:
    with pytest.raises(OptionError, match="half: there are two of this name"):
        Zones([half(), half()])


@given(st.lists(st.one_of(st.none(), st.floats(0, 1)), max_size=60), st.floats(0, 1))
def test_entering_and_leaving_take_turns_and_nothing_stays_of_a_track_that_ended(xs: list[float | None], settle_s: float) -> None:
    zones = Zones([half(loiter_s=0.5, crowd=1)], settle_s)
    events: list[ZoneEvent] = []
    for number, x in enumerate(xs):
        now = number / 5
        events += zones.update(at(now, {} if x is None else {1: (x, 0.5)}, unseen=[1] if x is None else []), SIZE, now)
    events += zones.update(at(99, {}, ended=[1]), SIZE, 99)

    turns = [type(event) for event in events if isinstance(event, Entered | Left)]
    assert turns == [Entered, Left] * (len(turns) // 2)
    assert all(event.stayed_s >= 0 for event in events if isinstance(event, Left | Loitering))
    assert zones.inside(1) == ()
    assert not zones._watched[0].stays


def test_nothing_is_kept_of_20_000_tracks_that_came_and_went() -> None:
    zones = Zones([half(loiter_s=1)], 0)
    for track in range(20_000):
        zones.update(at(track, {track: IN}, ended=[track - 1]), SIZE, track)

    assert len(zones._watched[0].stays) == 1
