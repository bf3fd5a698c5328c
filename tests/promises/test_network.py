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
JITTER_S = 0.1


def test_a_bad_network_costs_nothing_but_time(arena: Arena) -> None:
    every = arena.wanted.edges * arena.wanted.gateways
    with arena.load(through_line=True):
        for fate in ("slow", "cut", "half-open"):
            arena.set_line(cut=fate == "cut", swallowed=fate == "half-open", delay_s=0.2 * (fate == "slow"), jitter_s=JITTER_S)
            time.sleep(LASTS_S)
            connected, backlog = (sum(column) for column in zip(*((each.connected, each.backlog) for each in arena.told()), strict=True))
            arena.set_line()
            recovery_s = arena.recovered()
            note(f"network {fate}", lasted_s=LASTS_S, connected=connected, backlog=backlog, recovery_s=round(recovery_s, 2))
            if fate == "slow":
                assert connected == every, "a slow way is a way"
                assert backlog < 3 * arena.wanted.samples_per_s, "it carries as much as a fast one, only later"
            else:
                assert connected == 0, f"{connected} of {every} gateways never noticed: {fate}"
    note("network", **judged(arena).figures())
