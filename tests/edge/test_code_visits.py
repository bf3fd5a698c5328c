from hashlib import sha256
from itertools import count

from edge.code_visits import LIMIT, MOST, MOST_S, STAY_S, CodeVisits
from edge.sightings import Moment
from tests.edge.factories import NOW_US
from wardroom.sight_events import CodeReadData


def visits(**options: float) -> CodeVisits:
    numbers = count(1)
    return CodeVisits("gate", lambda: f"visit-{next(numbers)}", **options)  # type: ignore[arg-type] # one option, of its own kind


def told(watched: CodeVisits, seconds: float, *texts: str) -> list[CodeReadData]:
    return list(watched.update(texts, Moment(NOW_US + round(seconds * 1_000_000), seconds)))


def test_a_code_held_before_the_camera_is_one_visit_however_often_it_is_read() -> None:
    watched = visits()
    first = told(watched, 0.0, "WR1:0042")
    again = [one for seconds in (0.2, 5.0, 5.0 + STAY_S) for one in told(watched, seconds, "WR1:0042")]

    assert [(one.visit, one.digest) for one in first] == [("visit-1", sha256(b"WR1:0042").hexdigest())]
    assert again == []


def test_a_code_unseen_for_ten_seconds_is_a_new_visit_when_it_comes_again() -> None:
    watched = visits()
    seen = told(watched, 0.0, "a") + told(watched, STAY_S + 0.1, "a")

    assert [one.visit for one in seen] == ["visit-1", "visit-2"]


def test_two_codes_in_one_picture_are_two_visits() -> None:
    assert [one.visit for one in told(visits(), 0.0, "a", "b", "a")] == ["visit-1", "visit-2"]


def test_the_text_itself_is_never_told() -> None:
    (one,) = told(visits(), 0.0, "Nguyễn Văn An")

    assert "An" not in repr(one)


def test_codes_are_forgotten_when_they_are_gone_and_beyond_a_number() -> None:
    watched = visits(most=LIMIT + 10)
    told(watched, 0.0, *(f"code {number}" for number in range(LIMIT + 10)))
    assert len(watched) == LIMIT

    told(watched, STAY_S + 1)
    assert len(watched) == 0


def test_a_telephone_that_shows_one_code_after_the_other_fills_no_outbox_and_who_stays_is_told_later() -> None:
    watched = visits()
    flood = [one for number in range(500) for one in told(watched, number / 100, f"code {number}", f"more {number}")]
    meanwhile = [one for second in range(6, 60) for one in told(watched, float(second), "a guest's")]
    later = told(watched, MOST_S, "a guest's")

    assert len(flood) == MOST
    assert meanwhile == []
    assert [one.digest for one in later] == [sha256(b"a guest's").hexdigest()]
