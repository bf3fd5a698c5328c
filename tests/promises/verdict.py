"""An arena at rest → whether every promise held: ledger = table, latest, the wall, nothing set aside, no growth."""

import sqlite3
from contextlib import closing
from dataclasses import asdict, dataclass
from typing import Final

import psycopg

from simulators import verify
from simulators.ledger import Reader, SeriesKey, files, is_closed
from simulators.verify import Outcome
from tests.promises.arena import Arena
from tests.promises.scenery import QUANTITIES
from tests.promises.witness import differences

_LATEST: Final = """
SELECT s.site, s.gateway, s.sensor, s.quantity, l.time, l.value, r.time, r.value
FROM series s
LEFT JOIN latest l ON l.series_id = s.id
LEFT JOIN LATERAL (
    SELECT time, value FROM reading WHERE series_id = s.id ORDER BY least(time, received) DESC, time DESC LIMIT 1
) r ON true
"""
"""What `latest` says of each series, and what the guard's rule makes of its whole history."""
_GROWN: Final = 3.0
_ROOM_MIB: Final = 150.0
"""A part may take so many times what it took at first and so much more: caches fill and backlog passes; a leak at this rate shows."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found; `gaps` are the packs that were numbered and never came."""

    outcome: Outcome
    gaps: int
    load_s: float
    memory_mib: dict[str, tuple[float, float]]

    def figures(self) -> dict[str, object]:
        found = {key: value for key, value in asdict(self.outcome).items() if key != "examples"}
        return found | {"gaps": self.gaps, "load_s": self.load_s, "memory_mib": self.memory_mib}


def judged(arena: Arena, *, losses: bool = False) -> Verdict:
    """Return the verdict on an arena whose gateways have stopped; fails where a promise is broken. `losses`: some are allowed."""
    outcome = verify.compare(arena.scenery.folder.ledgers, arena.superuser, one_at_a_time=True)
    assert outcome.right, outcome
    assert outcome.generated > 0
    assert outcome.in_doubt <= QUANTITIES * arena.killed, f"more than one put in doubt for each gateway killed: {outcome}"
    assert outcome.dead_lettered == 0, outcome
    assert losses or outcome.lost == 0, outcome
    assert _waiting(arena) == 0, "packs are left in an outbox or its quarantine"
    gaps = _gaps(arena)
    assert losses or gaps == 0, f"{gaps} packs were numbered and never came"
    latest = _latest(arena)
    _wall(arena, latest)
    return Verdict(outcome, gaps, round(arena.load_s, 1), _memory(arena))


def _latest(arena: Arena) -> dict[SeriesKey, tuple[int, float]]:
    """Return the latest of every series, compared with the history and with the ledger."""
    with psycopg.connect(arena.superuser) as connection:
        rows = connection.execute(_LATEST).fetchall()
    latest = {}
    for *key, time, value, newest, newest_value in rows:
        assert (time, value) == (newest, newest_value), f"latest of {key} is {time} {value}, its history says {newest} {newest_value}"
        latest[SeriesKey(*map(str, key))] = (round(time.timestamp() * 1_000_000), float(value))
    recorded = _recorded(arena)
    assert latest.keys() == recorded.keys()
    wrong = {key: (latest[key], possible) for key, possible in recorded.items() if latest[key] not in possible}
    assert not wrong, f"latest is not what the ledger says: {list(wrong.items())[:5]}"
    return latest


def _recorded(arena: Arena) -> dict[SeriesKey, set[tuple[int, float]]]:
    """Return what may be the latest of each series by the ledger: its last reading, and the one before where that is in doubt."""
    last: dict[SeriesKey, set[tuple[int, float]]] = {}
    for file in files(arena.scenery.folder.ledgers):
        doubtful = not is_closed(file)
        before: dict[SeriesKey, set[tuple[int, float]]] = {}
        lost: set[tuple[SeriesKey, int]] = {(entry.key, entry.time_us) for entry in Reader(file) if entry.mark & entry.mark.LOST}
        current: dict[SeriesKey, tuple[int, float]] = {}
        for entry in Reader(file):
            if (entry.key, entry.time_us) not in lost:
                previous = current.get(entry.key)
                before[entry.key] = {previous} if previous else last.get(entry.key, set())
                current[entry.key] = (entry.time_us, entry.value)
        for key, newest in current.items():
            last[key] = {newest} | (before[key] if doubtful else set())
    return last


def _wall(arena: Arena, latest: dict[SeriesKey, tuple[int, float]]) -> None:
    own, fresh = arena.fresh()
    assert arena.witness.failure is None, arena.witness.failure
    assert own == fresh, f"the wall that stayed shows something else than a fresh page:\n{differences(own, fresh)}"
    model = arena.witness.model
    names = {one.id: SeriesKey(one.site, one.gateway, one.sensor, one.quantity) for one in model.series.values()}
    shown = {names[number]: (reading.time_us, reading.value) for number, reading in model.readings.items()}
    wrong = {key: (shown.get(key), value) for key, value in latest.items() if shown.get(key) != value}
    assert not wrong, f"the wall is not what latest says: {list(wrong.items())[:5]}"


def _waiting(arena: Arena) -> int:
    total = 0
    for file in arena.scenery.outboxes.glob("*/outbox.db"):
        with closing(sqlite3.connect(file)) as connection:
            total += sum(connection.execute("SELECT (SELECT count(*) FROM pack), (SELECT count(*) FROM quarantine)").fetchone())
    return total


def _gaps(arena: Arena) -> int:
    with psycopg.connect(arena.superuser) as connection:
        row = connection.execute("SELECT coalesce(sum(missing), 0)::bigint FROM delivery_gap").fetchone()
    return int(str(row[0])) if row else 0


def _memory(arena: Arena) -> dict[str, tuple[float, float]]:
    """Return MiB of each part that still runs, at first and now."""
    found = {name: (before, arena.last_memory[name]) for name, before in arena.first_memory.items() if name in arena.last_memory}
    grown = {name: (before, after) for name, (before, after) in found.items() if after > before * _GROWN + _ROOM_MIB}
    assert not grown, f"memory grows (MiB at first, at the end): {grown}"
    return found
