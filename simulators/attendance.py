"""a story told at gates → what every passage must count for, and what a center says of each: compared item by item.

The truth is found by `wardroom.admission` from what was told, so that it does not depend on who counted it, in which order, or how often.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from msgspec import Struct

from wardroom import admission
from wardroom.admission import Direction, Method, Passage, Result, Standing

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Told(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One passage as it was told at a gate. `id`: of its visit; `delegate`: by number, None for nobody on record.

    `person`: whose face it is by the center's id; `code`: the badge's text; `foreign`: of another occasion.
    """

    id: str
    at_us: int
    gate: str
    direction: Direction
    method: Method
    delegate: int | None = None
    person: str | None = None
    code: str | None = None
    stranger: int | None = None
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class Counted:
    """What a passage counts for, whose it is (a delegate's number, None for nobody), and when it was."""

    result: Result
    delegate: int | None
    at_us: int


@dataclass(slots=True)
class Comparison:
    """What a center says beside the truth; each list holds ids of passages with what is wrong."""

    right: int = 0
    missing: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def equal(self) -> bool:
        """Whether nothing is missing, made up, or counted for something else."""
        return not (self.missing or self.unknown or self.wrong)


def truth(told: Iterable[Told], revoked: Mapping[int, datetime]) -> dict[str, Counted]:
    """Return what each passage counts for, by its id. `revoked`: since when, by the delegate's number."""
    told = list(told)
    found = {one.id: Counted(Result.UNKNOWN, None, one.at_us) for one in told if one.delegate is None and not one.foreign}
    found |= {one.id: Counted(Result.WRONG_EVENT, None, one.at_us) for one in told if one.foreign}
    own: defaultdict[int, list[Told]] = defaultdict(list)
    for one in told:
        if one.delegate is not None:
            own[one.delegate].append(one)
    for number, passages in own.items():
        results = admission.results(Standing(revoked=revoked.get(number)), [_passage(one) for one in passages])
        found |= {one.id: Counted(results[one.id], number, one.at_us) for one in passages}
    return found


def checked_in(counted: Mapping[str, Counted]) -> dict[int, int]:
    """Return when each delegate who was checked in was (microseconds), by number."""
    return {one.delegate: one.at_us for one in counted.values() if one.result is Result.CHECKED_IN and one.delegate is not None}


def inside(told: Iterable[Told], counted: Mapping[str, Counted]) -> set[int]:
    """Return the numbers of the delegates who are inside at the end."""
    there: dict[int, bool] = {}
    for one in sorted(told, key=lambda each: (each.at_us, each.id)):
        result = counted[one.id].result
        if one.delegate is not None and result in admission.COUNTED:
            there[one.delegate] = result is not Result.LEFT
    return {number for number, here in there.items() if here}


def compared(expected: Mapping[str, Counted], said: Mapping[str, Counted], doubtful: Collection[str] = ()) -> Comparison:
    """Return how what a center says differs from the truth; `doubtful`: ids that may be missing."""
    found = Comparison(unknown=sorted(said.keys() - expected.keys()))
    for one, counted in sorted(expected.items()):
        theirs = said.get(one)
        if theirs is None and one not in doubtful:
            found.missing.append(one)
        elif theirs is not None and theirs != counted:
            found.wrong.append(f"{one}: {theirs} is not {counted}")
        elif theirs is not None:
            found.right += 1
    return found


def _passage(one: Told) -> Passage:
    return Passage(id=one.id, at=_EPOCH + timedelta(microseconds=one.at_us), direction=one.direction, method=one.method)
