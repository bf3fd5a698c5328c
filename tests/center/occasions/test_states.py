import itertools

import pytest

from center.occasions.states import NEXT, State, check_live, move
from wardroom.errors import CheckInError

LEGAL = {
    (State.DRAFT, State.REHEARSAL),
    (State.REHEARSAL, State.OPEN),
    (State.REHEARSAL, State.DRAFT),
    (State.OPEN, State.CLOSED),
}


@pytest.mark.parametrize(("now", "to"), list(itertools.product(State, State)))
def test_an_occasion_goes_only_where_it_may(now: State, to: State) -> None:
    if (now, to) in LEGAL:
        assert move(now, to) is to
    else:
        with pytest.raises(CheckInError, match=f"'{now.value}' cannot become '{to.value}'"):
            move(now, to)


def test_every_state_says_what_follows() -> None:
    assert set(NEXT) == set(State)


@pytest.mark.parametrize("state", [State.DRAFT, State.CLOSED])
def test_nobody_is_checked_in_before_the_rehearsal_or_after_the_end(state: State) -> None:
    with pytest.raises(CheckInError, match=state.value):
        check_live(state)


def test_what_may_not_be_says_what_may() -> None:
    with pytest.raises(CheckInError) as refused:
        move(State.REHEARSAL, State.CLOSED)

    assert "open, draft" in str(refused.value)
    assert "open, draft" in refused.value.sentence("vi")
