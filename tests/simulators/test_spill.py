from pathlib import Path
from random import Random

import pytest

from simulators.spill import Record, in_order


@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 10_000])
def test_records_come_out_in_order_whatever_their_number(count: int, tmp_path: Path) -> None:
    chance = Random(5)
    records = [Record(chance.randrange(4), 1_790_000_000_000_000 - chance.randrange(10**15), chance.gauss(), False) for _ in range(count)]

    assert [record[:2] for record in in_order(records, tmp_path, run_length=100)] == sorted(record[:2] for record in records)
    assert sorted(in_order(records, tmp_path, run_length=100)) == sorted(records)
    assert not list(tmp_path.iterdir())


def test_the_last_series_number_and_doubt_survive(tmp_path: Path) -> None:
    record = Record(2**32 - 1, 253_402_300_799_999_999, -0.5, True)

    assert list(in_order([record], tmp_path)) == [record]
