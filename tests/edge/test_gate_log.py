from datetime import timedelta
from pathlib import Path

import pytest

from edge.gate_log import AGAIN, Changes, GateLog, Kept
from tests.edge.a_gate import NOW
from wardroom.admission import Direction, Method, Passage
from wardroom.errors import StorageGone


def kept(number: int) -> Kept:
    passage = Passage(id=f"v{number}", at=NOW + timedelta(seconds=number), direction=Direction.IN, method=Method.CODE)
    return Kept(passage=passage, occasion="congress", list="day-1", delegate=f"d{number}")


def test_what_was_kept_is_there_after_a_restart_and_what_was_removed_is_not(tmp_path: Path) -> None:
    GateLog(tmp_path / "gate.db").change(Changes(put=[kept(1), kept(2), kept(3)]))
    GateLog(tmp_path / "gate.db").change(Changes(put=[kept(1), kept(4)], remove=["v2", "nobody"]))

    assert GateLog(tmp_path / "gate.db").read() == [kept(1), kept(3), kept(4)]


def test_the_oldest_go_beyond_a_number(tmp_path: Path) -> None:
    log = GateLog(tmp_path / "gate.db", limit=3)
    for number in range(5):
        log.change(Changes(put=[kept(number)]))

    assert log.read() == [kept(2), kept(3), kept(4)]


def test_who_was_greeted_is_known_after_a_restart_until_they_may_be_greeted_again(tmp_path: Path) -> None:
    log = GateLog(tmp_path / "gate.db", limit=3)
    log.change(Changes(greeted={"an": NOW, "binh": NOW + timedelta(minutes=1), "chi": NOW}))
    log.change(Changes(greeted={"an": NOW + timedelta(minutes=2)}, forget=["chi", "nobody"]))
    told = GateLog(tmp_path / "gate.db").greeted()
    log.change(Changes(greeted={"dung": NOW + timedelta(minutes=1) + AGAIN}))
    later = log.greeted()
    log.change(Changes(greeted={f"d{number}": NOW + timedelta(minutes=7, seconds=number) for number in range(5)}))

    assert told == {"an": NOW + timedelta(minutes=2), "binh": NOW + timedelta(minutes=1)}
    assert later.keys() == {"an", "dung"}
    assert log.greeted().keys() == {"d2", "d3", "d4"}


def test_a_file_that_is_no_log_is_set_aside_and_a_new_one_begun(tmp_path: Path) -> None:
    (tmp_path / "gate.db").write_bytes(b"no database at all" * 100)
    log = GateLog(tmp_path / "gate.db")

    assert log.read() == []
    log.change(Changes(put=[kept(1)]))
    assert log.read() == [kept(1)]
    assert (tmp_path / "gate.broken").exists()


def test_a_disk_that_takes_nothing_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(StorageGone, match="cannot be written"):
        GateLog(tmp_path / "nowhere" / "gate.db").read()
