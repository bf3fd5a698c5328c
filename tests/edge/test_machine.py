from pathlib import Path

from edge.machine import measured
from edge.wire_clock import WireClock, instant
from tests.edge.factories import NOW_US, SetClock
from wardroom.senml import ABSOLUTE_US


def zone(folder: Path, name: str, content: str) -> None:
    (folder / name).mkdir()
    (folder / name / "temp").write_text(content)


def test_the_hottest_zone_is_the_temperature(tmp_path: Path) -> None:
    zone(tmp_path, "thermal_zone0", "48321\n")
    zone(tmp_path, "thermal_zone1", "52000\n")
    zone(tmp_path, "thermal_zone2", "asleep\n")

    assert measured(tmp_path, tmp_path).temperature_c == 52.0


def test_a_machine_without_zones_has_no_temperature(tmp_path: Path) -> None:
    machine = measured(tmp_path, tmp_path)

    assert machine.temperature_c is None
    assert machine.rss_bytes > 1_000_000
    assert machine.disk_free_bytes > 0


def test_a_folder_that_is_gone_has_no_space(tmp_path: Path) -> None:
    assert measured(tmp_path / "gone", tmp_path).disk_free_bytes == 0


def test_a_clock_that_was_never_set_tells_times_the_wire_can_carry() -> None:
    assert WireClock(SetClock(5_000_000)).now_us() == ABSOLUTE_US + 5_000_000
    assert WireClock(SetClock(NOW_US, 7.0)).now_us() == NOW_US
    assert WireClock(SetClock(NOW_US, 7.0)).monotonic() == 7.0


def test_an_instant_keeps_the_microsecond() -> None:
    assert instant(NOW_US + 123_457).isoformat() == "2026-05-28T20:26:40.123457+00:00"
