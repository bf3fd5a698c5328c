"""records in any order → the same records in order, in bounded memory: sorted runs in a temporary file, merged."""

import heapq
import struct
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Final, NamedTuple

_PACKED: Final = struct.Struct(">IqdBB")
_RUN: Final = 200_000
_READ: Final = 2_048 * _PACKED.size


class Record(NamedTuple):
    """One reading by its series' number; `doubt`: it was in flight when its writer was killed, or is so now; `lost`: its put failed."""

    series: int
    time_us: int
    value: float
    doubt: bool
    lost: bool = False


def in_order(records: Iterable[Record], folder: Path | None = None, *, run_length: int = _RUN) -> Iterator[Record]:
    """Yield `records` by series and time; beyond a run of `run_length` they go through a file in `folder` that is gone at the end.

    Times are after 1970, so that their bytes sort as they do.
    """
    with tempfile.TemporaryFile(dir=folder) as spill:
        ends: list[int] = []
        run: list[bytes] = []
        for record in records:
            run.append(_PACKED.pack(*record))
            if len(run) == run_length:
                ends.append(_write(run, spill))
        run.sort()
        starts = [0, *ends[:-1]] if ends else []
        runs = [_read(spill, start, end) for start, end in zip(starts, ends, strict=True)]
        for packed in heapq.merge(*runs, run):
            series, time_us, value, doubt, lost = _PACKED.unpack(packed)
            yield Record(series, time_us, value, bool(doubt), bool(lost))


def _write(run: list[bytes], spill: IO[bytes]) -> int:
    run.sort()
    spill.writelines(run)
    run.clear()
    return spill.tell()


def _read(spill: IO[bytes], start: int, end: int) -> Iterator[bytes]:
    while start < end:
        spill.seek(start)
        block = spill.read(min(_READ, end - start))
        start += len(block)
        for at in range(0, len(block), _PACKED.size):
            yield block[at : at + _PACKED.size]
