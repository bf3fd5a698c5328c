import contextlib

import pytest

from center.attempts import ACCOUNT_FACTOR, TRUSTED, WINDOW_S, Attempts, WrongSecret
from tests.center.factories import SetClock
from wardroom.errors import AccessError, StorageGone


def failing(allowed: int = 3) -> tuple[Attempts, SetClock]:
    clock = SetClock()
    return Attempts(allowed=allowed, clock=clock), clock


def fail(attempts: Attempts, address: str = "10.0.0.1", account: str | None = "a") -> None:
    with pytest.raises(WrongSecret), attempts.counted(address, account):
        raise WrongSecret("center.wrong_password")


def refused(attempts: Attempts, address: str = "10.0.0.1", account: str | None = "a") -> bool:
    """Return whether an attempt is refused; it ends with nothing said of its secret."""
    with pytest.raises((StorageGone, AccessError)) as caught, attempts.counted(address, account):
        raise StorageGone("center.database_gone")
    return isinstance(caught.value, AccessError)


def test_an_address_may_fail_as_often_as_allowed_and_then_waits() -> None:
    attempts, clock = failing()
    for _ in range(3):
        assert not refused(attempts)
        fail(attempts)

    with pytest.raises(AccessError) as caught, attempts.counted("10.0.0.1", "another"):
        pass
    assert caught.value.data["retry_after_s"] == WINDOW_S
    assert not refused(attempts, "10.0.0.2")
    clock.advance(WINDOW_S + 1)
    assert not refused(attempts)


def test_an_attempt_counts_while_it_runs_and_no_longer_if_it_succeeds() -> None:
    attempts, _ = failing()
    with contextlib.ExitStack() as running:
        for _ in range(3):
            running.enter_context(attempts.counted("10.0.0.1", "a"))
        with pytest.raises(AccessError) as caught, attempts.counted("10.0.0.1", "a"):
            pass

    assert caught.value.data["retry_after_s"] == 1
    assert not refused(attempts)
    assert not attempts._running


def test_an_account_attacked_from_many_addresses_waits_too() -> None:
    attempts, _ = failing()
    for number in range(3 * ACCOUNT_FACTOR):
        fail(attempts, f"10.0.0.{number}", "a")

    assert refused(attempts, "10.0.1.1", "a")
    assert not refused(attempts, "10.0.1.1", "b")


def test_an_account_attacked_elsewhere_is_open_where_its_owner_signed_in_before() -> None:
    attempts, _ = failing()
    with attempts.counted("10.0.1.1", "a"):
        pass
    for number in range(3 * ACCOUNT_FACTOR):
        fail(attempts, f"10.0.0.{number}", "a")

    assert not refused(attempts, "10.0.1.1", "a")
    for _ in range(3):
        fail(attempts, "10.0.1.1", "a")
    assert refused(attempts, "10.0.1.1", "a"), "the address's own limit holds there too"


def test_screens_with_wrong_tokens_anywhere_keep_no_other_screen_out() -> None:
    attempts, _ = failing()
    for number in range(3 * ACCOUNT_FACTOR):
        fail(attempts, f"10.0.0.{number}", None)

    assert not refused(attempts, "10.0.1.1", None)


def test_what_is_remembered_is_bounded() -> None:
    attempts, _ = failing()
    for number in range(12_000):
        with contextlib.suppress(AccessError), attempts.counted(str(number), f"b{number}"):
            raise WrongSecret("center.wrong_password")
        with attempts.counted(str(number), f"c{number}"):
            pass

    assert len(attempts._failures) <= 10_000
    assert len(attempts._trusted) == TRUSTED
