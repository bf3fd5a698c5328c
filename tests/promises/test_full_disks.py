"""A full disk is survived wherever it is, and what it cost is known to the last reading.

Under the outbox: what cannot be written is lost, counted, named in the ledger, told by events, and a gap in the sequences: all four agree.
Under the broker's store: nothing is lost, even where it is killed with the disk still full. Under the database: nothing is acknowledged
until there is space, and nothing is lost.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from simulators import services
from simulators.ledger import Mark, Reader, files
from tests.promises.arena import Arena
from tests.promises.conftest import Build
from tests.promises.scale import FULL, note
from tests.promises.scenery import QUANTITIES, Wanted
from tests.promises.verdict import judged

pytestmark = [pytest.mark.servers, pytest.mark.timeout(900 if FULL else 180)]
FULL_S = 15 if FULL else 1
DISKS = {"edge": 96, "broker": 16, "database": 512}


def test_full_disks_cost_what_is_counted_named_and_told_and_nothing_else(build: Build) -> None:
    with build(Wanted(disks=DISKS)) as arena:
        with arena.load():
            _under_the_outboxes(arena)
            _under_the_database(arena)
            if FULL:
                _under_the_broker(arena)
        verdict = judged(arena, losses=True)
        told = _told(arena)
    note("full disks", told_packs=told, **verdict.figures())
    assert verdict.gaps > 0, "the outboxes' disk was never full"
    assert told == verdict.gaps
    assert verdict.outcome.lost == QUANTITIES * verdict.gaps


@contextmanager
def _full(arena: Arena, part: str) -> Iterator[None]:
    """Fill a disk for a while, and note how long everything took to recover."""
    arena.volumes[part].fill()
    try:
        yield
        time.sleep(FULL_S)
    finally:
        arena.volumes[part].clear()


def _under_the_broker(arena: Arena) -> None:
    arena.kill("ingest")  # so that there is a queue to be kept
    with _full(arena, "broker"):
        time.sleep(FULL_S)
        arena.parts["broker"].stop()  # it writes its store before it ends, or cannot
        said = arena.last_words("broker")
        arena.start(["broker"])
        time.sleep(1)
        arena.kill("broker")
    arena.start(["broker", "ingest"])
    note("broker's disk full", full_s=2 * FULL_S, said=said.splitlines()[-1], recovery_s=round(arena.recovered(), 2))


def _under_the_database(arena: Arena) -> None:
    with _full(arena, "database"):
        reason = _until_ingest_complains(arena)
        before = _stored(arena)
        time.sleep(FULL_S)
        assert _stored(arena) == before, "nothing is stored, so nothing is acknowledged"
        arena.piled_up(arena.wanted.samples_per_s * FULL_S / 2)
    if not arena.parts["database"].running:
        arena.start(["database"])  # a full disk under its log ends it: whoever supervises it starts it again
    note("database's disk full", full_s=2 * FULL_S, said=reason, recovery_s=round(arena.recovered(), 2))


def _under_the_outboxes(arena: Arena) -> None:
    arena.parts["broker"].stop()  # so that they must grow
    with _full(arena, "edge"):
        deadline = time.monotonic() + 60  # there may be room left inside of the files
        while not _any_lost(arena):
            assert time.monotonic() < deadline, "an outbox that writes to a full disk"
            time.sleep(0.5)
    arena.start(["broker"])
    note("outboxes' disk full", full_s=FULL_S, recovery_s=round(arena.recovered(), 2))


def _until_ingest_complains(arena: Arena) -> str:
    deadline = time.monotonic() + 60
    while services.is_well(arena.scenery.ports.ingest):
        assert time.monotonic() < deadline, "a full database disk that ingest never noticed"
        time.sleep(0.1)
    return arena.last_words("ingest-1").splitlines()[-1]


def _stored(arena: Arena) -> int | None:
    return services.stored(arena.scenery.ports.ingest, arena.scenery.passwords.metrics)


def _any_lost(arena: Arena) -> bool:
    return any(Mark.LOST in entry.mark for file in files(arena.scenery.folder.ledgers) for entry in Reader(file))


def _told(arena: Arena) -> int:
    """Return how many packs the gateways' events say were dropped."""
    query = "SELECT coalesce(sum((data->>'packs')::bigint), 0)::bigint FROM event WHERE type LIKE '%%outbox.dropped%%'"
    with psycopg.connect(arena.superuser) as connection:
        row = connection.execute(query, ()).fetchone()
    return int(str(row[0])) if row else 0
