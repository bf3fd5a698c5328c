"""gates that share a camera, whoever somebody may be, an instant → the gate it was and whom of them it meant. Pure, for gateway and center.

What is open comes before what is rehearsed (unless it has been over for so long that nobody thought of closing it), what is held now before
what is near in time (the day before a day is not that day), a list that has somebody on it before one that has not. So yesterday's occasion
that nobody closed takes none of today's delegates, and two lists at one door at the same time get each their own.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol, TypeVar

_NOW: Final = timedelta()
FORGOTTEN: Final = timedelta(hours=12)
"""What is open and has been over for longer keeps no rehearsal from its gate."""


class Open(Protocol):
    """A gate that counts. `starts`, `ends`: of its list, else of its occasion; None: without a limit on that side."""

    @property
    def id(self) -> str: ...
    @property
    def occasion(self) -> object: ...
    @property
    def list(self) -> object: ...
    @property
    def rehearsal(self) -> bool: ...
    @property
    def starts(self) -> datetime | None: ...
    @property
    def ends(self) -> datetime | None: ...


class Expected(Protocol):
    """Somebody it may have been, as a delegate of one occasion."""

    @property
    def id(self) -> object: ...
    @property
    def occasion(self) -> object: ...
    @property
    def lists(self) -> Collection[object]: ...


G = TypeVar("G", bound=Open)
D = TypeVar("D", bound=Expected)


def chosen(gates: Sequence[G], who: Sequence[D], at: datetime) -> tuple[G, D | None]:
    """Return the gate, and whom it meant: None where `who` is empty. Raises ValueError where there are no gates."""
    best = min(_rank(gate, at) for gate in gates)
    here = sorted((gate for gate in gates if _rank(gate, at) == best), key=_latest)
    pairs = [(gate, one) for gate in here for one in who]
    return max(pairs, key=lambda pair: (_fit(*pair), str(pair[1].id))) if pairs else (here[0], None)


def away(gate: Open, at: datetime) -> timedelta:
    """Return how far an instant is from when a gate's list is held: nothing while it is."""
    before = _NOW if gate.starts is None else gate.starts - at
    after = _NOW if gate.ends is None else at - gate.ends
    return max(before, after, _NOW)


def _rank(gate: Open, at: datetime) -> tuple[bool, bool, timedelta]:
    forgotten = not gate.rehearsal and gate.ends is not None and at - gate.ends > FORGOTTEN
    return forgotten, gate.rehearsal, away(gate, at)


def _latest(gate: Open) -> tuple[bool, float, str]:
    """Return the order of gates of one time: what began last is the most particular."""
    return gate.starts is None, 0.0 if gate.starts is None else -gate.starts.timestamp(), gate.id


def _fit(gate: Open, delegate: Expected) -> int:
    return 0 if delegate.occasion != gate.occasion else 1 + (gate.list in delegate.lists)
