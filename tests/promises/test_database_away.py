"""The database stopped for a minute under full load: what is not stored is neither acknowledged nor receipted, so nothing is missing after.

Whoever had taken something on before it was stored would lose it here: meanwhile ingest is killed with all it holds, and the broker
forgets all it has. An ingest that comes back before the database waits for it.
"""

import time

import pytest

from simulators import services
from tests.promises.arena import Arena
from tests.promises.scale import FULL, note
from tests.promises.test_broker_forgets import forget
from tests.promises.verdict import judged

pytestmark = [pytest.mark.servers, pytest.mark.timeout(900 if FULL else 180)]
AWAY_S = 60 if FULL else 5


def test_a_database_that_is_away_costs_nothing_but_time(arena: Arena) -> None:
    port = arena.scenery.ports.ingest
    with arena.load():
        arena.parts["database"].stop()
        time.sleep(AWAY_S / 2)
        arena.kill("ingest")
        arena.kill("broker")
        forget(arena)
        arena.start(["broker"])
        arena.parts["ingest"].launch()
        time.sleep(AWAY_S / 2)
        assert not services.is_well(port), "an ingest that cannot store says so"
        arena.piled_up(arena.wanted.samples_per_s * AWAY_S / 2)
        arena.start(["database"])
        arena.parts["ingest"].until_ready()
        recovery_s = arena.recovered()
    verdict = judged(arena)
    note("database away", away_s=AWAY_S, recovery_s=round(recovery_s, 2), **verdict.figures())
