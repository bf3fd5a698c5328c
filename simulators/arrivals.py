"""delegates and gates → who comes when, where and by what: the hall fills before the start, most of it shortly before, some come late.

Pure and seeded. Seconds count from the occasion's start: whoever comes before it has negative ones.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from simulators.delegates import Delegate
from wardroom.admission import Direction, Method

FOREIGN: Final = "WR1:KHAC-"
"""How the codes of another occasion's badges begin."""


@dataclass(frozen=True, slots=True)
class Gate:
    """An entrance or an exit."""

    id: str
    direction: Direction = Direction.IN


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """Somebody at a gate: a delegate, or nobody known by a face (`stranger`) or by a badge of another occasion (`code` alone)."""

    at_s: float
    gate: str
    direction: Direction
    method: Method
    delegate: int | None = None
    code: str | None = None
    stranger: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """When people come: from `first_s`, most of them around `peak_s`, until `last_s`; latecomers until `late_s`."""

    first_s: float = -2_100.0
    peak_s: float = -900.0
    last_s: float = -180.0
    late_s: float = 900.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """How many of the delegates do what; the rest of the figures are counted in people."""

    missing: float = 0.04
    late: float = 0.06
    by_code: float = 0.35
    doubles: int = 4
    """At two gates at the same instant, by face and by badge."""
    again: int = 12
    """Seen once more within a minute of coming in."""
    returning: int = 8
    leaving: int = 3
    strangers: int = 5
    foreign: int = 3
    revoked: int = 2


@dataclass(frozen=True, slots=True)
class Story:
    """What happens, in order, and which delegates (by number) must not be let in."""

    comings: tuple[Coming, ...]
    revoked: frozenset[int]


_ALL: Final = Shares()
_CURVE: Final = Curve()


def story(who: Sequence[Delegate], gates: Sequence[Gate], seed: int, curve: Curve = _CURVE, shares: Shares = _ALL) -> Story:
    """Return the same for the same seed; at least one gate must lead in, and nobody leaves where none leads out."""
    return _Telling(who, gates, seed, curve, shares).told()


class _Telling:
    """Makes one story up."""

    def __init__(self, who: Sequence[Delegate], gates: Sequence[Gate], seed: int, curve: Curve, shares: Shares) -> None:
        self._who = who
        self._in = [gate for gate in gates if gate.direction is Direction.IN]
        self._out = [gate for gate in gates if gate.direction is Direction.OUT]
        self._chance = Random(f"arrivals:{seed}")
        self._curve = curve
        self._shares = shares

    def told(self) -> Story:
        shares, count = self._shares, len(self._who)
        order = self._chance.sample(range(count), count)
        coming = order[round(shares.missing * count) :]
        late = frozenset(coming[: round(shares.late * count)])
        revoked = frozenset(self._who[index].number for index in coming[-shares.revoked :]) if shares.revoked else frozenset()
        first = {index: self._arrival(self._who[index], late=index in late) for index in coming}
        punctual = [first[index] for index in coming if index not in late and self._who[index].number not in revoked]
        comings = [*first.values(), *self._doubled(punctual[: shares.doubles]), *self._seen_again(punctual[: shares.again])]
        if self._out:
            comings += self._leaving(punctual[-shares.returning - shares.leaving :])
        comings += [*self._strangers(), *self._foreign()]
        return Story(tuple(sorted(comings, key=lambda one: (one.at_s, one.gate, one.delegate or 0))), revoked)

    def _arrival(self, who: Delegate, *, late: bool) -> Coming:
        curve = self._curve
        at_s = self._chance.uniform(0, curve.late_s) if late else self._chance.triangular(curve.first_s, curve.last_s, curve.peak_s)
        method = Method.CODE if self._chance.random() < self._shares.by_code else Method.FACE
        return self._at(self._chance.choice(self._in), at_s, who, method)

    def _at(self, gate: Gate, at_s: float, who: Delegate, method: Method) -> Coming:
        code = who.code if method is Method.CODE else None
        return Coming(at_s=round(at_s, 3), gate=gate.id, direction=gate.direction, method=method, delegate=who.number, code=code)

    def _doubled(self, some: Iterable[Coming]) -> list[Coming]:
        return [self._at(self._elsewhere(one), one.at_s, self._delegate(one), _other(one.method)) for one in some]

    def _seen_again(self, some: Iterable[Coming]) -> list[Coming]:
        return [
            self._at(self._elsewhere(one), one.at_s + self._chance.uniform(5, 50), self._delegate(one), _other(one.method)) for one in some
        ]

    def _leaving(self, some: Sequence[Coming]) -> list[Coming]:
        found = []
        for number, one in enumerate(some):
            gone_s = one.at_s + self._chance.uniform(60, 180)
            found.append(self._at(self._chance.choice(self._out), gone_s, self._delegate(one), one.method))
            if number < self._shares.returning:
                back_s = gone_s + self._chance.uniform(60, 240)
                found.append(self._at(self._chance.choice(self._in), back_s, self._delegate(one), one.method))
        return found

    def _strangers(self) -> list[Coming]:
        found = []
        for number in range(self._shares.strangers):
            at_s = self._chance.triangular(self._curve.first_s, self._curve.last_s, self._curve.peak_s)
            for _ in range(self._chance.randint(1, 3)):
                gate = self._chance.choice(self._in)
                at_s += self._chance.uniform(20, 90)
                found.append(Coming(at_s=round(at_s, 3), gate=gate.id, direction=gate.direction, method=Method.FACE, stranger=number))
        return found

    def _foreign(self) -> list[Coming]:
        found = []
        for number in range(self._shares.foreign):
            gate = self._chance.choice(self._in)
            at_s = self._chance.triangular(self._curve.first_s, self._curve.last_s, self._curve.peak_s)
            code = f"{FOREIGN}{number:02}"
            found.append(Coming(at_s=round(at_s, 3), gate=gate.id, direction=gate.direction, method=Method.CODE, code=code))
        return found

    def _elsewhere(self, one: Coming) -> Gate:
        """Return another entrance, the same one where there is no other."""
        others = [gate for gate in self._in if gate.id != one.gate] or self._in
        return self._chance.choice(others)

    def _delegate(self, one: Coming) -> Delegate:
        return next(who for who in self._who if who.number == one.delegate)


def _other(method: Method) -> Method:
    return Method.CODE if method is Method.FACE else Method.FACE
