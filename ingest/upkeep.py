"""time → what the tables need beside the batches: weeks made ahead, rollups refreshed, what is old deleted, rollups compared at night.

One ingester does it at a time, over a connection of its own; a chore that fails is tried again at the next turn, and neither another chore
nor a batch waits for it.
"""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog

from ingest import counters, reconciliation, retention, rollups
from ingest.database import Connection, connected, mapped
from ingest.filing import monday, week_of
from ingest.settings import Settings
from wardroom.clock import Clock
from wardroom.errors import InvalidMessage, StorageError

AHEAD: Final = 2
"""Weeks made before they begin, beside the one that is."""
SWEEP_EVERY: Final = timedelta(hours=1)
_NIGHT: Final = timedelta(hours=19, minutes=30)
"""02:30 on Vietnam's clock, in UTC."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

_log = structlog.get_logger()


class Upkeep:
    """When each chore is due; all are done soon after the start but the nightly one, which waits for its night."""

    def __init__(self, settings: Settings, *, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._sweep_due = self._drop_due = _EPOCH
        self._compare_due = next_night(self._now())

    async def run(self) -> None:
        """Take a turn now and then until cancelled."""
        while True:
            try:
                await self.turn()
            except StorageError as error:
                _log.debug("no upkeep without a database", reason=str(error))
            await asyncio.sleep(self._settings.ingest.rollups_every_s)

    async def turn(self) -> None:
        """Do what is due, unless another ingester is at it; raises StorageError where the database cannot be asked at all."""
        chosen = self._settings
        timeout = chosen.ingest.statement_timeout_s
        async with connected(chosen.database.conninfo(), program="wardroom-ingest-upkeep", statement_timeout_s=timeout) as connection:
            counters.ROLLUP_LAG.set(await rollups.lag_s(connection))
            async with rollups.alone(connection) as ours:
                if ours:
                    await self._chores(connection)

    async def _chores(self, connection: Connection) -> None:
        """Do each chore, whatever became of the one before: what one query can't do must not fill the disk, or stop the batches."""
        now = self._now()
        for chore in (make_weeks, self._refresh, self._compare, self._sweep, self._drop):
            try:
                with mapped():
                    await chore(connection, now)
            except (StorageError, InvalidMessage) as error:
                _log.warning("upkeep put off", chore=chore.__name__.strip("_"), reason=str(error))

    async def _refresh(self, connection: Connection, _now: datetime) -> None:
        await rollups.refresh(connection)
        counters.ROLLUP_LAG.set(await rollups.lag_s(connection))

    async def _compare(self, connection: Connection, now: datetime) -> None:
        if now >= self._compare_due:
            self._compare_due = now + SWEEP_EVERY  # if it fails
            await compare(connection)
            await rollups.refresh(connection)
            self._compare_due = next_night(now)

    async def _sweep(self, connection: Connection, now: datetime) -> None:
        if now >= self._sweep_due:
            _deleted(await retention.sweep(connection, self._settings.retention, await _certain(connection, now)))
            self._sweep_due = now + SWEEP_EVERY

    async def _drop(self, connection: Connection, now: datetime) -> None:
        if now >= self._drop_due:
            before = await _certain(connection, now) - self._settings.retention.of("reading")
            if weeks := await retention.drop(connection, before):
                _deleted({"week": weeks})
            self._drop_due = now + SWEEP_EVERY

    def _now(self) -> datetime:
        return _EPOCH + timedelta(microseconds=self._clock.now_us())


async def _certain(connection: Connection, now: datetime) -> datetime:
    """Return the earlier of our time and the database's: a clock that is ahead must not delete what is still to be kept."""
    cursor = await connection.execute("SELECT now()")
    theirs: datetime
    ((theirs,),) = await cursor.fetchall()
    return min(now, theirs)


def _deleted(counts: dict[str, int]) -> None:
    for kind, count in counts.items():
        counters.DELETED.labels(kind).inc(count)
    if counts:
        _log.info("old data deleted", rows=counts)


async def make_weeks(connection: Connection, now: datetime) -> None:
    """Make the week that is and the next ones, where the database needs that."""
    this = week_of((now - _EPOCH) // timedelta(microseconds=1))
    for week in range(this, this + AHEAD + 1):
        await connection.execute("SELECT make_reading_partition(%s)", (monday(week),))


async def compare(connection: Connection) -> reconciliation.Compared:
    """Compare rollups with their readings, count and tell."""
    found = await reconciliation.reconcile(connection)
    counters.ROLLUP_MISMATCHED.set(found.mismatched)
    counters.RECONCILED.set_to_current_time()
    if found.mismatched:
        _log.error("rollups differed from their readings and are computed anew", buckets=found.buckets, mismatched=found.mismatched)
    else:
        _log.info("rollups compared with their readings", buckets=found.buckets)
    return found


def next_night(after: datetime) -> datetime:
    """Return the next 02:30 on Vietnam's clock."""
    night = after.replace(hour=0, minute=0, second=0, microsecond=0) + _NIGHT
    return night if night > after else night + timedelta(days=1)
