"""what a transaction settled → receipts to the gateways, coalesced: ranges of sequences per boot, each with its outcome.

Nothing is kept for a gateway that a receipt did not reach: its pack comes again, and so does its receipt.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog

from wardroom import messages
from wardroom.bus import Outgoing
from wardroom.clock import Clock
from wardroom.errors import BrokerError
from wardroom.messages import Outcome, Receipt, Settled
from wardroom.topics import Gateway, PackTopic

EVERY_S: Final = 0.1
_RANGES: Final = 1_000
"""Ranges in one receipt: 1,000 of the longest stay below the wire limit."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

_log = structlog.get_logger()


class Receipts:
    """Gathers outcomes and tells each gateway its own every 100 ms."""

    def __init__(self, publish: Callable[[Outgoing], "asyncio.Future[None]"], clock: Clock) -> None:
        self._publish = publish
        self._clock = clock
        self._settled: dict[Gateway, dict[tuple[str, Outcome], set[int]]] = {}
        self._some = asyncio.Event()

    def settle(self, pack: PackTopic, outcome: Outcome) -> None:
        """Note that a transaction that committed settled `pack`; kept until the next receipt, 100 ms at most."""
        self._settled.setdefault(pack.gateway, {}).setdefault((pack.boot, outcome), set()).add(pack.seq)
        self._some.set()

    async def run(self) -> None:
        """Send receipts until cancelled."""
        while True:
            await self._some.wait()
            await asyncio.sleep(EVERY_S)
            self.send()

    def send(self) -> None:
        """Send what has gathered, now."""
        self._some.clear()
        gathered, self._settled = self._settled, {}
        at = _EPOCH + timedelta(microseconds=self._clock.now_us())
        for gateway, outcomes in gathered.items():
            settled = [
                Settled(boot, first, last, outcome)
                for (boot, outcome), sequences in sorted(outcomes.items())
                for first, last in ranges(sorted(sequences))
            ]
            for start in range(0, len(settled), _RANGES):
                receipt = Receipt(at, tuple(settled[start : start + _RANGES]))
                self._publish(Outgoing(gateway.receipts, messages.encode(receipt))).add_done_callback(_note)


def ranges(sequences: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield (first, last) of the unbroken runs in ascending `sequences`."""
    first = last = None
    for sequence in sequences:
        if first is None or last is None or sequence != last + 1:
            if first is not None and last is not None:
                yield first, last
            first = sequence
        last = sequence
    if first is not None and last is not None:
        yield first, last


def _note(sent: "asyncio.Future[None]") -> None:
    if not sent.cancelled() and isinstance(error := sent.exception(), BrokerError):
        _log.debug("receipt not sent", reason=str(error))
