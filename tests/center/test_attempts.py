import pytest

from center.attempts import ACCOUNT_FACTOR, WINDOW_S, Attempts
from tests.center.factories import SetClock
from wardroom.errors import AccessError


def failing(allowed: int = 3) -> tuple[Attempts, SetClock]:
    clock = SetClock()
    return Attempts(allowed=allowed, clock=clock), clock


def refused(attempts: Attempts, address: str = "10.0.0.1", account: str = "a") -> bool:
    try:
        attempts.check(address, account)
    except AccessError:
        return True
    return False


def test_an_address_may_fail_as_often_as_allowed_and_then_waits() -> None:
    attempts, clock = failing()
    for _ in range(3):
        assert not refused(attempts)
        attempts.failed("10.0.0.1", "a")

    with pytest.raises(AccessError) as caught:
        attempts.check("10.0.0.1", "another")
    assert caught.value.data["retry_after_s"] == WINDOW_S
    assert not refused(attempts, "10.0.0.2")
    clock.advance(WINDOW_S + 1)
    assert not refused(attempts)


def test_an_account_attacked_from_many_addresses_waits_too() -> None:
    attempts, _ = failing()
    for number in range(3 * ACCOUNT_FACTOR):
        attempts.failed(f"10.0.0.{number}", "a")

    assert refused(attempts, "10.0.1.1", "a")
    assert not refused(attempts, "10.0.1.1", "b")


def test_what_is_remembered_is_bounded() -> None:
    attempts, _ = failing()
    for number in range(12_000):
        attempts.failed(str(number), "a")

    assert len(attempts._failures) <= 10_000
