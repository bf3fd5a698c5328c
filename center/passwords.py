"""password ↔ argon2id hash, in a thread and a few at a time: hashing is dear on purpose."""

import asyncio
import secrets
from collections.abc import Callable
from typing import Final, TypeVar, TypeVarTuple

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from wardroom.errors import AccessError

LEAST: Final = 12
MOST: Final = 200
_AT_ONCE: Final = 2
_QUEUE: Final = 20
_LETTERS: Final = "ABCDEFGHJKMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz23456789"
"""Without the ones people mistake for each other."""

Words = TypeVarTuple("Words")
Answer = TypeVar("Answer")

# OWASP's password storage recommendation for argon2id: 19 MiB, two passes, one lane.
_hasher: Final = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1, type=Type.ID)
_NOBODY: Final = "$argon2id$v=19$m=19456,t=2,p=1$cdM0/CU1AtCH5vnNiGjBEg$5L6RiG9pXgzoBdOBolS1O8RM9yxzaHCroNAzJY0ODgM"
"""What an unknown account's password is compared with, so that it takes as long as a known one's."""


class Passwords:
    """Hashes and checks; raises AccessError when too many wait for it."""

    def __init__(self) -> None:
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._waiting = 0

    async def hash(self, password: str) -> str:
        return await self._in_turn(_hasher.hash, password)

    async def matches(self, kept: str | None, password: str) -> bool:
        """Return whether `password` is the one `kept` was made of; None: there is no such account, which takes as long."""
        return await self._in_turn(_matches, kept or _NOBODY, password) and kept is not None

    async def _in_turn(self, work: Callable[[*Words], Answer], *words: *Words) -> Answer:
        if self._waiting >= _QUEUE:
            raise AccessError("center.too_many_attempts", retry_after_s=1)
        self._waiting += 1
        try:
            async with self._turns:
                return await asyncio.to_thread(work, *words)
        finally:
            self._waiting -= 1


def one_time() -> str:
    """Return a password to be said once and changed at the first sign-in: about 115 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(4))


def check_new(new: str, current: str, account: str) -> None:
    """Raise AccessError for a new password that is too short, too long, blank, the old one or the account's name."""
    if not LEAST <= len(new) <= MOST:
        raise AccessError("center.bad_password_length", least=LEAST, most=MOST)
    if not new.strip():
        raise AccessError("center.blank_password")
    if new == current or new.lower() == account.lower():
        raise AccessError("center.same_password")


def _matches(kept: str, password: str) -> bool:
    try:
        return _hasher.verify(kept, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
