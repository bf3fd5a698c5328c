"""where an occasion stands + where it is to go → there, or a sentence that says where it may go."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from wardroom.errors import CheckInError


class State(StrEnum):
    """An occasion is prepared, tried out, held, over."""

    DRAFT = "draft"
    REHEARSAL = "rehearsal"
    OPEN = "open"
    CLOSED = "closed"


NEXT: Final[Mapping[State, tuple[State, ...]]] = {
    State.DRAFT: (State.REHEARSAL,),
    State.REHEARSAL: (State.OPEN, State.DRAFT),
    State.OPEN: (State.CLOSED,),
    State.CLOSED: (),
}
LIVE: Final = frozenset({State.REHEARSAL, State.OPEN})
"""In these somebody who comes to a gate or a desk is checked in."""
HELD: Final = frozenset({State.OPEN, State.CLOSED})
"""In these what was counted is a record that nothing takes away silently."""


def move(now: State, to: State) -> State:
    """Return `to`; raises CheckInError where it does not follow `now`."""
    if to not in NEXT[now]:
        allowed = ", ".join(NEXT[now]) or "–"
        raise CheckInError("occasion.no_such_move", state=now.value, to=to.value, allowed=allowed)
    return to


def check_live(state: State) -> None:
    """Raise CheckInError unless somebody may be checked in."""
    if state not in LIVE:
        raise CheckInError("occasion.not_live", state=state.value)
