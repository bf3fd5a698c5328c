"""a pack's columns + its gateway's series → rows of `reading` as binary COPY takes them, and what may become `latest`: pure.

Everything here is paid per reading, so a row is a series' ready beginning, time and value, and the pack's ready end.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from struct import Struct
from typing import Final

from wardroom.flags import flags
from wardroom.senml import Columns

HEADER: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER: Final = b"\xff\xff"
_POSTGRES_EPOCH_US: Final = 946_684_800_000_000
_HOUR_US: Final = 3_600_000_000
_TIME: Final = slice(14, 22)
"""Where a row has its time."""
_row: Final = Struct(">14sqid18s").pack
"""The head (fields, series_id, the time's length), time, the value's length, value, the tail."""
_tail: Final = Struct(">ihiq").pack
"""Flags int2 and received int8, each with its length before it."""
_staged: Final = Struct(">hii").pack
"""Six fields, the first of them the message's place in the batch."""

Newest = tuple[int, int, float, int, int]
"""(rank, time, value, flags, received); times in microseconds since 1970 UTC, rank = min(time, received)."""


@dataclass(frozen=True, slots=True)
class Packed:
    """One pack: its rows, and per series (by its head) the reading that may become `latest`.

    `first_us` and `last_us` are the earliest and the latest observed time among the rows.
    """

    rows: list[bytes]
    newest: dict[bytes, Newest]
    first_us: int
    last_us: int


@dataclass(frozen=True, slots=True)
class Load:
    """Several packs in one COPY: `newest` as in `Packed`."""

    copy: bytes
    count: int
    newest: Mapping[bytes, Newest]


def packed(columns: Columns, heads: Sequence[bytes], received_us: int) -> Packed:
    """Return the rows of a pack; `heads` are its readings' series', one each."""
    times, values = columns.observed_us, columns.values
    first, last = min(times), max(times)
    received = received_us - _POSTGRES_EPOCH_US
    mark, marks = int(flags(first, received_us)), None
    if mark == flags(last, received_us):  # a flag is of all before or after an instant: what two share, those between have
        tail = _tail(2, mark, 8, received)
        rows = [_row(head, time - _POSTGRES_EPOCH_US, 8, value, tail) for head, time, value in zip(heads, times, values, strict=True)]
    else:
        marks = [int(flags(time, received_us)) for time in times]
        tails = [_tail(2, each, 8, received) for each in marks]
        rows = [
            _row(head, time - _POSTGRES_EPOCH_US, 8, value, tail)
            for head, time, value, tail in zip(heads, times, values, tails, strict=True)
        ]
    newest = {
        head: (min(times[at], received_us), times[at], values[at], marks[at] if marks else mark, received_us)
        for head, at in _newest(heads, times).items()
    }
    return Packed(rows, newest, first, last)


def load(packs: Iterable[Packed]) -> Load:
    """Return packs as one COPY into `reading`, in the order of (series, time), so that two ingesters wait and do not deadlock."""
    rows: list[bytes] = []
    newest: dict[bytes, Newest] = {}
    for pack in packs:
        rows += pack.rows
        for head, candidate in pack.newest.items():
            if head not in newest or candidate[:2] > newest[head][:2]:
                newest[head] = candidate
    rows.sort()
    return Load(b"".join((HEADER, *rows, TRAILER)), len(rows), newest)


def staging(packs: Iterable[tuple[int, Packed]]) -> bytes:
    """Return packs, each with its message's place in the batch, as one COPY into `staged`."""
    return b"".join((HEADER, *(_staged(6, 4, place) + row[2:] for place, pack in packs for row in pack.rows), TRAILER))


def times(pack: Packed) -> list[int]:
    """Return when the readings of a pack were observed, in microseconds since 1970 UTC."""
    return [int.from_bytes(row[_TIME], "big", signed=True) + _POSTGRES_EPOCH_US for row in pack.rows]


def hours(pack: Packed, from_us: int, to_us: int) -> set[tuple[int, int]]:
    """Return (series id, the hour's beginning) of the readings observed at or after `from_us` and before `to_us`."""
    places = zip(map(series_id, pack.rows), times(pack), strict=True)
    return {(series, time - time % _HOUR_US) for series, time in places if from_us <= time < to_us}


def series_id(head: bytes) -> int:
    """Return the id in a row's head, or in a row."""
    return int.from_bytes(head[6:10], "big")


def _newest(heads: Sequence[bytes], times: list[int]) -> dict[bytes, int]:
    """Return where each series' newest reading stands; in one pack, received at one time, the rank grows with the time."""
    places: Iterable[int] = range(len(times))
    if times != sorted(times):
        places = sorted(places, key=times.__getitem__)
    return dict(zip(map(heads.__getitem__, places), places, strict=True))
