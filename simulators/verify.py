"""ledger + database → what is missing, altered or unknown, record by record.

Compared are the gateways that the ledgers know, over the time the ledgers cover. In doubt is what was between the ledger and the outbox
when the fleet was killed (each gateway's last commit, in the last second of a ledger that was never closed), and what a living fleet
has only just recorded: present or absent, both are right. Both sides are read as streams; memory does not grow with the number of records.
"""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Final

import psycopg
from psycopg import Connection

from simulators.ledger import Mark, Reader, SeriesKey, files, is_closed, is_written
from simulators.spill import Record, in_order
from wardroom.errors import ConfigError, StorageError, StorageGone

_DOUBT_NS: Final = 1_000_000_000
_COMMIT_NS: Final = 100_000_000
"""Packs that a gateway puts so close together may share the commit that never came."""
_SETTLE_NS: Final = 10_000_000_000
_EXAMPLES: Final = 5
_UNKNOWN: Final = 2**31
"""Series numbers from here on are the ledger's that the database has not."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One record that is not as it should be; a value is None where that side has no such record."""

    series: str
    time_us: int
    recorded: float | None
    stored: float | None


@dataclass(slots=True)
class Outcome:
    """What the comparison found; `generated` leaves out what is absent and in doubt, or `lost` by the gateway's own count."""

    generated: int = 0
    committed: int = 0
    missing: int = 0
    duplicated: int = 0
    altered: int = 0
    in_doubt: int = 0
    lost: int = 0
    dead_lettered: int = 0
    examples: list[Finding] = field(default_factory=list)

    @property
    def right(self) -> bool:
        """Whether the database holds exactly what the ledger says."""
        return not (self.missing or self.duplicated or self.altered)


@dataclass(slots=True)
class _Span:
    """Which gateways the ledgers know, and from when to when by those gateways' clocks."""

    times: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)

    def add(self, key: SeriesKey, time_us: int) -> None:
        place = (key.site, key.gateway)
        first, last = self.times.get(place, (time_us, time_us))
        self.times[place] = (min(first, time_us), max(last, time_us))


def compare(folder: Path, conninfo: str, *, one_at_a_time: bool = False) -> Outcome:
    """Compare the folder's ledgers with the database.

    The database is looked at first: whatever it holds then was in a ledger before. `one_at_a_time`: each gateway has one device, so that of
    a killed fleet only each gateway's very last put is in doubt.
    """
    if not files(folder):
        raise ConfigError("simulators.no_ledger", folder=folder)
    with _snapshot(conninfo) as connection:
        known = _series(connection)
        numbers = dict(known)
        span = _Span()
        recorded = in_order(_recorded(files(folder), numbers, span, one_at_a_time=one_at_a_time), folder)
        first = next(recorded, None)  # reads the ledgers to their end, so that the span is whole
        stored = _stored(connection, known, span)
        names = {number: "/".join(key) for key, number in numbers.items()}
        outcome = merged(_chain(first, recorded), stored, names)
        outcome.dead_lettered = _dead_letters(connection)
        return outcome


def merged(recorded: Iterator[Record], stored: Iterator[tuple[int, int, float]], names: dict[int, str]) -> Outcome:
    """Return what two streams, each by series and time, have and have not in common."""
    outcome = Outcome()
    row = next(stored, None)
    for place, group in groupby(recorded, key=lambda record: record[:2]):
        while row is not None and row[:2] < place:
            _note(outcome, names, row, (None, row[2]))
            row = next(stored, None)
        found = None
        if row is not None and row[:2] == place:
            found = row[2]
            row = next(stored, None)
        _settle(outcome, names, list(group), found)
    while row is not None:
        _note(outcome, names, row, (None, row[2]))
        row = next(stored, None)
    return outcome


def _settle(outcome: Outcome, names: dict[int, str], group: list[Record], found: float | None) -> None:
    """Count one instant of one series; the same value recorded twice there is one record."""
    place = group[0]
    lost = {record.value for record in group if record.lost}
    values = {record.value: all(other.doubt for other in group if other.value == record.value) for record in group}
    for value, doubt in values.items():
        if found == value:
            outcome.generated += 1
            outcome.committed += 1
        elif value in lost:
            outcome.lost += 1
        elif doubt:
            outcome.in_doubt += 1
        else:
            outcome.generated += 1
            _note(outcome, names, place, (value, None if found in values else found))
    if found is not None and found not in values and all(doubt or value in lost for value, doubt in values.items()):
        _note(outcome, names, place, (None, found))


def _note(outcome: Outcome, names: dict[int, str], place: Iterable[float], values: tuple[float | None, float | None]) -> None:
    recorded, stored = values
    if recorded is None:
        outcome.duplicated += 1
    elif stored is None:
        outcome.missing += 1
    else:
        outcome.altered += 1
    if len(outcome.examples) < _EXAMPLES:
        number, time_us = (int(part) for part in list(place)[:2])
        outcome.examples.append(Finding(names[number], time_us, recorded, stored))


def _chain(first: Record | None, rest: Iterator[Record]) -> Iterator[Record]:
    if first is not None:
        yield first
        yield from rest


def _recorded(ledgers: list[Path], numbers: dict[SeriesKey, int], span: _Span, *, one_at_a_time: bool) -> Iterator[Record]:
    for file in ledgers:
        doubtful = _doubtful(file, one_at_a_time=one_at_a_time)
        for entry in Reader(file):
            number = numbers.setdefault(entry.key, _UNKNOWN + len(numbers))
            span.add(entry.key, entry.time_us)
            since = doubtful.get((entry.key.site, entry.key.gateway))
            doubt = since is not None and entry.tapped_ns >= since
            yield Record(number, entry.time_us, entry.value, doubt, Mark.LOST in entry.mark)


def _doubtful(file: Path, *, one_at_a_time: bool) -> dict[tuple[str, str], int]:
    """Return from which instant on each gateway's records are in doubt: never, in a closed ledger."""
    written = is_written(file)  # asked first: one that is closed now may have been written just before
    if is_closed(file):
        return {}
    last = {(entry.key.site, entry.key.gateway): entry.tapped_ns for entry in Reader(file)}
    if written:
        return dict.fromkeys(last, time.monotonic_ns() - _SETTLE_NS)
    if one_at_a_time:
        return last
    end = max(last.values(), default=0)
    return {place: tapped_ns - _COMMIT_NS for place, tapped_ns in last.items() if tapped_ns > end - _DOUBT_NS}


@contextmanager
def _snapshot(conninfo: str) -> Iterator[Connection[tuple[object, ...]]]:
    try:
        with psycopg.connect(conninfo) as connection:
            connection.read_only = True
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            yield connection
    except psycopg.OperationalError as error:
        raise StorageGone("simulators.no_database", detail=str(error).strip()) from error
    except psycopg.Error as error:
        raise StorageError("simulators.bad_database", detail=str(error).strip()) from error


def _series(connection: Connection[tuple[object, ...]]) -> dict[SeriesKey, int]:
    rows = connection.execute("SELECT site, gateway, sensor, quantity, id FROM series").fetchall()
    return {SeriesKey(str(site), str(gateway), str(sensor), str(quantity)): int(str(id_)) for site, gateway, sensor, quantity, id_ in rows}


def _stored(connection: Connection[tuple[object, ...]], known: dict[SeriesKey, int], span: _Span) -> Iterator[tuple[int, int, float]]:
    """Yield (series, time, value) of the ledger's gateways within the ledger's time, in order, straight from COPY."""
    covered = [(number, *span.times[key.site, key.gateway]) for key, number in known.items() if (key.site, key.gateway) in span.times]
    if not covered:
        return
    numbers, firsts, lasts = (list(column) for column in zip(*covered, strict=True))
    query = """
        COPY (
            SELECT r.series_id, (extract(epoch FROM r.time) * 1000000)::bigint, r.value
            FROM unnest(%s::int[], %s::bigint[], %s::bigint[]) AS covered (series_id, first_us, last_us)
            JOIN reading_all r ON r.series_id = covered.series_id
                AND r.time >= 'epoch'::timestamptz + first_us * interval '1 microsecond'
                AND r.time <= 'epoch'::timestamptz + last_us * interval '1 microsecond'
            ORDER BY 1, 2
        ) TO STDOUT (FORMAT binary)
    """
    with connection.cursor() as cursor, cursor.copy(query, (numbers, firsts, lasts)) as copy:
        copy.set_types(["int4", "int8", "float8"])
        yield from copy.rows()


def _dead_letters(connection: Connection[tuple[object, ...]]) -> int:
    row = connection.execute("SELECT count(*) FROM dead_letter").fetchone()
    return int(str(row[0])) if row else 0
