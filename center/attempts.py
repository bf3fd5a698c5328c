"""sign-ins that fail, or may yet → whether another may be tried: bounded in memory, forgotten after five minutes."""

from collections import Counter, OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil
from typing import Final

from wardroom.clock import Clock
from wardroom.errors import AccessError

WINDOW_S: Final = 300.0
ADDRESSES: Final = 10_000
"""Addresses and accounts remembered; beyond that the one that failed longest ago is forgotten."""
TRUSTED: Final = 10_000
"""Accounts with an address they signed in from; beyond that the one used longest ago is forgotten."""
ACCOUNT_FACTOR: Final = 3
"""An account may fail this many times more often than an address: it is attacked from several, or its owner forgot."""

_Key = tuple[str, str]
_Keys = tuple[tuple[_Key, int], ...]


class WrongSecret(AccessError):
    """A password or a token that is wrong: the one thing that counts as a failure."""


class Attempts:
    """Counts failures per address and per account within a window.

    An attempt counts while it runs, so that many at once are no way around the limit. An account's own limit does not hold for an
    address it signed in from before: who fails in its name elsewhere cannot lock its owner out.
    """

    def __init__(self, *, allowed: int, clock: Clock) -> None:
        self._allowed = allowed
        self._clock = clock
        self._running: Counter[_Key] = Counter()
        self._failures: OrderedDict[_Key, list[float]] = OrderedDict()
        self._trusted: OrderedDict[_Key, None] = OrderedDict()

    @contextmanager
    def counted(self, address: str, account: str | None) -> Iterator[None]:
        """Try a secret inside: WrongSecret is a failure, a normal end success; raises AccessError where too many failed or run.

        `account`: None for a secret nobody can guess, which only the address answers for.
        """
        keys = self._keys(address, account)
        self._check(keys)
        self._running.update(key for key, _ in keys)
        try:
            yield
        except WrongSecret:
            self._failed(keys)
            raise
        else:
            self._trust(address, account)
        finally:
            self._running -= Counter(key for key, _ in keys)

    def _check(self, keys: _Keys) -> None:
        for key, allowed in keys:
            failures = self._recent(key)
            if len(failures) + self._running[key] >= allowed:
                wait_s = ceil(failures[0] + WINDOW_S - self._clock.monotonic()) if len(failures) >= allowed else 1
                raise AccessError("center.too_many_attempts", retry_after_s=max(wait_s, 1))

    def _failed(self, keys: _Keys) -> None:
        for key, allowed in keys:
            self._failures[key] = [*self._recent(key), self._clock.monotonic()][-allowed:]
            self._failures.move_to_end(key)
        while len(self._failures) > ADDRESSES:
            self._failures.popitem(last=False)

    def _trust(self, address: str, account: str | None) -> None:
        if account is None:
            return
        self._trusted[account, address] = None
        self._trusted.move_to_end((account, address))
        if len(self._trusted) > TRUSTED:
            self._trusted.popitem(last=False)

    def _keys(self, address: str, account: str | None) -> _Keys:
        by_address = (("address", address), self._allowed)
        if account is None or (account, address) in self._trusted:
            return (by_address,)
        return (by_address, (("account", account), self._allowed * ACCOUNT_FACTOR))

    def _recent(self, key: _Key) -> list[float]:
        since = self._clock.monotonic() - WINDOW_S
        return [moment for moment in self._failures.get(key, ()) if moment > since]
