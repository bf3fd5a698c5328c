"""Two ingest processes share the work and one is killed -9 again and again: the other goes on, nothing is lost and nothing stored twice."""

import random
import time

import pytest

from tests.promises.conftest import Build
from tests.promises.scale import FULL, SEED, note
from tests.promises.scenery import Wanted
from tests.promises.verdict import judged

pytestmark = [pytest.mark.servers, pytest.mark.timeout(900 if FULL else 180)]
KILLS = 20 if FULL else 2


def test_one_of_two_ingesters_killed_again_and_again_is_not_missed(build: Build) -> None:
    chance = random.Random(SEED)
    with build(Wanted(ingesters=2)) as arena:
        with arena.load():
            for _ in range(KILLS):
                victim = chance.choice(arena.ingesters)
                time.sleep(chance.uniform(0.1, 1))
                arena.kill(victim)
                time.sleep(chance.uniform(0.1, 2))
                arena.start([victim])
            recovery_s = arena.recovered()
        verdict = judged(arena)
    note("two ingesters", kills=KILLS, recovery_s=round(recovery_s, 2), **verdict.figures())
