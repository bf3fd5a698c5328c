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
from tests.promises.arena import Arena
from tests.promises.conftest import Build
from tests.promises.scale import FULL, note
from tests.promises.scenery import QUANTITIES, Wanted
from tests.promises.verdict import judged

pytestmark = [pytest.mark.servers, pytest.mark.timeout(900 if FULL else 180)]
FULL_S = 30 if FULL else 3
DISKS = {"edge": 96, "broker": 16, "database": 512}


@pytest.fixture(scope="module")
def small(build: Build) -> Iterator[Arena]:
    """An arena whose outboxes, broker and database have small disks."""
    with build(Wanted(disks=DISKS)) as made:
        yield made


@contextmanager
def full(arena: Arena, part: str) -> Iterator[None]:
    """Fill a disk for a while."""
    arena.volumes[part].fill()
    try:
        time.sleep(FULL_S)
        yield
    finally:
        arena.volumes[part].clear()


def test_a_full_disk_under_the_broker_loses_nothing(small: Arena) -> None:
    with small.load():
        small.kill("ingest")
        with full(small, "broker"):
            small.parts["broker"].stop()  # it writes its store before it ends, or cannot
            small.start(["broker"])
            small.kill("broker")
        small.start(["broker", "ingest"])
        recovery_s = small.recovered()
    note("broker's disk full", full_s=FULL_S, recovery_s=round(recovery_s, 2), **judged(small).figures())


def test_a_full_disk_under_the_database_is_waited_for(small: Arena) -> None:
    with small.load():
        with full(small, "database"):
            reason = _until_ingest_complains(small)
            before = _stored(small)
            time.sleep(FULL_S)
            assert _stored(small) == before, "nothing is stored, so nothing is acknowledged"
            backlog = sum(each.backlog for each in small.told())
            assert backlog > small.wanted.samples_per_s * FULL_S / 2
        small.start(name for name in ("database",) if not small.parts[name].running)
        recovery_s = small.recovered()
    note("database's disk full", full_s=FULL_S, said=reason, recovery_s=round(recovery_s, 2), **judged(small).figures())


def test_a_full_disk_under_the_outboxes_loses_only_what_is_counted_named_and_told(small: Arena) -> None:
    with small.load():
        small.parts["broker"].stop()
        with full(small, "edge"):
            deadline = time.monotonic() + 30
            while not all(each.backlog for each in small.told()) and time.monotonic() < deadline:
                time.sleep(0.1)
        small.start(["broker"])
        recovery_s = small.recovered()
    verdict = judged(small, losses=True)
    told = _told(small)
    note("outboxes' disk full", full_s=FULL_S, recovery_s=round(recovery_s, 2), told_packs=told, **verdict.figures())
    assert verdict.gaps > 0, "the disk was never full"
    assert told == verdict.gaps
    assert verdict.outcome.lost == QUANTITIES * verdict.gaps


def _until_ingest_complains(arena: Arena) -> str:
    deadline = time.monotonic() + 60
    while services.is_well(arena.scenery.ports.ingest):
        assert time.monotonic() < deadline, "a full database disk that ingest never noticed"
        time.sleep(0.1)
    return arena.last_words("ingest-1").splitlines()[-1]


def _stored(arena: Arena) -> int | None:
    return services.stored(arena.scenery.ports.ingest, arena.scenery.passwords.metrics)


def _told(arena: Arena) -> int:
    """Return how many packs the gateways' events say were dropped."""
    query = "SELECT coalesce(sum((data->>'packs')::bigint), 0)::bigint FROM event WHERE type LIKE '%%outbox.dropped%%'"
    with psycopg.connect(arena.superuser) as connection:
        row = connection.execute(query, ()).fetchone()
    return int(str(row[0])) if row else 0
