from collections.abc import Iterable, Sequence

import pytest

from tests.vision.tracks import SIZE, Look, at
from vision.errors import OptionError
from vision.lines import Crossed, Line, Lines
from vision.polygons import Point
from vision.tracking import Tracked

START, END = (0.5, 0.8), (0.5, 0.2)  # upwards, so that inward is to the right
DOOR = Line("door", START, END)


def told(frames: Iterable[Tracked], line: Line = DOOR) -> list[tuple[int, bool]]:
    lines = Lines([line])
    return [(crossed.track, crossed.inward) for tracked in frames for crossed in lines.update(tracked, SIZE)]


def walk(places: Sequence[Point], rate: float = 10) -> list[Tracked]:
    return [at(number / rate, {1: place}) for number, place in enumerate(places)]


def row(*xs: float, y: float = 0.5) -> list[Point]:
    return [(x, y) for x in xs]


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        (row(0.3, 0.4, 0.6, 0.7, 0.8), [True]),
        (row(0.7, 0.6, 0.4, 0.3, 0.2), [False]),
        (row(0.3, 0.4, 0.6, 0.7, 0.8, 0.6, 0.4, 0.3, 0.2), [True, False]),  # there and back
        (row(0.3, 0.4, 0.45, 0.4, 0.3), []),  # turns around before it
        (row(0.3, 0.4, 0.6, 0.4, 0.3, 0.3), []),  # one look beyond is jitter
        (row(0.3, 0.49, 0.51, 0.49, 0.51, 0.49, 0.51), []),  # dithers on it
        (row(0.3, 0.499, 0.5, 0.501, 0.5, 0.499, 0.3), []),  # stands on it
        (row(0.3, *[0.498] * 5, *[0.502] * 5, *[0.498] * 5), []),  # sways while standing on it
        (row(0.3, 0.5, 0.5, 0.5, 0.7, 0.7, 0.8), [True]),  # rests on it, then goes on
        (row(0.1, 0.9, 0.9, 0.9), [True]),  # few frames
        (row(0.3, 0.4, 0.6, 0.7, 0.8, y=0.1), []),  # beyond the end of the line
        ([(0.4, 0.5), (0.4, 0.1), (0.6, 0.1), (0.6, 0.1), (0.6, 0.5), (0.6, 0.5), (0.6, 0.5)], []),  # around its end
        (row(0.7, 0.8, 0.9), []),  # begins on the right
    ],
)
def test_a_line_is_crossed_in_a_direction_or_not(places: list[Point], expected: list[bool]) -> None:
    assert [inward for _, inward in told(walk(places))] == expected


@pytest.mark.parametrize("rate", [3, 10, 30])
def test_a_crossing_is_told_once_whatever_the_frame_rate(rate: float) -> None:
    count = int(4 * rate)

    assert told(walk([(number / count, 0.5) for number in range(count)], rate)) == [(1, True)]


def test_two_who_pass_each_other_in_the_door_are_both_counted() -> None:
    frames = [at(now / 10, {1: (now / 20, 0.4), 2: (1 - now / 20, 0.6)}) for now in range(21)]

    assert sorted(told(frames)) == [(1, True), (2, False)]


def test_who_is_hidden_while_crossing_is_counted_when_seen_again() -> None:
    assert told([at(now / 10, {} if 8 <= now <= 12 else {1: (now / 20, 0.5)}) for now in range(21)]) == [(1, True)]


def test_only_its_labels_count() -> None:
    cars = [at(now / 10, {1: (now / 20, 0.5)}, look=Look(label=2)) for now in range(21)]

    assert told(cars, Line("door", START, END, labels=frozenset({0}))) == []
    assert told(cars, Line("door", START, END, labels=frozenset({2}))) == [(1, True)]


def test_a_crossing_says_line_track_time_and_direction() -> None:
    lines = Lines([DOOR])
    found = [one for tracked in walk(row(0.3, 0.4, 0.6, 0.7, 0.8)) for one in lines.update(tracked, SIZE)]

    assert found == [Crossed("door", 1, 0.4, inward=True)]


def test_nothing_is_kept_of_20_000_tracks_that_came_and_went() -> None:
    lines = Lines([DOOR])
    for track in range(20_000):
        lines.update(at(track, {track: (0.3, 0.5)}, ended=[track - 1]), SIZE)

    assert len(lines._watched[0].paths) == 1


@pytest.mark.parametrize(
    ("end", "sentence"),
    [((0.5, 0.805), "start and end are in one place"), ((0.5, 1.2), r"the point \(0.5, 1.2\) is not in the picture")],
)
def test_what_is_no_line_is_one_sentence(end: Point, sentence: str) -> None:
    with pytest.raises(OptionError, match=f"^door: {sentence}"):
        Line("door", START, end)


def test_two_lines_of_one_name_are_refused() -> None:
    with pytest.raises(OptionError, match="door: there are two of this name"):
        Lines([DOOR, DOOR])
