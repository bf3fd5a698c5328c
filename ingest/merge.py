"""rows → tables in one transaction, idempotent: whatever comes twice is stored once, and what contradicts is kept as a dead letter."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from ingest import reports, statements
from ingest.database import Connection, mapped
from ingest.dead_letters import DeadLetter
from ingest.rows import Delivery, Rows, instant
from wardroom.errors import InvalidMessage
from wardroom.messages import Outcome
from wardroom.topics import PackTopic

EVENT_LOCK: Final = 0x5741_5244_0002
"""The advisory lock that keeps `event.seq` in the order of the commits ("WARD", 2)."""


@dataclass(frozen=True, slots=True)
class Merged:
    """What a transaction did: `inserted` readings were new, `duplicates` there already; `outcomes` is what to receipt."""

    outcomes: tuple[tuple[PackTopic, Outcome], ...]
    inserted: int
    duplicates: int
    dead_letters: tuple[DeadLetter, ...]


async def merge(connection: Connection, rows: Rows) -> Merged:
    """Write `rows` and commit; raises StorageError, or InvalidMessage where the database refuses the data itself."""
    with mapped():
        async with connection.transaction():
            inserted = conflicts = 0
            if rows.staged:
                inserted = await _readings(connection, rows)
                if inserted < rows.staged:
                    conflicts = await _conflicts(connection, rows)
            if rows.events:
                await _events(connection, rows)
            outcomes = await _deliveries(connection, rows.deliveries)
            if rows.letters:
                await _dead_letters(connection, rows.letters)
            for _, row in sorted(rows.reports.items(), key=lambda each: (each[1].gateway.prefix, each[0][1].__name__)):
                await reports.write(connection, row)
    return Merged(outcomes, inserted, rows.staged - inserted - conflicts, tuple(rows.letters))


async def _readings(connection: Connection, rows: Rows) -> int:
    async with connection.cursor() as cursor:
        async with cursor.copy(statements.COPY) as copy:
            await copy.write(rows.copy)
        await cursor.execute(statements.MERGE, prepare=True)
        found = await cursor.fetchone()
    return int(found[0]) if found else 0


async def _conflicts(connection: Connection, rows: Rows) -> int:
    cursor = await connection.execute(statements.CONFLICTS)
    total = 0
    for item, series, time, stored, value, count in await cursor.fetchall():
        name = rows.names[series]
        place = f"{name.sensor}/{name.quantity}"
        rows.bury(item, InvalidMessage("ingest.conflict", series=place, time=time.isoformat(), value=value, stored=stored, count=count))
        total += count
    return total


async def _events(connection: Connection, rows: Rows) -> None:
    await connection.execute(statements.EVENTS_IN_ORDER, (EVENT_LOCK,))
    columns = _transposed([row.columns() for row in rows.events])
    cursor = await connection.execute(statements.EVENTS, columns)
    if len(await cursor.fetchall()) == len(rows.events):
        return
    cursor = await connection.execute(statements.EVENT_CONFLICTS, columns)
    for (place,) in await cursor.fetchall():
        row = rows.events[place - 1]
        rows.bury(row.message, InvalidMessage("ingest.event_conflict", id=row.event.id))


async def _deliveries(connection: Connection, deliveries: list[Delivery]) -> tuple[tuple[PackTopic, Outcome], ...]:
    if not deliveries:
        return ()
    cursor = await connection.execute(statements.DELIVER, _transposed([_delivery(each) for each in deliveries]), prepare=True)
    new = set(await cursor.fetchall())
    return tuple((each.pack, _outcome(each, new)) for each in deliveries)


def _outcome(delivery: Delivery, new: set[Any]) -> Outcome:
    if delivery.dead:
        return Outcome.DEAD_LETTERED
    pack = delivery.pack
    return Outcome.STORED if (pack.gateway.site, pack.gateway.gateway, pack.boot, pack.seq) in new else Outcome.ALREADY


def _delivery(each: Delivery) -> tuple[object, ...]:
    pack = each.pack
    outcome = Outcome.DEAD_LETTERED if each.dead else Outcome.STORED
    return pack.gateway.site, pack.gateway.gateway, pack.boot, pack.seq, pack.kind, each.sent, each.received, each.records, outcome.value


async def _dead_letters(connection: Connection, letters: list[DeadLetter]) -> None:
    rows = [
        (
            instant(each.received_us),
            each.topic,
            each.reason,
            each.detail,
            each.payload,
            each.gateway.site if each.gateway else None,
            each.gateway.gateway if each.gateway else None,
            each.digest,
        )
        for each in letters
    ]
    await connection.execute(statements.DEAD_LETTERS, _transposed(rows))


def _transposed(rows: Sequence[tuple[object, ...]]) -> list[list[object]]:
    return [list(column) for column in zip(*rows, strict=True)]
