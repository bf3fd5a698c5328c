from pathlib import Path

import pytest

from simulators.scenes import truth
from simulators.scenes.noted import Noted
from simulators.scenes.playing import at_once
from simulators.scenes.script import Arrival, PathName
from tests.simulators.scenes import small
from wardroom.errors import ConfigError


def noted(*arrivals: Arrival, **more: object) -> truth.Truth:
    scene = small.scene(*arrivals, **more)
    known = Noted(scene)
    for _ in known.watched(at_once(scene)):
        pass
    return known.truth()


def test_the_truth_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    whole = noted(Arrival(person="drawn-1", at_s=0.5, badge="x"), Arrival(person="drawn-2", at_s=1, path=PathName.AWAY))
    truth.written(tmp_path / "truth.jsonl", truth.lines(whole))

    assert truth.read(tmp_path / "truth.jsonl") == whole
    assert len((tmp_path / "truth.jsonl").read_text().splitlines()) == 1 + whole.scene.frames + 2


def test_a_visit_says_who_when_and_whether_known() -> None:
    whole = noted(
        Arrival(person="drawn-1", at_s=1.0), Arrival(person="drawn-2", at_s=2.0, path=PathName.AWAY), width=1280, height=720,
        enrolled=("drawn-1",),
    )  # fmt: skip
    first, second = whole.visits

    assert (first.person, first.known, second.person, second.known) == ("drawn-1", True, "drawn-2", False)
    assert first.from_s == 1.0
    assert first.usable_s is not None
    assert first.from_s < first.usable_s < first.to_s
    assert first.usable_frames > 5
    assert second.usable_s is None
    assert whole.scene.enrolled == {"drawn-1": "1"}


def test_a_visit_shows_another_picture_than_the_one_to_enrol() -> None:
    whole = noted(*(Arrival(person="drawn-1", at_s=float(number)) for number in range(6)), seconds=8.0)

    assert {visit.picture for visit in whole.visits} <= {"2", "3"}


@pytest.mark.parametrize("text", ["{", "{}", '{"type":"frame","number":0,"at_s":0.0,"level":"dim"}', '{"type":"scene"}'])
def test_a_file_that_is_no_truth_is_refused_in_one_sentence(text: str, tmp_path: Path) -> None:
    (tmp_path / "t.jsonl").write_text(text)

    with pytest.raises(ConfigError, match="cannot be read as a scene"):
        truth.read(tmp_path / "t.jsonl")


def test_a_truth_that_cannot_be_written_or_found_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be written"):
        truth.written(tmp_path / "no" / "t.jsonl", ())
    with pytest.raises(ConfigError, match=r"t\.jsonl"):
        truth.read(tmp_path / "t.jsonl")
