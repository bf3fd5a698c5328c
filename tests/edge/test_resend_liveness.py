"""Resends over a line that loses: whatever is lost, all of it arrives in the end, and not much of it twice."""

import random
from collections import Counter, deque
from dataclasses import dataclass, field

import pytest

from edge.resend import Policy, Resends
from wardroom.messages import Outcome, Settled

STEP_S = 0.25


@dataclass
class World:
    """A gateway's packs, a broker's queue, and an ingest that may be away; `lost` and `unheard` are chances for packs and receipts."""

    chance: random.Random
    lost: float
    unheard: float
    watched: int
    now: float = 0.0
    last: int = 0
    away: bool = False
    queue: deque[int] = field(default_factory=deque)
    disk: set[int] = field(default_factory=set)
    sends: Counter[int] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.resends = Resends(Policy(), boot="b", backlog_upto=0, chance=self.chance.random, watched=self.watched)

    def send(self, pack: int) -> None:
        self.sends[pack] += 1
        self.resends.sent(pack, "b", pack, self.now)
        if self.chance.random() >= self.lost:
            self.queue.append(pack)

    def step(self, *, put: bool) -> None:
        self.now += STEP_S
        if put:
            self.last += 1
            self.disk.add(self.last)
            self.send(self.last)
        while room := self.resends.room:
            first, last = self.resends.backlog_after, self.resends.backlog_upto
            packs = sorted(pack for pack in self.disk if first < pack <= last)[:room]
            self.resends.bring_in([(pack, "b", pack) for pack in packs], packs[-1] if len(packs) == room else last, self.now)
        for waiting in self.resends.due(self.now):
            self.send(waiting.id) if waiting.id in self.disk else self.resends.forget(waiting)
        self.answer()

    def answer(self) -> None:
        done = [] if self.away else [self.queue.popleft() for _ in range(min(10, len(self.queue)))]
        if done and self.chance.random() >= self.unheard:
            self.disk -= set(done)
            self.resends.settled([Settled("b", pack, pack, Outcome.STORED) for pack in done], self.now)


@pytest.mark.parametrize("watched", [50, 1_000])
@pytest.mark.parametrize(("lost", "unheard"), [(0.0, 0.0), (0.1, 0.0), (0.0, 0.1), (0.3, 0.3)])
@pytest.mark.parametrize("seed", range(5))
def test_everything_arrives_whatever_is_lost_and_little_of_it_twice(seed: int, lost: float, unheard: float, watched: int) -> None:
    world = World(random.Random(seed), lost, unheard, watched)
    for turn in range(2_400):  # ten minutes, a third of them without ingest
        world.away = turn % 600 in range(200, 400)
        world.step(put=world.chance.random() < 0.8)
    world.away = False
    while world.disk and world.now < 20_000:
        world.step(put=False)

    again = sum(world.sends.values()) - len(world.sends)
    needed = len(world.sends) * (lost + unheard)
    assert world.disk == set()
    assert again <= 3 * needed + 60


def test_what_a_flowing_line_loses_is_there_within_fifteen_seconds() -> None:
    world = World(random.Random(1), 0.05, 0.0, 1_000)
    oldest = []
    for _ in range(2_400):
        world.step(put=True)
        oldest.append((world.last - min(world.disk, default=world.last)) * STEP_S)

    assert max(oldest) < 25
    assert sorted(oldest)[len(oldest) // 2] < 15
