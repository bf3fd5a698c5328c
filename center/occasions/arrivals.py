"""live events → passages and greetings, one after the other, a few milliseconds after the gateway told them.

`take` is called by the feed and never waits: beyond `QUEUE` sightings the newest is dropped, and so is what the database could not take.
Nothing is lost by that: `center.occasions.catching_up` brings what was dropped from the table of events, seconds later.
"""

import asyncio
from datetime import UTC, datetime
from typing import Final

import structlog

from center.occasions.settling import Settling
from center.occasions.sightings import Sighting, of_event
from center.occasions.strangers import Strangers
from center.occasions.telling import Telling
from wardroom.errors import StorageError, WardroomError
from wardroom.event import Event
from wardroom.metrics import BUGS, counter
from wardroom.topics import Gateway

QUEUE: Final = 1_000

SETTLED: Final = counter("wardroom_checkin_sightings_total", "Sightings at gates by what became of them.", ("way", "result"))

_log = structlog.get_logger()


class Arrivals:
    """Settles what comes live."""

    def __init__(self, *, settling: Settling, strangers: Strangers, telling: Telling, queue: int = QUEUE) -> None:
        self._settling = settling
        self._strangers = strangers
        self._telling = telling
        self._queue: asyncio.Queue[Sighting] = asyncio.Queue(queue)

    def take(self, event: Event, place: Gateway, now_us: int) -> None:
        """Take a live event that was received at `now_us`; what is no sighting is none of ours."""
        seen = of_event(event, place, datetime.fromtimestamp(now_us // 1_000_000, UTC).replace(microsecond=now_us % 1_000_000))
        if seen is None:
            return
        try:
            self._queue.put_nowait(seen)
        except asyncio.QueueFull:
            SETTLED.labels("live", "dropped").inc()

    async def run(self) -> None:
        """Settle until cancelled."""
        while True:
            try:
                await self.settle(await self._queue.get(), "live")
            except StorageError as error:
                SETTLED.labels("live", "dropped").inc()
                _log.debug("sighting left to catching up", reason=str(error))

    async def settle(self, seen: Sighting, way: str) -> None:
        """Settle one and tell it; what cannot be settled is counted, and never the next one's affair. Raises StorageError."""
        try:
            passages = await self._settling.settle(seen)
            if passages and seen.person is None and seen.evidence is not None:
                passages |= await self._strangers.passed([seen.visit])
            await self._telling.tell(passages)
            SETTLED.labels(way, "settled" if passages else "no_gate").inc()
        except StorageError:
            raise
        except WardroomError as error:
            SETTLED.labels(way, "refused").inc()
            _log.warning("sighting refused", visit=str(seen.visit), reason=str(error))
        except Exception:  # noqa: BLE001 - the top of one sighting's work: logged with its traceback and counted, and the next one is settled
            BUGS.labels("check-in").inc()
            SETTLED.labels(way, "bug").inc()
            _log.exception("sighting not settled", visit=str(seen.visit))
