"""message → durable outbox: put, take, confirm. What was put is on the disk; it leaves on a receipt, and byte for byte as it was put.

Group commit: puts that arrive while a commit runs share the next one; none waits for company. The boot id and the sequence are given when a
pack is put and never again. Bounded by bytes: when it is full the oldest readings go before any event, counted.
"""

import asyncio
import secrets
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain, groupby
from pathlib import Path
from types import TracebackType
from typing import Final, Self, TypeVar

import structlog

from edge.outbox_stats import Losses, Stats
from edge.outbox_store import EVENTS, READINGS, Done, New, Store, Stored
from edge.packing import payloads
from wardroom import messages
from wardroom.clock import Clock
from wardroom.errors import PackTooLarge, StorageError, StorageGone
from wardroom.messages import AnyEvent, Settled
from wardroom.senml import WIRE_LIMIT, Reading
from wardroom.topics import Gateway

_FRESH_PACKS: Final = 128
_FRESH_BYTES: Final = 8_192
"""Small new packs are handed on from memory, the newest so many of them; everything else is read back from the disk."""
_CONFIRM_WAIT_S: Final = 0.05
"""Receipts wait this long for a put whose commit they may share: nobody waits for them."""
_RETRY_S: Final = 1.0
_CONFIRM_LIMIT: Final = 10_000
"""Receipts a full disk keeps from being written; beyond it some are forgotten: their packs go again after the next start."""

T = TypeVar("T")

_log = structlog.get_logger()


@dataclass(slots=True)
class _Put:
    kind: str
    readings: tuple[Reading, ...]
    payload: bytes
    stored: asyncio.Future[None]


class Outbox:
    """The gateway's packs until ingest has them. One writer thread; one taker."""

    def __init__(self, *, file: Path, gateway: Gateway, limit_bytes: int, clock: Clock) -> None:
        self.boot = secrets.token_hex(8)
        self.dropped = 0
        self.quarantined = 0
        self.lossy = asyncio.Event()
        self._gateway = gateway
        self._clock = clock
        self._store = Store(file, limit_bytes)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"outbox-{gateway.gateway}")
        self._writer: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._work = asyncio.Event()
        self._news = asyncio.Event()
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._closing = False
        self._failing = False
        self._seq = 0
        self._puts: list[_Put] = []
        self._confirmed: deque[Settled] = deque(maxlen=_CONFIRM_LIMIT)
        self._fresh: deque[Stored] = deque(maxlen=_FRESH_PACKS)
        self._taken = 0
        self._last = 0
        self._losses = Losses()

    async def __aenter__(self) -> Self:
        try:
            await self._in_thread(self._store.open)
        except StorageError:
            self._thread.shutdown()
            raise
        self._taken = self._last = self._store.last_id
        self._writer = asyncio.create_task(self._write(), name="outbox writer")
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._closing = True
        self._work.set()
        if self._timer is not None:
            self._timer.cancel()
        if self._writer is not None:
            await self._writer
        await self._in_thread(self._store.close)
        self._thread.shutdown()

    async def watched(self) -> None:
        """Wait for the writer, which only ends by a bug or by closing; for a task group that must learn of the bug."""
        if self._writer is not None:
            await asyncio.shield(self._writer)

    async def put(self, message: tuple[Reading, ...] | AnyEvent) -> None:
        """Return when `message` is on the disk, or was dropped and counted because the outbox is full.

        Also where the caller is cancelled it is stored. Raises StorageFull or StorageGone where the disk took nothing (counted),
        PackTooLarge for an event above the wire limit.
        """
        if self._closing:
            raise StorageGone("edge.outbox_closed")
        if not message:
            return
        stored = asyncio.get_running_loop().create_future()
        if isinstance(message, tuple):
            self._puts.append(_Put(READINGS, message, b"", stored))
        else:
            payload = messages.encode(message)
            if len(payload) > WIRE_LIMIT:
                raise PackTooLarge("wire.too_large", size=len(payload), limit=WIRE_LIMIT)
            self._puts.append(_Put(EVENTS, (), payload, stored))
        self._work.set()
        await stored

    async def take(self, limit: int) -> list[Stored]:
        """Return this boot's next packs in their order, each once; waits until there is one. For one taker."""
        while True:
            while not self.has_news:
                self._news.clear()
                await self._news.wait()
            packs = self._from_memory(limit)
            if not packs:
                last = self._last
                packs = await self._in_thread(self._store.read, self._taken, last, limit)
                # nothing there: all of them were dropped before their turn came
                self._taken = packs[-1].id if packs else last
            if not self.has_news:
                self._quiet.set()
            if packs:
                return packs

    def skip(self, more_than: int) -> tuple[int, int] | None:
        """Pass over what nobody has taken yet where that is more than so many packs; return its ids, after and up to. For the taker."""
        after, upto = self._taken, self._last
        if upto - after <= more_than:
            return None
        self._taken = upto
        self._fresh.clear()
        self._quiet.set()
        return after, upto

    async def quiet(self) -> None:
        """Wait until every pack has been taken."""
        await self._quiet.wait()

    def confirm(self, settled: Sequence[Settled]) -> None:
        """Have packs deleted that ingest has receipted, of this boot or an earlier one; unknown ones don't matter."""
        self._confirmed.extend(settled)
        self._wake_in(_CONFIRM_WAIT_S)

    @property
    def failing(self) -> bool:
        """Whether the disk took nothing the last time."""
        return self._failing

    @property
    def has_news(self) -> bool:
        """Whether there is a pack nobody has taken yet."""
        return self._taken < self._last

    @property
    def taken(self) -> int:
        """The id of the last pack that was taken; at first that of the last one earlier boots left."""
        return self._taken

    async def read(self, after: int, upto: int, limit: int) -> list[Stored]:
        """Return packs with `after` < id ≤ `upto` in order: at most `limit`, and no more than a mebibyte beyond the first."""
        return await self._in_thread(self._store.read, after, upto, limit)

    async def waiting(self, after: int, upto: int, limit: int) -> list[tuple[int, str, int]]:
        """Return (id, boot, sequence) of packs with `after` < id ≤ `upto`, in order."""
        return await self._in_thread(self._store.waiting, after, upto, limit)

    async def quarantine(self, pack: int) -> bool:
        """Move a pack nobody receipts out of the way, counted; return whether it was still there."""
        moved = await self._in_thread(self._store.quarantine, pack, self._clock.now_us())
        self.quarantined += moved
        return moved

    async def stats(self) -> Stats:
        """Return how full the outbox is."""
        oldest_us = await self._in_thread(self._store.oldest_us)
        oldest_s = 0.0 if oldest_us is None else max(0.0, (self._clock.now_us() - oldest_us) / 1_000_000)
        return Stats(self._store.packs, self._store.bytes, oldest_s, self.dropped, self.quarantined)

    def losses(self) -> Losses:
        """Return what was dropped since the last call."""
        losses, self._losses = self._losses, Losses()
        self.lossy.clear()
        return losses

    async def _write(self) -> None:
        """Commit whatever has gathered, again and again; the last time when closing."""
        while not self._closing or self._puts:
            await self._work.wait()
            self._work.clear()
            puts, self._puts = self._puts, []
            confirmed, self._confirmed = self._confirmed, deque(maxlen=_CONFIRM_LIMIT)
            if puts or confirmed:
                await self._commit(puts, confirmed)
            if self._closing:
                self._work.set()

    async def _commit(self, puts: list[_Put], confirmed: deque[Settled]) -> None:
        packs = self._packs(puts)
        try:
            done = await self._in_thread(self._store.commit, packs, tuple(confirmed))
        except StorageError as error:
            self._failed(error, packs, puts)
            self._confirmed.extendleft(reversed(confirmed))
            self._wake_in(_RETRY_S)
            return
        if self._failing:
            self._failing = False
            _log.info("outbox writes again", dropped=self.dropped)
        self._handed_on(done)
        for put in puts:
            if not put.stored.done():
                put.stored.set_result(None)

    def _packs(self, puts: list[_Put]) -> list[New]:
        """Return the packs of `puts`, numbered; readings that came together travel together."""
        now_us = self._clock.now_us()
        new: list[New] = []
        for kind, group in groupby(puts, key=lambda put: put.kind):
            if kind == READINGS:
                contents = payloads(tuple(chain.from_iterable(put.readings for put in group)), now_us)
            else:
                contents = [put.payload for put in group]
            for payload in contents:
                new.append(New(kind, self._gateway.pack(kind, self.boot, self._seq), self.boot, self._seq, payload, now_us))
                self._seq += 1
        return new

    def _failed(self, error: StorageError, packs: list[New], puts: list[_Put]) -> None:
        """Count what the disk did not take; its sequences are not given again, so that the gap shows at the other end."""
        self._lost(len(packs), sum(len(pack.payload) for pack in packs))
        if not self._failing:
            self._failing = True
            _log.error("outbox cannot write; what is measured meanwhile is lost and counted", detail=str(error))
        for put in puts:
            if not put.stored.done():
                put.stored.set_exception(error)

    def _handed_on(self, done: Done) -> None:
        self._lost(done.dropped_packs, done.dropped_bytes)
        if done.packs:
            self._fresh.extend(pack for pack in done.packs if pack.size <= _FRESH_BYTES)
            self._last = done.packs[-1].id
            self._news.set()
            self._quiet.clear()

    def _lost(self, packs: int, size: int) -> None:
        if packs:
            self.dropped += packs
            self._losses = Losses(self._losses.packs + packs, self._losses.bytes + size)
            self.lossy.set()

    def _from_memory(self, limit: int) -> list[Stored]:
        packs: list[Stored] = []
        while self._fresh and len(packs) < limit and self._fresh[0].id <= self._taken + 1:
            pack = self._fresh.popleft()
            if pack.id > self._taken:
                packs.append(pack)
                self._taken = pack.id
        return packs

    def _wake_in(self, seconds: float) -> None:
        if self._timer is None and not self._closing:
            self._timer = asyncio.get_running_loop().call_later(seconds, self._wake)

    def _wake(self) -> None:
        self._timer = None
        self._work.set()

    async def _in_thread(self, work: Callable[..., T], *arguments: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *arguments)
