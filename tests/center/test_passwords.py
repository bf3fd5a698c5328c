import asyncio

import pytest

from center import passwords
from center.passwords import Passwords
from wardroom.errors import AccessError


async def test_a_password_matches_its_own_hash_only_and_nobody_matches_nothing() -> None:
    checking = Passwords()
    kept = await checking.hash("correct horse battery")

    assert kept.startswith("$argon2id$")
    assert await checking.matches(kept, "correct horse battery")
    assert not await checking.matches(kept, "correct horse")
    assert not await checking.matches(None, "correct horse")
    assert not await checking.matches("not a hash", "correct horse")


async def test_too_many_at_once_are_sent_away_instead_of_queued() -> None:
    checking = Passwords()
    kept = await checking.hash("x" * 12)

    answers = await asyncio.gather(*(checking.matches(kept, "y") for _ in range(30)), return_exceptions=True)

    assert sum(isinstance(answer, AccessError) for answer in answers) == 10
    assert await checking.matches(kept, "x" * 12)


@pytest.mark.parametrize(
    ("new", "sound"),
    [
        ("a long enough one", True),
        ("short", False),
        (" " * 20, False),
        ("\u00a0\t" * 10, False),
        ("x" * 201, False),
        ("the current one", False),
        ("Administrator", False),  # the account's name
    ],
)
def test_a_new_password_is_long_enough_and_new(new: str, *, sound: bool) -> None:
    try:
        passwords.check_new(new, "the current one", "administrator")
    except AccessError:
        assert not sound
    else:
        assert sound


def test_one_time_passwords_differ() -> None:
    assert len({passwords.one_time() for _ in range(100)}) == 100
