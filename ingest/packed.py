"""a pack's columns + its gateway's series → rows of `reading` as binary COPY takes them, and what may become `latest`: pure.

Everything here is paid per reading, so a row is a series' ready beginning, time and value, and the pack's ready end.
"""

import struct
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Final

from msgspec import Struct

from wardroom.flags import flags
from wardroom.senml import Columns

HEADER: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER: Final = b"\xff\xff"
_POSTGRES_EPOCH_US: Final = 946_684_800_000_000
_HOUR_US: Final = 3_600_000_000
_TIME: Final = slice(14, 22)
"""Where a row has its time."""
_row: Final = struct.Struct(">14sqid18s").pack
"""The head (fields, series_id, the time's length), time, the value's length, value, the tail."""
_tail: Final = struct.Struct(">ihiq").pack
"""Flags int2 and received int8, each with its length before it."""
_staged: Final = struct.Struct(">hii").pack
"""Six fields, the first of them the message's place in the batch."""
_read: Final = struct.Struct(">14xq4xd4xh4xq").unpack

Newest = tuple[int, int, float, int, int]
"""(rank, time, value, flags, received); times in microseconds since 1970 UTC, rank = min(time, received)."""


class Packed(Struct, frozen=True, gc=False):
    """One pack: its rows, and the head of each; `first_us` and `last_us` are the earliest and the latest observed time among them."""

    rows: list[bytes]
    heads: Sequence[bytes]
    first_us: int
    last_us: int


class Load(Struct, frozen=True, gc=False):
    """Several packs in one COPY, and per series (by its head) the reading that may become `latest`."""

    copy: bytes
    count: int
    newest: Mapping[bytes, Newest]


def packed(columns: Columns, heads: Sequence[bytes], received_us: int) -> Packed:
    """Return the rows of a pack; `heads` are its readings' series, one each."""
    times, values = columns.observed_us, columns.values
    received = received_us - _POSTGRES_EPOCH_US
    if len(times) == 1:
        (time,), (value,), (head,) = times, values, heads
        tail = _tail(2, int(flags(time, received_us)), 8, received)
        return Packed([_row(head, time - _POSTGRES_EPOCH_US, 8, value, tail)], heads, time, time)
    first, last = min(times), max(times)
    mark = flags(first, received_us)
    if mark == flags(last, received_us):  # a flag is of all before or after an instant: what two share, those between have
        tail = _tail(2, int(mark), 8, received)
        rows = [_row(head, time - _POSTGRES_EPOCH_US, 8, value, tail) for head, time, value in zip(heads, times, values, strict=True)]
    else:
        tails = [_tail(2, int(flags(time, received_us)), 8, received) for time in times]
        rows = [
            _row(head, time - _POSTGRES_EPOCH_US, 8, value, tail)
            for head, time, value, tail in zip(heads, times, values, tails, strict=True)
        ]
    return Packed(rows, heads, first, last)


def load(packs: Iterable[Packed]) -> Load:
    """Return packs as one COPY into `reading`, in the order of (series, time), so that two ingesters wait and do not deadlock."""
    series: defaultdict[bytes, list[bytes]] = defaultdict(list)
    for pack in packs:
        for head, row in zip(pack.heads, pack.rows, strict=True):
            series[head].append(row)
    parts = [HEADER]
    newest: dict[bytes, Newest] = {}
    for head in sorted(series):
        rows = series[head]
        rows.sort()
        parts += rows
        newest[head] = _newest(rows)
    parts.append(TRAILER)
    return Load(b"".join(parts), len(parts) - 2, newest)


def staging(packs: Iterable[tuple[int, Packed]]) -> bytes:
    """Return packs, each with its message's place in the batch, as one COPY into `staged`."""
    return b"".join((HEADER, *(_staged(6, 4, place) + row[2:] for place, pack in packs for row in pack.rows), TRAILER))


def times(pack: Packed) -> list[int]:
    """Return when the readings of a pack were observed, in microseconds since 1970 UTC."""
    return [int.from_bytes(row[_TIME], "big", signed=True) + _POSTGRES_EPOCH_US for row in pack.rows]


def places(pack: Packed) -> Iterator[tuple[int, int]]:
    """Yield (series id, when it was observed) of the readings of a pack."""
    return zip(map(series_id, pack.rows), times(pack), strict=True)


def hours(pack: Packed, from_us: int, to_us: int) -> set[tuple[int, int]]:
    """Return (series id, the hour's beginning) of the readings observed at or after `from_us` and before `to_us`."""
    return {(series, time - time % _HOUR_US) for series, time in places(pack) if from_us <= time < to_us}


def series_id(head: bytes) -> int:
    """Return the id in a row's head, or in a row."""
    return int.from_bytes(head[6:10], "big")


def _newest(rows: Sequence[bytes]) -> Newest:
    """Return what may become `latest` of one series' sorted rows: the last, unless its clock is ahead, or one was before 2000."""
    last = _reading(rows[-1])
    rank, time, *_ = last
    return last if rank == time and time >= _POSTGRES_EPOCH_US else max(map(_reading, rows), key=itemgetter(0, 1))


def _reading(row: bytes) -> Newest:
    time, value, mark, received = _read(row)
    time += _POSTGRES_EPOCH_US
    received += _POSTGRES_EPOCH_US
    return min(time, received), time, value, mark, received
