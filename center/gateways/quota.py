"""a gateway's next best shot → room for it, or a refusal: what its shots take in the database is bounded, in bytes and in number.

Beyond the bound the new ones are refused: the gateway keeps them in a spool of its own, where the oldest go. Room comes back as shots are
purged. Counted in the database every `RECOUNT_S` seconds, and on from there in memory: several centers may be beyond it by what comes in
that time.
"""

from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import structlog

from center.store.database import Database
from wardroom.clock import Clock
from wardroom.errors import StorageFull
from wardroom.topics import Gateway

RECOUNT_S: Final = 60.0
RETRY_S: Final = 600
"""When a gateway without room may ask again (seconds)."""
GATEWAYS: Final = 256
"""Gateways whose counts are remembered; of more the one that came longest ago is counted anew."""
_KEPT: Final = """
SELECT count(*), coalesce(sum(octet_length(sealed) + coalesce(octet_length(embedding_sealed), 0)), 0)
FROM evidence WHERE (site, gateway) = (%(site)s, %(gateway)s)
"""

_log = structlog.get_logger()


@dataclass(slots=True)
class _Held:
    """What a gateway's shots take; `coming`: of those that are on their way in."""

    counted_at: float = float("-inf")
    shots: int = 0
    size: int = 0
    coming: int = 0
    coming_size: int = 0
    full: bool = False


class Quota:
    """The room of each gateway. `most_bytes`, `most`: what its shots may take, and how many they may be."""

    def __init__(self, database: Database, clock: Clock, *, most_bytes: int, most: int) -> None:
        self._database = database
        self._clock = clock
        self._most_bytes = most_bytes
        self._most = most
        self._held: OrderedDict[Gateway, _Held] = OrderedDict()

    def __len__(self) -> int:
        """Return how many gateways are remembered."""
        return len(self._held)

    @asynccontextmanager
    async def room(self, gateway: Gateway, size: int) -> AsyncIterator[None]:
        """Hold room for a shot of `size` bytes while it is taken, for good where nothing is raised. Raises StorageFull, StorageError."""
        held = await self._counted(gateway)
        full = held.shots + held.coming >= self._most or held.size + held.coming_size + size > self._most_bytes
        if full and not held.full:
            _log.warning("a gateway's best shots have no room left", gateway=gateway.prefix, shots=held.shots, bytes=held.size)
        held.full = full
        if full:
            raise StorageFull("gates.evidence_full", most=self._most, megabytes=self._most_bytes >> 20, retry_after_s=RETRY_S)
        held.coming += 1
        held.coming_size += size
        try:
            yield
            held.shots += 1
            held.size += size
        finally:
            held.coming -= 1
            held.coming_size -= size

    async def _counted(self, gateway: Gateway) -> _Held:
        held = self._held.setdefault(gateway, _Held())
        self._held.move_to_end(gateway)
        while len(self._held) > GATEWAYS:
            self._held.popitem(last=False)
        if (now := self._clock.monotonic()) - held.counted_at >= RECOUNT_S:
            ((shots, size),) = await self._database.rows(_KEPT, {"site": gateway.site, "gateway": gateway.gateway})
            held.shots, held.size, held.counted_at = shots, int(size), now
        return held
