"""Two ingest processes share the work and one is killed -9 again and again: the other goes on, nothing is lost and nothing stored twice."""

import random
import time

import pytest

from simulators import services
from tests.promises.arena import Arena
from tests.promises.conftest import Build
from tests.promises.scale import FULL, SEED, note
from tests.promises.scenery import Wanted
from tests.promises.verdict import judged

pytestmark = [pytest.mark.servers, pytest.mark.timeout(900 if FULL else 180)]
KILLS = 20 if FULL else 2
GOES_ON_S = 5.0


def test_one_of_two_ingesters_killed_again_and_again_is_not_missed(build: Build) -> None:
    chance = random.Random(SEED)
    with build(Wanted(ingesters=2)) as arena:
        with arena.load():
            for _ in range(KILLS):
                victim = chance.choice(arena.ingesters)
                time.sleep(chance.uniform(0.1, 1))
                arena.kill(victim)
                goes_on(arena, next(name for name in arena.ingesters if name != victim))
                time.sleep(chance.uniform(0.1, 2))
                arena.start([victim])
            recovery_s = arena.recovered()
        verdict = judged(arena)
    note("two ingesters", kills=KILLS, recovery_s=round(recovery_s, 2), **verdict.figures())


def goes_on(arena: Arena, name: str) -> None:
    """Return once an ingest has stored more than it had just now."""
    port = arena.scenery.ingest_ports[arena.ingesters.index(name)]

    def stored() -> int:
        return services.stored(port, arena.scenery.passwords.metrics) or 0

    before, deadline = stored(), time.monotonic() + GOES_ON_S
    while stored() <= before:
        assert time.monotonic() < deadline, f"{name} stores nothing while the other is away"
        time.sleep(0.05)
