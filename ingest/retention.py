"""settings → what is deleted: weeks of readings whole, everything else in bounded steps, never what a rollup still needs.

Readings are dropped in two transactions: the floor is raised, from when on readings below it are kept apart, then the weeks below it go. A
resend of a pack whose delivery is forgotten stores nothing twice as long as its readings are kept; after that it is a misdated reading,
which no chart and no rollup counts.
"""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Annotated, Final

from msgspec import Meta, Struct

from ingest.database import Connection
from wardroom.errors import ConfigError

BOUND: Final = 5_000
"""Rows deleted in one transaction, at most."""
REFRESH_DAYS: Final = 7
"""The week that is dropped last is whole: so much more than the lateness is kept, so that no late reading finds its week gone."""
_KINDS: Final = ("misdated", "hourly", "daily", "event", "dead_letter")

Days = Annotated[int, Meta(ge=7, le=36_500)]


class Retention(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long what is kept, in days, by the time it was received; readings and rollups by the time they were observed."""

    reading_days: Annotated[Days, Meta(description="Readings; they go by whole weeks.")] = 90
    late_days: Annotated[
        int,
        Meta(
            ge=1, le=36_500, description="How late a reading may come and still be filed with the others; readings are kept a week longer."
        ),
    ] = 30
    hourly_days: Annotated[Days, Meta(description="Rollups by the hour; at least as long as readings.")] = 731
    daily_days: Annotated[Days, Meta(description="Rollups by the day; at least as long as those by the hour.")] = 3_653
    misdated_days: Annotated[Days, Meta(description="Readings whose time cannot be right, or was too long ago.")] = 90
    event_days: Annotated[Days, Meta(description="Events.")] = 731
    delivery_days: Annotated[
        Days, Meta(description="Which packs were delivered, and the gaps between them; at most as long as readings and events.")
    ] = 30
    dead_letter_days: Annotated[Days, Meta(description="Messages that could not be stored.")] = 90

    def of(self, kind: str) -> timedelta:
        """Return how long a kind is kept."""
        return timedelta(days=getattr(self, f"{kind}_days"))


def refuse_unfit(chosen: Retention) -> None:
    """Raise ConfigError where one thing would be deleted that another still needs."""
    rules = (
        ("reading_days", chosen.reading_days, "late_days", chosen.late_days + REFRESH_DAYS),
        ("hourly_days", chosen.hourly_days, "reading_days", chosen.reading_days + REFRESH_DAYS),
        ("daily_days", chosen.daily_days, "hourly_days", chosen.hourly_days),
        ("reading_days", chosen.reading_days, "delivery_days", chosen.delivery_days),
        ("event_days", chosen.event_days, "delivery_days", chosen.delivery_days),
    )
    for field, value, other, least in rules:
        if value < least:
            raise ConfigError("ingest.retention_unfit", field=f"retention.{field}", value=value, least=least, other=f"retention.{other}")


async def sweep(connection: Connection, chosen: Retention, now: datetime) -> dict[str, int]:
    """Delete what is older than it may be, all but readings, each step a transaction; return how many of each kind."""
    deleted = {}
    for kind in _KINDS:
        deleted[kind] = await _repeated(connection, "SELECT retention_delete(%s, %s, %s)", (kind, now - chosen.of(kind), BOUND))
    deleted["delivery"] = 0
    async for boot in _boots(connection):
        cut = now - chosen.of("delivery")
        deleted["delivery"] += await _repeated(connection, "SELECT retention_delivery(%s, %s, %s, %s, %s)", (*boot, cut, BOUND))
    return {kind: count for kind, count in deleted.items() if count}


async def drop(connection: Connection, before: datetime) -> int:
    """Raise the floor and drop the weeks below it; return how many. Raises StorageGone while somebody reads them."""
    await connection.execute("SELECT retention_advance(%s)", (before,))
    dropped = 0
    while count := await _number(connection, "SELECT retention_drop()", ()):
        dropped += count
    return dropped


async def _repeated(connection: Connection, statement: str, values: tuple[object, ...]) -> int:
    total = 0
    while count := await _number(connection, statement, values):
        total += count
    return total


async def _number(connection: Connection, statement: str, values: tuple[object, ...]) -> int:
    cursor = await connection.execute(statement.encode(), values)
    ((count,),) = await cursor.fetchall()
    return int(count)


async def _boots(connection: Connection) -> AsyncIterator[tuple[str, str, str]]:
    cursor = await connection.execute("SELECT site, gateway, boot FROM delivery_boot ORDER BY site, gateway, boot")
    for site, gateway, boot in await cursor.fetchall():
        yield site, gateway, boot
