"""time → what the tables need beside the batches: weeks made ahead, rollups refreshed, what is old deleted, rollups compared at night.

One ingester does it at a time, over a connection of its own; a turn that fails is taken again at the next, and nothing waits for it.
"""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog

from ingest import counters, reconciliation, retention, rollups
from ingest.database import Connection, connected
from ingest.filing import monday, week_of
from ingest.settings import Settings
from wardroom.clock import Clock
from wardroom.errors import StorageError

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
        self._sweep_due = _EPOCH
        self._compare_due = next_night(self._now())

    async def run(self) -> None:
        """Take a turn now and then until cancelled."""
        while True:
            try:
                await self.turn()
            except StorageError as error:
                _log.debug("upkeep put off", reason=str(error))
            await asyncio.sleep(self._settings.ingest.rollups_every_s)

    async def turn(self) -> None:
        """Do what is due, unless another ingester is at it; raises StorageError."""
        chosen = self._settings
        timeout = chosen.ingest.statement_timeout_s
        async with connected(chosen.database.conninfo(), program="wardroom-ingest-upkeep", statement_timeout_s=timeout) as connection:
            counters.ROLLUP_LAG.set(await rollups.lag_s(connection))
            async with rollups.alone(connection) as ours:
                if ours:
                    await self._chores(connection)

    async def _chores(self, connection: Connection) -> None:
        now = self._now()
        await make_weeks(connection, now)
        await rollups.refresh(connection)
        counters.ROLLUP_LAG.set(await rollups.lag_s(connection))
        if now >= self._compare_due:
            self._compare_due = now + SWEEP_EVERY  # if it fails
            await compare(connection)
            await rollups.refresh(connection)
            self._compare_due = next_night(now)
        if now >= self._sweep_due:
            await self._sweep(connection, now)
            self._sweep_due = now + SWEEP_EVERY

    async def _sweep(self, connection: Connection, now: datetime) -> None:
        deleted = await retention.sweep(connection, self._settings.retention, now)
        for kind, count in deleted.items():
            counters.DELETED.labels(kind).inc(count)
        if deleted:
            _log.info("old data deleted", rows=deleted)  # not as words of their own: `event` is the line's

    def _now(self) -> datetime:
        return _EPOCH + timedelta(microseconds=self._clock.now_us())


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
