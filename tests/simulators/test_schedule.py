from pathlib import Path
from uuid import UUID

import pytest

from simulators import schedule
from simulators.arrivals import Gate, story
from simulators.delegates import delegates
from simulators.schedule import Pace, scheduled
from wardroom.admission import Direction, Method
from wardroom.errors import ConfigError

WHO = delegates(1)
STORY = story(WHO, (Gate("main"), Gate("exit", Direction.OUT)), 1)
PEOPLE = {one.number: f"person-{one.number}" for one in WHO}
START_US = 1_790_000_000_000_000
TOLD = scheduled(STORY, Pace(start_us=START_US, times=60), PEOPLE, 1)


def test_twenty_minutes_pass_in_so_many_seconds_and_nobody_overtakes() -> None:
    spans = [one.at_us for one in TOLD]
    story_s = STORY.comings[-1].at_s - STORY.comings[0].at_s

    assert spans[0] == START_US
    assert spans == sorted(spans)
    assert (spans[-1] - spans[0]) / 1e6 == pytest.approx(story_s / 60, abs=1e-3)


def test_every_passage_has_an_id_of_its_own_instant() -> None:
    ids = [UUID(one.id) for one in TOLD]

    assert len(set(ids)) == len(TOLD)
    assert {one.version for one in ids} == {7}
    assert [one.int >> 80 for one in ids] == [told.at_us // 1_000 for told in TOLD]


def test_a_face_is_somebodys_and_a_badge_is_a_text() -> None:
    for one in TOLD:
        assert one.person == (None if one.delegate is None else PEOPLE[one.delegate])
        assert (one.code is not None) == (one.method is Method.CODE)
        assert one.foreign == (one.delegate is None and one.code is not None)


def test_a_schedule_is_read_as_it_was_written(tmp_path: Path) -> None:
    schedule.write(TOLD, tmp_path / "told.jsonl")

    assert schedule.read(tmp_path / "told.jsonl") == TOLD
    assert [file.name for file in tmp_path.iterdir()] == ["told.jsonl"]


def test_a_file_that_is_no_schedule_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "bad").write_text("{}\n")

    with pytest.raises(ConfigError, match="cannot be read"):
        schedule.read(tmp_path / "bad")
    with pytest.raises(ConfigError):
        schedule.read(tmp_path / "absent")
