"""The database stopped for a minute under full load: ingest keeps what it has, acknowledges nothing, and afterwards nothing is missing."""

import time

import pytest

from simulators import services
from tests.promises.arena import Arena
from tests.promises.scale import FULL, note
from tests.promises.verdict import judged

pytestmark = [pytest.mark.servers, pytest.mark.timeout(900 if FULL else 180)]
AWAY_S = 60 if FULL else 5


def test_a_database_that_is_away_costs_nothing_but_time(arena: Arena) -> None:
    port = arena.scenery.ports.ingest
    with arena.load():
        arena.parts["database"].stop()
        time.sleep(AWAY_S)
        assert not services.is_well(port), "an ingest that cannot store says so"
        backlog = max(each.backlog for each in arena.told())
        assert backlog > arena.wanted.samples_per_s / arena.wanted.edges * AWAY_S / 2, "nothing is receipted before it is stored"
        arena.start(["database"])
        recovery_s = arena.recovered()
        assert services.is_well(port)
    verdict = judged(arena)
    note("database away", away_s=AWAY_S, recovery_s=round(recovery_s, 2), **verdict.figures())
