"""rows → tables in one transaction, idempotent: whatever comes twice is stored once, and what contradicts is kept as a dead letter."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final, LiteralString

import psycopg

from ingest import filing as filing_of
from ingest import packed, reports, statements
from ingest.arrays import Array, instants, numbers, words
from ingest.database import Connection, mapped
from ingest.dead_letters import DeadLetter
from ingest.filing import Filing, Place, Span
from ingest.packed import Load, Newest
from ingest.rows import Delivery, Rows, instant
from wardroom.errors import InvalidMessage
from wardroom.messages import Outcome
from wardroom.topics import PackTopic

EVENT_LOCK: Final = 0x5741_5244_0002
"""The advisory lock that keeps `event.seq` in the order of the commits ("WARD", 2)."""


@dataclass(frozen=True, slots=True)
class Merged:
    """What a transaction did, and how: `inserted` readings were new, `duplicates` there already; `outcomes` is what to receipt."""

    outcomes: tuple[tuple[PackTopic, Outcome], ...]
    inserted: int
    duplicates: int
    dead_letters: tuple[DeadLetter, ...]
    careful: bool


class _Crossed(Exception):
    """What was delivered before has a reading that is not stored: only the careful way says which of two comes first."""


async def merge(connection: Connection, rows: Rows, filing: Filing) -> Merged:
    """Write `rows` and commit; raises StorageError, or InvalidMessage where the database refuses the data itself.

    The swift way copies readings straight into history, which fails where one is there already; then the careful way does it all again.
    So it does for readings that are filed apart.
    """
    span = filing_of.span(rows.deliveries)
    if span is not None:
        await filing.prepare(connection, span)
    with mapped():
        try:
            return await _swiftly(connection, rows, filing, span)
        except (psycopg.errors.UniqueViolation, _Crossed):
            return await _carefully(connection, rows, filing, span)


async def _swiftly(connection: Connection, rows: Rows, filing: Filing, span: Span | None) -> Merged:
    """Copy the readings of packs that were never delivered, merge those of the others, which are expected to be there."""
    load = rows.load or Load(b"", 0, {})
    async with _transaction(connection):
        new, place = await _begin(connection, rows, filing, span)
        if place is not None and not place.ordinary:
            raise _Crossed
        again = [each for each in _again(rows.deliveries, new) if each.packed is not None]
        if again:
            if await _stage(connection, again, place):
                raise _Crossed
            repeated = {each.message for each in again}
            load = packed.load(each.packed for each in rows.deliveries if each.packed is not None and each.message not in repeated)
        if load.count:
            await _copy(connection, statements.COPY, load.copy)
        conflicts = await _conflicts(connection, rows) if again else 0
        async with connection.pipeline():
            if load.newest:
                await connection.execute(statements.LATEST, _latest(load.newest), prepare=True)
            await _others(connection, rows)
            await connection.execute("COMMIT")
    repeats = sum(len(each.packed.rows) for each in again if each.packed is not None) - conflicts
    return Merged(_outcomes(rows.deliveries, new), load.count, repeats, tuple(rows.letters), careful=False)


async def _carefully(connection: Connection, rows: Rows, filing: Filing, span: Span | None) -> Merged:
    """Merge all readings, whichever are there already, the first in the batch first."""
    inserted = conflicts = 0
    packs = [each for each in rows.deliveries if each.packed is not None]
    count = sum(len(each.packed.rows) for each in packs if each.packed is not None)
    async with _transaction(connection):
        new, place = await _begin(connection, rows, filing, span)
        if packs:
            inserted = await _stage(connection, packs, place)
            if inserted < count:
                conflicts = await _conflicts(connection, rows)
                await _died(connection, rows.deliveries, new)
        async with connection.pipeline():
            await _others(connection, rows)
            await connection.execute("COMMIT")
    return Merged(_outcomes(rows.deliveries, new), inserted, count - inserted - conflicts, tuple(rows.letters), careful=True)


@asynccontextmanager
async def _transaction(connection: Connection) -> AsyncIterator[None]:
    """A transaction whose first and last statements its block sends, with others in one go."""
    try:
        yield
    except BaseException:
        with suppress(psycopg.Error):
            await connection.rollback()
        raise


async def _begin(connection: Connection, rows: Rows, filing: Filing, span: Span | None) -> tuple[set[Any], Place | None]:
    """Begin, write the deliveries and note what is late; return the identities of the new deliveries, and where readings go."""
    async with connection.pipeline():
        await connection.execute("BEGIN")
        asked = None if span is None else await filing.ask(connection)
        if not rows.deliveries:
            return set(), None
        cursor = await connection.execute(statements.DELIVER, _deliveries(rows.deliveries), prepare=True)
        if asked is None or span is None:
            return set(await cursor.fetchall()), None
        asked_apart = await filing.ask_apart(connection, span)
        new = set(await cursor.fetchall())
        packs = [each.packed for each in rows.deliveries if each.packed is not None]
        place = await filing.place(asked, asked_apart, span, packs)
        if place.late and (hours := sorted(place.hours(packs))):
            series, starts = zip(*hours, strict=True)
            await connection.execute(statements.NOTE_LATE, (numbers("i", series), instants(starts)), prepare=True)
        return new, place


def _again(deliveries: Sequence[Delivery], new: set[Any]) -> list[Delivery]:
    """Return the deliveries that came before, in an earlier batch or earlier in this one."""
    if len(new) == len(deliveries):
        return []
    left = set(new)
    again = []
    for each in deliveries:
        identity = _identity(each.pack)
        if identity in left:
            left.remove(identity)
        else:
            again.append(each)
    return again


async def _copy(connection: Connection, statement: LiteralString, data: bytes) -> None:
    async with connection.cursor() as cursor, cursor.copy(statement) as copy:
        await copy.write(data)


async def _stage(connection: Connection, deliveries: Sequence[Delivery], place: Place | None) -> int:
    """Stage and merge readings, where they belong; return how many were not there."""
    await _copy(
        connection, statements.STAGE_COPY, packed.staging((each.message, each.packed) for each in deliveries if each.packed is not None)
    )
    if place is None or place.ordinary:
        ((inserted,),) = await (await connection.execute(statements.MERGE, prepare=True)).fetchall()
        return int(inserted)
    total = 0
    for statement in statements.MERGE_SORTED:
        ((inserted,),) = await (await connection.execute(statement, (place.floor,))).fetchall()
        total += int(inserted)
    return total


async def _conflicts(connection: Connection, rows: Rows) -> int:
    """Bury what is staged and stored with another value; return how many readings that are."""
    cursor = await connection.execute(statements.CONFLICTS)
    total = 0
    for item, name, time, stored, value, count in await cursor.fetchall():
        rows.bury(item, InvalidMessage("ingest.conflict", series=name, time=time.isoformat(), value=value, stored=stored, count=count))
        total += count
    return total


async def _died(connection: Connection, deliveries: Sequence[Delivery], new: set[Any]) -> None:
    """Say of new deliveries that something of them conflicts."""
    again = {each.message for each in _again(deliveries, new)}
    dead = [each.pack for each in deliveries if each.dead and each.message not in again]
    if dead:
        columns = [each.gateway.site for each in dead], [each.gateway.gateway for each in dead], [each.boot for each in dead]
        await connection.execute(statements.DIED, (*map(words, columns), numbers("q", [each.seq for each in dead])))


async def _others(connection: Connection, rows: Rows) -> None:
    """Write the events, the dead letters and the reports."""
    if rows.events:
        await _events(connection, rows)
    if rows.letters:
        await _dead_letters(connection, rows.letters)
    for _, row in sorted(rows.reports.items(), key=lambda each: (each[1].gateway.prefix, each[0][1].__name__)):
        await reports.write(connection, row)


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


def _deliveries(deliveries: Sequence[Delivery]) -> tuple[object, ...]:
    packs = [each.pack for each in deliveries]
    return (
        words([each.gateway.site for each in packs]),
        words([each.gateway.gateway for each in packs]),
        words([each.boot for each in packs]),
        numbers("q", [each.seq for each in packs]),
        words([each.kind for each in packs]),
        instants([each.sent_us for each in deliveries]),
        instants([each.received_us for each in deliveries]),
        numbers("i", [each.records for each in deliveries]),
        words([(Outcome.DEAD_LETTERED if each.dead else Outcome.STORED).value for each in deliveries]),
    )


def _latest(newest: Mapping[bytes, Newest]) -> tuple[Array, ...]:
    _, times, values, flags, received = zip(*newest.values(), strict=True)
    return numbers("i", list(map(packed.series_id, newest))), instants(times), numbers("d", values), numbers("h", flags), instants(received)


def _identity(pack: PackTopic) -> tuple[str, str, str, int]:
    return pack.gateway.site, pack.gateway.gateway, pack.boot, pack.seq


def _outcomes(deliveries: Sequence[Delivery], new: set[Any]) -> tuple[tuple[PackTopic, Outcome], ...]:
    return tuple((each.pack, _outcome(each, new)) for each in deliveries)


def _outcome(delivery: Delivery, new: set[Any]) -> Outcome:
    if delivery.dead:
        return Outcome.DEAD_LETTERED
    return Outcome.STORED if _identity(delivery.pack) in new else Outcome.ALREADY


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
