"""embeddings and whose they are → one photo each enrolled, the others looked up → who was named what, and thresholds that would fit.

Every photo of a person is the enrolled one in turn. A stranger is made by leaving a person out of the enrolment.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vision.faces import Embeddings

UNKNOWN: Final = ""
"""The name of nobody."""
FEW: Final = 1000
"""Below so many looks at strangers thresholds of one's own photos say little: the model's own are better."""

WIDE: Final = 0.1
"""The widest margin that is advised: a few photos that lie far apart say nothing about people who are alike."""


@dataclass(frozen=True, slots=True)
class Limits:
    """`accept`: the least cosine for a name. `margin`: how far the second person has to be behind."""

    accept: float
    margin: float


@dataclass(frozen=True, slots=True)
class Look:
    """One photo against one enrolled photo of each person.

    `probe`: its index. `person`: whose it is; `enrolled`: whether that person was enrolled at all. `nearest` and `second` are who is like
    it, with their cosines; `second` is empty and its score -1 where only one is enrolled.
    """

    probe: int
    person: str
    enrolled: bool
    nearest: str
    score: float
    second: str
    second_score: float

    def named(self, limits: Limits) -> str:
        """Return the name these limits give, or UNKNOWN."""
        sure = self.score >= limits.accept and self.score - self.second_score >= limits.margin
        return self.nearest if sure else UNKNOWN


@dataclass(frozen=True, slots=True)
class Confusion:
    """How often a person (row) was named what (column); the last column is unknown. `strangers`: how often somebody not enrolled was."""

    persons: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    strangers: int
    strangers_named: int

    @property
    def right(self) -> int:
        """Return how often the right name was given."""
        return sum(row[place] for place, row in enumerate(self.counts))

    @property
    def unknown(self) -> int:
        """Return how often an enrolled person was not named."""
        return sum(row[-1] for row in self.counts)

    @property
    def wrong(self) -> int:
        """Return how often an enrolled person was given another's name."""
        return sum(map(sum, self.counts)) - self.right - self.unknown


@dataclass(frozen=True, slots=True)
class Advice:
    """Thresholds that would have fitted these photos; `apart`: whether every right person was nearer than every wrong one."""

    accept: float
    unknown: float
    margin: float
    apart: bool


def looks(embeddings: Embeddings, persons: Sequence[str]) -> list[Look]:
    """Return every photo looked up in every enrolment. `embeddings`: float32 (photos, dimensions); `persons`: whose each is.

    In round r the photo r of each person (counted round) is enrolled; a photo is never looked up where it is enrolled itself.
    """
    cosines = embeddings @ embeddings.T
    owned = {person: [index for index, each in enumerate(persons) if each == person] for person in dict.fromkeys(persons)}
    found = []
    for turn in range(max(map(len, owned.values()), default=0)):
        chosen = {person: photos[turn % len(photos)] for person, photos in owned.items()}
        probes = [index for index in range(len(persons)) if index not in chosen.values()]
        found += [_look(cosines[index], index, persons[index], chosen) for index in probes]
        found += [_stranger(cosines[index], index, persons[index], chosen) for index in range(len(persons)) if len(chosen) > 1]
    return found


def confusion(found: Sequence[Look], limits: Limits) -> Confusion:
    """Return who was named what under `limits`."""
    persons = tuple(sorted({look.person for look in found}))
    column = {person: index for index, person in enumerate(persons)} | {UNKNOWN: len(persons)}
    counts = np.zeros((len(persons), len(persons) + 1), np.int64)
    for look in found:
        if look.enrolled:
            counts[column[look.person], column[look.named(limits)]] += 1
    strangers = [look for look in found if not look.enrolled]
    rows = tuple(tuple(int(count) for count in row) for row in counts)
    return Confusion(persons, rows, len(strangers), sum(look.named(limits) != UNKNOWN for look in strangers))


def advice(found: Sequence[Look]) -> Advice | None:
    """Return thresholds between the right persons and the wrong ones; None where there is nothing to lay them between.

    `unknown` is the highest cosine of a wrong person; `accept` lies half-way to the lowest of a right one, or just above `unknown` where
    they overlap; `margin` is half the smallest lead of a right person over the second, and not more than `WIDE`.
    """
    right = [look.score for look in found if look.enrolled and look.nearest == look.person]
    wrong = [look.second_score if look.nearest == look.person else look.score for look in found if look.second or not look.enrolled]
    if not right or not wrong:
        return None
    lowest, highest = min(right), max(wrong)
    missed = any(look.enrolled and look.nearest != look.person for look in found)
    apart = lowest > highest and not missed
    leads = [look.score - look.second_score for look in found if look.enrolled and look.nearest == look.person and look.second]
    accept = (lowest + highest) / 2 if apart else highest + 0.01
    return Advice(_rounded(accept), _rounded(highest), _rounded(min(WIDE, max(0.0, min(leads, default=0.0) / 2))), apart)


def _look(cosines: NDArray[np.float32], probe: int, person: str, chosen: dict[str, int]) -> Look:
    ranked = sorted(((float(cosines[photo]), name) for name, photo in chosen.items()), reverse=True)
    (score, nearest), (second_score, second) = ranked[0], ranked[1] if len(ranked) > 1 else (-1.0, "")
    return Look(probe, person, person in chosen, nearest, score, second, second_score)


def _stranger(cosines: NDArray[np.float32], probe: int, person: str, chosen: dict[str, int]) -> Look:
    return _look(cosines, probe, person, {name: photo for name, photo in chosen.items() if name != person})


def _rounded(value: float) -> float:
    return round(min(1.0, value), 2)
