"""The same with aedes, the broker where Mosquitto cannot be, and one ingest: killed, alone and in pairs, and once without its store."""

import time

import pytest

from tests.promises.conftest import Build
from tests.promises.rounds import rounds
from tests.promises.scale import FULL, SEED, note
from tests.promises.scenery import Wanted
from tests.promises.test_broker_forgets import forget
from tests.promises.test_kills import survived
from tests.promises.verdict import judged

pytestmark = [
    pytest.mark.servers,
    pytest.mark.timeout(1_800),
    pytest.mark.skipif(not FULL, reason="may be skipped: make chaos runs it"),
]
ROUNDS = 8


def test_aedes_loses_nothing_either(build: Build) -> None:
    with build(Wanted(broker="aedes")) as arena:
        with arena.load():
            for number, each in enumerate(rounds(SEED, ROUNDS), 1):
                recovery_s = survived(arena, each, {part: "edge-1" if part == "edge" else part for part in each.victims})
                note("aedes", round=number, killed=list(each.victims), recovery_s=recovery_s)
            arena.kill("broker")
            forget(arena)
            time.sleep(1)
            arena.start(["broker"])
            forgot_s = arena.recovered()
        verdict = judged(arena)
    note("aedes", rounds=ROUNDS, forgot_recovery_s=round(forgot_s, 2), **verdict.figures())
