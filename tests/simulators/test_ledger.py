import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from simulators.ledger import Entry, Ledger, Mark, Reader, SeriesKey, files, is_closed, is_written
from wardroom.errors import StorageError, StorageFull
from wardroom.senml import Reading
from wardroom.topics import Gateway

GATEWAY = Gateway("tdp-01", "gw-1")


def reading(number: int, sensor: str = "air") -> Reading:
    return Reading(sensor, "temperature", "Cel", number / 7, 1_790_000_000_000_000 + number)


def test_what_was_recorded_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "a.ledger"
    ticks = iter(range(1, 10))
    with Ledger(file, monotonic_ns=lambda: next(ticks)) as ledger:
        ledger.record(GATEWAY, [reading(1), reading(2, "water")], mark=Mark.LIVE, session=3)
        ledger.record(GATEWAY, [reading(3)], mark=Mark(0), session=70_000)
    reader = Reader(file)

    air, water = SeriesKey("tdp-01", "gw-1", "air", "temperature"), SeriesKey("tdp-01", "gw-1", "water", "temperature")
    assert list(reader) == [
        Entry(air, Mark.LIVE, 3, reading(1).observed_us, reading(1).value, 1),
        Entry(water, Mark.LIVE, 3, reading(2).observed_us, reading(2).value, 1),
        Entry(air, Mark(0), 70_000, reading(3).observed_us, reading(3).value, 2),
    ]
    assert reader.closed
    assert ledger.count == 3
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_growing_ledger_is_read_on_from_where_it_was_left(tmp_path: Path) -> None:
    file = tmp_path / "a.ledger"
    reader = Reader(file)
    with Ledger(file) as ledger:
        ledger.record(GATEWAY, [reading(1)], mark=Mark.LIVE, session=1)
        assert [entry.time_us for entry in reader] == [reading(1).observed_us]
        assert is_written(file)
        ledger.record(GATEWAY, [reading(2), reading(3, "water")], mark=Mark.LIVE, session=1)
        assert [entry.time_us for entry in reader] == [reading(2).observed_us, reading(3).observed_us]
        assert not reader.closed
        assert not is_closed(file)
    assert list(reader) == []
    assert reader.closed
    assert is_closed(file)
    assert not is_written(file)


@pytest.mark.parametrize("torn", [1, 16, 31])
def test_a_torn_end_is_left_out(tmp_path: Path, torn: int) -> None:
    file = tmp_path / "a.ledger"
    with Ledger(file) as ledger:
        ledger.record(GATEWAY, [reading(1), reading(2)], mark=Mark.LIVE, session=1)
        ledger.record(GATEWAY, [reading(3)], mark=Mark.LIVE, session=1)
    os.truncate(file, file.stat().st_size - 32 - torn)

    assert [entry.time_us for entry in Reader(file)] == [reading(1).observed_us, reading(2).observed_us]


def test_a_ledger_is_never_written_over(tmp_path: Path) -> None:
    file = tmp_path / "a.ledger"
    with Ledger(file):
        pass

    with pytest.raises(StorageError, match=r"a\.ledger"), Ledger(file):
        pass


def test_bytes_that_are_no_ledger_are_one_clear_error(tmp_path: Path) -> None:
    file = tmp_path / "a.ledger"
    file.write_bytes(b"\1" * 64)

    with pytest.raises(StorageError, match="damaged"):
        list(Reader(file))


def test_a_full_disk_is_one_clear_error_and_leaves_a_ledger_that_goes_on(tmp_path: Path) -> None:
    file = tmp_path / "a.ledger"
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with Ledger(file) as ledger:
        ledger.record(GATEWAY, [reading(1)], mark=Mark.LIVE, session=1)
        resource.setrlimit(resource.RLIMIT_FSIZE, (file.stat().st_size + 70, hard))
        try:
            with pytest.raises(StorageFull, match="the disk is full"):
                ledger.record(GATEWAY, [reading(2, "water"), reading(2)], mark=Mark.LIVE, session=1)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
        ledger.record(GATEWAY, [reading(3, "water"), reading(3)], mark=Mark.LIVE, session=1)

    entries = [(entry.key.sensor, entry.time_us) for entry in Reader(file)]
    assert entries == [(one.sensor, one.observed_us) for one in (reading(1), reading(3, "water"), reading(3))]
    assert is_closed(file)


WRITER = """
import sys
from pathlib import Path
from simulators.ledger import Ledger, Mark
from wardroom.senml import Reading
from wardroom.topics import Gateway
number = 0
with Ledger(Path(sys.argv[1])) as ledger:
    while True:
        number += 1
        reading = Reading("air", "temperature", "Cel", number / 7, 1_790_000_000_000_000 + number)
        ledger.record(Gateway("tdp-01", "gw-1"), [reading], mark=Mark.LIVE, session=1)
        sys.stdout.write(f"{number}\\n")
        sys.stdout.flush()
"""


def test_a_killed_writer_has_recorded_everything_it_went_on_from(tmp_path: Path) -> None:
    file = tmp_path / "a.ledger"
    writer = subprocess.Popen((sys.executable, "-c", WRITER, str(file)), stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    for _ in range(2_000):
        writer.stdout.readline()
    time.sleep(0.01)
    writer.send_signal(signal.SIGKILL)
    with writer:
        told = writer.stdout.read().splitlines()
    last = int(told[-1]) if told else 2_000
    reader = Reader(file)
    entries = list(reader)

    assert [entry.time_us - 1_790_000_000_000_000 for entry in entries] == list(range(1, len(entries) + 1))
    assert last <= len(entries) <= last + 1
    assert not reader.closed
    assert not is_closed(file)
    assert not is_written(file)
    assert files(tmp_path) == [file]
