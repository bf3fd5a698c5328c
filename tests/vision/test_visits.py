from collections.abc import Callable, Iterable
from itertools import count

import pytest

from tests.vision.tracks import SIZE, Look, at
from vision.errors import OptionError
from vision.tracking import Tracked
from vision.visits import Change, Visit, VisitEvent, VisitOptions, Visits

LABELS = ("person", "car")
PLACE = (0.5, 0.5)


def numbered() -> Callable[[], str]:
    """Return a maker of ids: v1, v2 …"""
    numbers = count(1)
    return lambda: f"v{next(numbers)}"


def visits(**options: float) -> Visits:
    return Visits(LABELS, numbered(), VisitOptions(**options))


def told(kept: Visits, frames: Iterable[Tracked]) -> list[VisitEvent]:
    return [event for number, tracked in enumerate(frames) for event in kept.update(tracked, SIZE, number)]


def scored(*scores: float, begin: int = 0) -> list[Tracked]:
    return [at((begin + number) / 10, {1: PLACE}, look=Look(score=score)) for number, score in enumerate(scores)]


def gone(now: float, *tracks: int) -> Tracked:
    return at(now, {}, ended=tracks)


def known(visit: Visit | None) -> Visit:
    assert visit is not None
    return visit


def test_a_visit_is_new_updated_and_ended_under_one_id() -> None:
    kept = visits()
    frames = [*scored(*[0.8] * 5), *scored(*[0.95] * 20, begin=5), gone(5.0, 1)]

    events = told(kept, frames)

    assert [event.type for event in events] == [Change.NEW, Change.UPDATE, Change.END]
    assert {event.after.id for event in events} == {"v1"}
    assert [event.after.end for event in events] == [None, None, 2.4]
    assert events[0].after.label == "person"
    assert events[1].before == events[0].after


@pytest.mark.parametrize(
    ("scores", "new_at"),
    [
        ([0.9, 0.9, 0.9], 1),  # the median of 0.9, 0.9 and what is missing
        ([0.9], None),  # one sighting is none
        ([0.6] * 30, None),  # never sure
        ([0.9, 0.3, 0.3, 0.3, 0.9, 0.3], None),  # sure for a moment only
        ([0.6] * 10 + [0.8] * 10, 14),  # becomes sure: half of the last ten
        ([0.71, 0.71, 0.1, 0.1, 0.1], 1),  # once sure, always
    ],
)
def test_nothing_is_told_before_the_median_of_the_scores_is_beyond_doubt(scores: list[float], new_at: int | None) -> None:
    kept = visits()
    events = told(kept, scored(*scores))
    ended = told(kept, [gone(9, 1)])

    assert [event.after.seconds for event in events if event.type is Change.NEW] == ([] if new_at is None else [pytest.approx(new_at / 10)])
    assert [event.type for event in ended] == ([] if new_at is None else [Change.END])


def test_before_it_was_new_it_was_a_false_positive() -> None:
    new = told(visits(), scored(0.9, 0.9, 0.9))[0]

    assert (new.before.false_positive, new.after.false_positive) == (True, False)
    assert new.before.start == new.after.start == 0.0
    assert (new.before.top_score, new.after.top_score) == (0.0, 0.9)


def test_what_stays_the_same_is_told_once() -> None:
    assert [event.type for event in told(visits(), scored(*[0.8, 0.82] * 200))] == [
        Change.NEW,
        Change.UPDATE,
    ]  # the update: it is stationary


def test_a_zone_is_told_at_once_and_entered_zones_are_kept() -> None:
    kept = visits()
    zones: list[tuple[str, ...]] = [(), (), (), ("yard",), ("yard", "door"), ("door",), ()]

    events = [
        event
        for number, inside in enumerate(zones)
        for event in kept.update(at(number / 10, {1: PLACE}), SIZE, number, lambda _, inside=inside: inside)  # type: ignore[misc]
    ]

    assert [event.after.current_zones for event in events] == [(), ("yard",), ("yard", "door"), ("door",), ()]
    assert events[-1].after.entered_zones == ("yard", "door")


def test_a_name_that_is_found_later_is_told_once() -> None:
    kept = visits()
    told(kept, scored(0.9, 0.9, 0.9))
    kept.recognise(1, "p-17", 0.61)
    kept.recognise(2, "nobody", 0.9)  # there is no such track

    events = told(kept, scored(0.9, 0.9, begin=3))

    assert [(event.type, event.before.sub_label, event.after.sub_label) for event in events] == [(Change.UPDATE, None, ("p-17", 0.61))]


def test_a_name_that_is_taken_back_is_told_and_a_score_that_changes_is_not() -> None:
    kept = visits()
    told(kept, scored(0.9, 0.9, 0.9))
    kept.recognise(1, "p-17", 0.61)
    told(kept, scored(0.9, begin=3))
    kept.recognise(1, "p-17", 0.66)
    assert told(kept, scored(0.9, begin=4)) == []

    kept.recognise(1, None)
    events = told(kept, scored(0.9, begin=5))

    assert [(event.before.sub_label, event.after.sub_label) for event in events] == [(("p-17", 0.61), None)]


def test_a_name_is_told_even_while_nobody_is_seen() -> None:
    kept = visits()
    told(kept, scored(0.9, 0.9, 0.9))
    kept.recognise(1, "p-17", 0.61)

    assert [event.type for event in kept.update(at(0.4, {}, unseen=[1, 5]), SIZE, 4)] == [Change.UPDATE]


def test_the_best_shot_is_uncut_then_surer_then_larger() -> None:
    kept = visits()
    looks = [
        ((0.03, 0.5), Look(score=0.95)),  # at the edge
        (PLACE, Look(score=0.75)),  # whole
        (PLACE, Look(score=0.76)),  # hardly surer
        (PLACE, Look(score=0.74, side=120)),  # larger
        (PLACE, Look(score=0.85, side=110)),  # surer
        ((0.03, 0.5), Look(score=0.99, side=200)),  # at the edge again
        (PLACE, Look(score=0.5, side=300)),  # large, but unsure
    ]
    best = []
    for number, (place, look) in enumerate(looks):
        kept.update(at(number, {1: place}, look=look), SIZE, number)
        best.append(known(kept.visit(1)).best.frame)

    assert best == [0, 1, 1, 3, 4, 4, 4]


def test_better_pictures_alone_are_told_no_oftener_than_once_a_second() -> None:
    approaching = [at(number / 10, {1: PLACE}, look=Look(side=100 * 1.1**number)) for number in range(21)]

    events = told(visits(calm_s=1.0), approaching)

    assert [round(event.after.seconds, 1) for event in events] == [0.1, 1.1]


def test_it_is_stationary_after_a_while_in_place_and_moves_on() -> None:
    places = [(0.5, 0.5)] * 150 + [(0.5 + 0.01 * step, 0.5) for step in range(20)]
    kept = visits(still_s=10)

    events = told(kept, [at(number / 10, {1: place}) for number, place in enumerate(places)])

    turns = [(event.after.stationary, event.after.position_changes) for event in events if event.type is Change.UPDATE]
    assert turns == [(True, 0), (False, 1)]
    assert [event.after.seconds for event in events if event.after.stationary] == [10.0]


def test_each_track_is_a_visit_of_its_own() -> None:
    kept = visits()
    both = [at(number / 10, {1: (0.2, 0.5), 2: (0.8, 0.5)}, look=Look(label=1)) for number in range(3)]

    events = told(kept, [*both, gone(3, 1, 2)])

    assert [(event.type, event.after.id, event.after.label) for event in events] == [
        (Change.NEW, "v1", "car"),
        (Change.NEW, "v2", "car"),
        (Change.END, "v1", "car"),
        (Change.END, "v2", "car"),
    ]


def test_a_camera_that_is_gone_ends_every_visit_that_was_told() -> None:
    kept = visits()
    told(kept, [at(number / 10, {1: (0.2, 0.5), 2: (0.8, 0.5)}) for number in range(3)])
    kept.update(at(0.3, {3: (0.5, 0.5)}), SIZE, 3)

    assert [(event.type, event.after.id) for event in kept.close()] == [(Change.END, "v1"), (Change.END, "v2")]
    assert kept.close() == ()


def test_nothing_is_kept_of_5_000_tracks_that_came_and_went() -> None:
    kept = visits()
    for track in range(5_000):
        kept.update(at(track, {track: PLACE}, ended=[track - 1]), SIZE, track)

    assert len(kept._kept) == 1
    assert kept.visit(5) is None


@pytest.mark.parametrize(("name", "value"), [("threshold", 1.2), ("still_s", -1.0), ("calm_s", float("nan"))])
def test_an_option_out_of_its_bounds_is_named(name: str, value: float) -> None:
    with pytest.raises(OptionError, match=rf"visits\.{name}: {value} is outside"):
        visits(**{name: value})
