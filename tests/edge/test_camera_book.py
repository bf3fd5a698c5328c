from datetime import UTC, datetime
from pathlib import Path

from edge.camera_book import CameraBook
from wardroom.camera_events import CameraReason, CameraState, CameraStatusData

AT = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)


def test_what_was_told_is_known_after_a_restart_until_it_is_forgotten(tmp_path: Path) -> None:
    book = CameraBook(tmp_path / "cameras.json")
    gate = CameraStatusData("gate", CameraState.ONLINE, AT)
    hall = CameraStatusData("hall", CameraState.OFFLINE, AT, CameraReason.STALL, "no picture")
    for data in (gate, CameraStatusData("hall", CameraState.ONLINE, AT), hall):
        book.note(data)

    again = CameraBook(tmp_path / "cameras.json")
    assert again.told("hall") == hall
    assert again.others({"hall"}) == [gate]

    again.forget("gate")
    again.forget("nobody")
    assert CameraBook(tmp_path / "cameras.json").told("gate") is None
    assert CameraBook(tmp_path / "cameras.json").told("hall") == hall
