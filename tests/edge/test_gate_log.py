from datetime import timedelta
from pathlib import Path

import pytest

from edge.gate_log import GateLog, Kept
from tests.edge.a_gate import NOW
from wardroom.admission import Direction, Method, Passage
from wardroom.errors import StorageGone


def kept(number: int) -> Kept:
    passage = Passage(id=f"v{number}", at=NOW + timedelta(seconds=number), direction=Direction.IN, method=Method.CODE)
    return Kept(passage=passage, occasion="congress", list="day-1", delegate=f"d{number}")


def test_what_was_kept_is_there_after_a_restart_and_what_was_removed_is_not(tmp_path: Path) -> None:
    GateLog(tmp_path / "gate.db").change([kept(1), kept(2), kept(3)], [])
    GateLog(tmp_path / "gate.db").change([kept(1), kept(4)], ["v2", "nobody"])

    assert GateLog(tmp_path / "gate.db").read() == [kept(1), kept(3), kept(4)]


def test_the_oldest_go_beyond_a_number(tmp_path: Path) -> None:
    log = GateLog(tmp_path / "gate.db", limit=3)
    for number in range(5):
        log.change([kept(number)], [])

    assert log.read() == [kept(2), kept(3), kept(4)]


def test_a_file_that_is_no_log_is_set_aside_and_a_new_one_begun(tmp_path: Path) -> None:
    (tmp_path / "gate.db").write_bytes(b"no database at all" * 100)
    log = GateLog(tmp_path / "gate.db")

    assert log.read() == []
    log.change([kept(1)], [])
    assert log.read() == [kept(1)]
    assert (tmp_path / "gate.broken").exists()


def test_a_disk_that_takes_nothing_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(StorageGone, match="cannot be written"):
        GateLog(tmp_path / "nowhere" / "gate.db").read()
