"""seed → who is killed when: every part early on, then alone and in pairs, with times to fall, to lie and to come back in any order."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Final

PARTS: Final = ("edge", "broker", "ingest", "center", "database")


@dataclass(frozen=True, slots=True)
class Round:
    """Seconds: `before` of calm, `apart` between the kills, `down` until the return; `back` is the order of that."""

    victims: tuple[str, ...]
    back: tuple[str, ...]
    before_s: float
    apart_s: float
    down_s: float


def rounds(seed: int, number: int) -> Iterator[Round]:
    """Yield that many rounds, the same for the same seed."""
    chance = random.Random(seed)
    shuffled = chance.sample(PARTS, len(PARTS))
    every = [tuple(shuffled[:2]), tuple(shuffled[2:4]), tuple(shuffled[4:])]
    while len(every) < number:
        more = [*((part,) for part in PARTS), *combinations(PARTS, 2)]
        every += chance.sample(more, len(more))
    for victims in every[:number]:
        order = tuple(chance.sample(victims, len(victims)))
        yield Round(order, tuple(chance.sample(victims, len(victims))), chance.uniform(0.2, 2), chance.uniform(0, 0.5), chance.uniform(0.1, 3))
