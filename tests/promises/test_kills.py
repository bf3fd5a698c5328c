"""kill -9 of any part, alone or with another, at any moment: at the end the table holds what the ledger says, and the wall shows it.

Only what was between a gateway's ledger and its outbox when that very gateway was killed is in doubt: one put a kill.
"""

import random
import time

import pytest

from tests.promises.arena import Arena
from tests.promises.rounds import PARTS, Round, rounds
from tests.promises.scale import FULL, SEED, note
from tests.promises.verdict import judged

pytestmark = [pytest.mark.servers, pytest.mark.timeout(3_600 if FULL else 240)]
ROUNDS, PACE = (30, 1.0) if FULL else (4, 0.4)


def test_every_part_dies_early_and_the_same_seed_is_the_same_story() -> None:
    first = list(rounds(SEED, 30))

    assert first == list(rounds(SEED, 30)) != list(rounds(SEED + 1, 30))
    assert {victim for each in first[:3] for victim in each.victims} == set(PARTS)
    assert {len(each.victims) for each in first} == {1, 2}
    assert {frozenset(each.victims) for each in first} >= {frozenset(pair) for pair in (("broker", "database"), ("edge", "ingest"))}


def test_whatever_is_killed_nothing_is_lost_and_nothing_counted_twice(arena: Arena) -> None:
    chance = random.Random(SEED)
    with arena.load():
        for number, each in enumerate(rounds(SEED, ROUNDS, pace=PACE), 1):
            names = {part: chance.choice(arena.scenery.edges) if part == "edge" else part for part in each.victims}
            recovery_s = survived(arena, each, names)
            note("kills", round=number, killed=list(names.values()), down_s=round(each.down_s, 2), recovery_s=recovery_s)
        arena.recovered()
    verdict = judged(arena)
    note("kills", rounds=ROUNDS, **verdict.figures(), resumed=arena.witness.resumed, connections=arena.witness.connections)


def survived(arena: Arena, each: Round, names: dict[str, str]) -> float | None:
    """Play one round; return how long after the return the backlog was drained, None where nobody waited for that."""
    time.sleep(each.before_s)
    for part in each.victims:
        arena.kill(names[part])
        time.sleep(each.apart_s)
    time.sleep(each.down_s)
    arena.start(names[part] for part in each.back)
    return round(arena.recovered(), 2) if each.patient else None
