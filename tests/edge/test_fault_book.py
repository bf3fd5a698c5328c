from pathlib import Path

import pytest
from structlog.testing import capture_logs

from edge.fault_book import FaultBook, Standing
from wardroom.messages import SensorFaultData, SensorFaultReason, SensorRecoveredData

STUCK, SILENT = SensorFaultReason.STUCK, SensorFaultReason.NO_ANSWER


def test_what_was_told_is_known_after_a_restart(tmp_path: Path) -> None:
    book = FaultBook(tmp_path / "faults.json")
    book.note(SensorFaultData("air", STUCK), 5)
    book.note(SensorFaultData("rain", SILENT), 7)
    book.note(SensorFaultData("air", SILENT), 9)  # another reason: the fault lasts from the first
    book.note(SensorRecoveredData("rain", 2.0), 11)
    book.note(SensorRecoveredData("never told", 2.0), 12)

    again = FaultBook(tmp_path / "faults.json")

    assert again.standing("air") == Standing(SILENT, 5)
    assert again.standing("rain") is None
    assert again.others({"rain"}) == {"air": Standing(SILENT, 5)}
    assert again.others({"air"}) == {}


@pytest.mark.parametrize("broken", [b"", b"{", b"[]", b"\xff", b'{"air": {"reason": "bored", "since_us": 1}}'])
def test_a_broken_book_is_said_and_begun_anew(tmp_path: Path, broken: bytes) -> None:
    file = tmp_path / "faults.json"
    file.write_bytes(broken)

    with capture_logs() as logs:
        book = FaultBook(file)
    book.note(SensorFaultData("air", STUCK), 5)

    assert [line["log_level"] for line in logs] == ["warning"]
    assert FaultBook(file).standing("air") == Standing(STUCK, 5)


def test_a_disk_that_takes_nothing_stops_nobody(tmp_path: Path) -> None:
    book = FaultBook(tmp_path / "no folder" / "faults.json")

    with capture_logs() as logs:
        book.note(SensorFaultData("air", STUCK), 5)

    assert book.standing("air") == Standing(STUCK, 5)
    assert [line["event"] for line in logs] == ["notes cannot be written"]
