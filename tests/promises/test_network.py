"""The way between gateways and broker cut, slow with jitter, or half-open: what was measured meanwhile comes, each reading once.

Half-open, nobody hears an end: the gateways find out by themselves, from the broker's silence.
"""

import time

import pytest

from tests.promises.arena import Arena
from tests.promises.scale import FULL, note
from tests.promises.verdict import judged

pytestmark = [pytest.mark.servers, pytest.mark.timeout(900 if FULL else 180)]
LASTS_S = 60 if FULL else 4
FATES: dict[str, dict[str, float]] = {
    "cut": {"cut": True},
    "slow": {"delay_s": 0.2, "jitter_s": 0.1},
    "half-open": {"swallowed": True},
}


@pytest.mark.parametrize("fate", FATES)
def test_a_bad_network_costs_nothing_but_time(arena: Arena, fate: str) -> None:
    with arena.load(through_line=True):
        _set(arena, **FATES[fate])
        time.sleep(LASTS_S)
        connected = sum(each.connected for each in arena.told())
        backlog = sum(each.backlog for each in arena.told())
        _set(arena)
        recovery_s = arena.recovered()
    verdict = judged(arena)
    note(f"network {fate}", lasted_s=LASTS_S, backlog=backlog, recovery_s=round(recovery_s, 2), **verdict.figures())
    if fate == "slow":
        assert connected == arena.wanted.edges * arena.wanted.gateways, "a slow way is a way"
        assert backlog < 3 * arena.wanted.samples_per_s, "a slow way carries as much as a fast one, only later"
    else:
        assert connected == 0, "every gateway noticed by itself"


def _set(arena: Arena, *, cut: bool = False, swallowed: bool = False, delay_s: float = 0.0, jitter_s: float = 0.0) -> None:
    arena.set_line(cut=cut, swallowed=swallowed, delay_s=delay_s, jitter_s=jitter_s)
