"""The ways from gateways to broker and from wall to center slow with jitter, cut, or half-open: all of it comes, each reading once.

Half-open, nobody hears an end: gateways and wall find out by themselves, from the other side's silence. The wall that comes back hears
exactly what it missed.
"""

import time

import pytest

from tests.promises.arena import Arena
from tests.promises.scale import FULL, note
from tests.promises.verdict import judged

pytestmark = [pytest.mark.servers, pytest.mark.timeout(900 if FULL else 180)]
LASTS_S = {"slow": 60, "cut": 60, "half-open": 60} if FULL else {"slow": 2, "cut": 2, "half-open": 5}
JITTER_S = 0.1


def test_a_bad_network_costs_nothing_but_time(arena: Arena) -> None:
    resumed = arena.witness.resumed
    every = arena.wanted.edges * arena.wanted.gateways
    with arena.load(through_line=True):
        for fate in ("slow", "cut", "half-open"):
            arena.set_line(cut=fate == "cut", swallowed=fate == "half-open", delay_s=0.2 * (fate == "slow"), jitter_s=JITTER_S)
            time.sleep(LASTS_S[fate])
            connected, backlog = (sum(column) for column in zip(*((each.connected, each.backlog) for each in arena.told()), strict=True))
            arena.set_line()
            recovery_s = arena.recovered()
            note(f"network {fate}", lasted_s=LASTS_S[fate], connected=connected, backlog=backlog, recovery_s=round(recovery_s, 2))
            if fate == "slow":
                assert connected == every, "a slow way is a way"
                assert backlog < 3 * arena.wanted.samples_per_s, "it carries as much as a fast one, only later"
            else:
                assert connected == 0, f"{connected} of {every} gateways never noticed: {fate}"
    note("network", **judged(arena).figures(), resumed=arena.witness.resumed - resumed)
    assert arena.witness.resumed > resumed, "a wall that comes back hears what it missed, not everything anew"
