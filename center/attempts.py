"""failed sign-ins → whether another may be tried: bounded in memory, forgotten after five minutes."""

from collections import OrderedDict
from math import ceil
from typing import Final

from wardroom.clock import Clock
from wardroom.errors import AccessError

WINDOW_S: Final = 300.0
ADDRESSES: Final = 10_000
"""Addresses and accounts remembered; beyond that the one that failed longest ago is forgotten."""
ACCOUNT_FACTOR: Final = 3
"""An account may fail this many times more often than an address: it is attacked from several, or its owner forgot."""


class Attempts:
    """Counts failures per address and per account within a window."""

    def __init__(self, *, allowed: int, clock: Clock) -> None:
        self._allowed = allowed
        self._clock = clock
        self._failures: OrderedDict[tuple[str, str], list[float]] = OrderedDict()

    def check(self, address: str, account: str) -> None:
        """Raise AccessError where too many attempts failed."""
        for key, allowed in self._keys(address, account):
            failures = self._recent(key)
            if len(failures) >= allowed:
                wait_s = ceil(failures[0] + WINDOW_S - self._clock.monotonic())
                raise AccessError("center.too_many_attempts", retry_after_s=max(wait_s, 1))

    def failed(self, address: str, account: str) -> None:
        for key, allowed in self._keys(address, account):
            self._failures[key] = [*self._recent(key), self._clock.monotonic()][-allowed:]
            self._failures.move_to_end(key)
        while len(self._failures) > ADDRESSES:
            self._failures.popitem(last=False)

    def _keys(self, address: str, account: str) -> tuple[tuple[tuple[str, str], int], ...]:
        return ((("address", address), self._allowed), (("account", account), self._allowed * ACCOUNT_FACTOR))

    def _recent(self, key: tuple[str, str]) -> list[float]:
        since = self._clock.monotonic() - WINDOW_S
        return [moment for moment in self._failures.get(key, ()) if moment > since]
