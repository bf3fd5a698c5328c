"""seed → who is killed when: every part early on, then alone and in pairs, with times to fall, to lie and to come back in any order."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Final

PARTS: Final = ("edge", "broker", "ingest", "center", "database")


@dataclass(frozen=True, slots=True)
class Round:
    """Seconds: `before` of calm, `apart` between the kills, `down` until the return; `back` is the order of that.

    Without patience the next round begins before the backlog of this one is gone.
    """

    victims: tuple[str, ...]
    back: tuple[str, ...]
    before_s: float
    apart_s: float
    down_s: float
    patient: bool


def rounds(seed: int, number: int, *, pace: float = 1.0) -> Iterator[Round]:
    """Yield that many rounds, the same for the same seed; all times are multiplied by `pace`."""
    chance = random.Random(seed)
    shuffled = chance.sample(PARTS, len(PARTS))
    every = [tuple(shuffled[:2]), tuple(shuffled[2:4]), tuple(shuffled[4:])]
    while len(every) < number:
        more = [*((part,) for part in PARTS), *combinations(PARTS, 2)]
        every += chance.sample(more, len(more))
    for victims in every[:number]:
        yield Round(
            victims=victims,
            back=tuple(chance.sample(victims, len(victims))),
            before_s=chance.uniform(0.1, 2) * pace,
            apart_s=chance.uniform(0, 0.5) * pace,
            down_s=chance.uniform(0.1, 3) * pace,
            patient=chance.random() < 0.7,
        )
