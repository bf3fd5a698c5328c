"""rows of an import → the tables `person`, `delegate` and `list_entry`, whole sets at a time, in one transaction of the caller."""

import asyncio
from collections.abc import Collection, Sequence
from typing import Any, Final
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import class_row

from center.occasions import refolding
from center.occasions.states import State
from center.papers.making import Rows, Written
from center.papers.matching import Known
from center.plain import plain
from center.store.pieces import fetched, in_turn
from wardroom.errors import CheckInError

_TURN: Final = "SELECT pg_advisory_xact_lock(hashtextextended('import into ' || %(occasion)s::text, 0))"
"""Imports of an occasion take turns; whoever passes its gates meanwhile waits for none of them."""
_OCCASION: Final = "SELECT name, state FROM occasion WHERE id = %(occasion)s FOR SHARE"
_LISTS: Final = "SELECT id FROM checkin_list WHERE occasion = %(occasion)s AND id = ANY(%(lists)s) FOR KEY SHARE"
_KNOWN: Final = """
SELECT d.id, d.person, d.title, d.name, d.position, d.unit, d.delegation, d.seat, d.photo_file, d.badge_digest AS digest,
       (SELECT count(*) FROM list_entry e WHERE e.delegate = d.id AND e.list = ANY(%(lists)s)) AS listed
FROM delegate d WHERE d.occasion = %(occasion)s ORDER BY d.id
"""
_PERSONS: Final = "COPY person (id, name, plain, created_by) FROM STDIN"
"""Without `retain_until`: their occasions decide, also when those are put off."""
_DELEGATES: Final = """
COPY delegate (id, occasion, person, title, name, plain, position, unit, delegation, seat, photo_file, badge_digest, badge_sealed,
               created_by) FROM STDIN
"""
_CHANGED: Final = """
SELECT * FROM unnest(%(id)s::uuid[], %(title)s::text[], %(name)s::text[], %(plain)s::text[], %(position)s::text[], %(unit)s::text[],
                     %(delegation)s::text[], %(seat)s::text[], %(photo_file)s::text[], %(digest)s::bytea[], %(sealed)s::bytea[])
    AS f (id, title, name, plain, position, unit, delegation, seat, photo_file, digest, sealed)
"""
_RENAME: Final = f"""
UPDATE person p SET name = f.name, plain = f.plain FROM ({_CHANGED}) AS f JOIN delegate d ON d.id = f.id
WHERE p.id = d.person AND p.name = d.name AND p.name <> f.name
"""
"""Only who is called as the delegate was: a person may be one of another occasion too."""
_CHANGE: Final = f"""
UPDATE delegate d SET title = f.title, name = f.name, plain = f.plain, position = f.position, unit = f.unit, delegation = f.delegation,
    seat = f.seat, photo_file = f.photo_file, badge_digest = coalesce(f.digest, d.badge_digest),
    badge_sealed = CASE WHEN f.digest IS NULL THEN d.badge_sealed ELSE f.sealed END
FROM ({_CHANGED}) AS f WHERE d.id = f.id
"""
_LEND: Final = """
WITH lent AS (
    INSERT INTO person (id, name, plain, created_by)
    SELECT f.person, d.name, d.plain, %(by)s
    FROM unnest(%(delegates)s::uuid[], %(persons)s::uuid[]) AS f (delegate, person) JOIN delegate d ON d.id = f.delegate
)
UPDATE delegate d SET person = f.person FROM unnest(%(delegates)s::uuid[], %(persons)s::uuid[]) AS f (delegate, person)
WHERE d.id = f.delegate
"""
_ENTER: Final = """
INSERT INTO list_entry (list, delegate)
SELECT l.list, d.delegate FROM unnest(%(lists)s::uuid[]) AS l (list) CROSS JOIN unnest(%(delegates)s::uuid[]) AS d (delegate)
ON CONFLICT DO NOTHING
"""

Connection = AsyncConnection[Any]


async def claim(connection: Connection, occasion: UUID, lists: Collection[UUID]) -> None:
    """Keep other imports away from an occasion until the transaction ends.

    Raises CheckInError where there is no such occasion or list, or it is over.
    """
    values = {"occasion": occasion, "lists": list(set(lists))}
    await connection.execute(_TURN, values)
    found = await (await connection.execute(_OCCASION, values)).fetchone()
    if found is None:
        raise CheckInError("occasion.no_occasion", id=occasion)
    if found[1] == State.CLOSED:
        raise CheckInError("papers.occasion_closed", name=found[0])
    there = {row[0] for row in await (await connection.execute(_LISTS, values)).fetchall()}
    if absent := [str(one) for one in lists if one not in there]:
        raise CheckInError("occasion.no_list", id=", ".join(absent))


async def known(connection: Connection, occasion: UUID, lists: Collection[UUID]) -> list[Known]:
    """Return everybody on record."""
    async with connection.cursor(row_factory=class_row(Known)) as cursor:
        return await fetched(await cursor.execute(_KNOWN, {"occasion": occasion, "lists": list(lists)}))


async def write(connection: Connection, occasion: UUID, rows: Rows, who: str) -> None:
    """Write new and changed delegates with their persons."""
    await refolding.lock(connection, [one.id for one in rows.changed] + [one for one, _ in rows.lent])
    async with connection.cursor() as cursor, cursor.copy(_PERSONS) as copy:
        async for one in in_turn(rows.created):
            await copy.write_row((one.person, one.entry.name, plain(one.entry.name), who))
    async with connection.cursor() as cursor, cursor.copy(_DELEGATES) as copy:
        async for one in in_turn(rows.created):
            await copy.write_row((one.id, occasion, one.person, *_texts(one), one.digest, one.sealed, who))
    if rows.changed:
        values = await asyncio.to_thread(_columns, rows.changed)
        await connection.execute(_RENAME, values)
        await connection.execute(_CHANGE, values)
    if rows.lent:
        delegates, persons = zip(*rows.lent, strict=True)
        await connection.execute(_LEND, {"delegates": list(delegates), "persons": list(persons), "by": who})


async def enter(connection: Connection, lists: Collection[UUID], fresh: Sequence[UUID], others: Sequence[UUID]) -> None:
    """Put delegates on the lists; what `others`, who are on record, already did at a gate counts anew."""
    await connection.execute(_ENTER, {"lists": list(set(lists)), "delegates": [*fresh, *others]})
    await refolding.refold_all(connection, others)


def _texts(one: Written) -> tuple[str, ...]:
    entry = one.entry
    return entry.title, entry.name, plain(entry.name), entry.position, entry.unit, entry.delegation, entry.seat, entry.photo_file


def _columns(changed: Sequence[Written]) -> dict[str, list[Any]]:
    names = ("title", "name", "plain", "position", "unit", "delegation", "seat", "photo_file")
    texts = zip(*(_texts(one) for one in changed), strict=True)
    columns: dict[str, list[Any]] = {name: list(column) for name, column in zip(names, texts, strict=True)}
    return columns | {
        "id": [one.id for one in changed],
        "digest": [one.digest for one in changed],
        "sealed": [one.sealed for one in changed],
    }
