"""a delegate whose standing or passages changed → what each of their passages counts for, found anew (`wardroom.admission.results`).

All in the transaction of who changed it, after `lock`: so two gates and two centers never count one delegate at the same time.
"""

from collections.abc import Collection
from typing import Any, Final
from uuid import UUID

from psycopg import AsyncConnection

from wardroom.admission import Direction, Method, Passage, Standing, results

_VISIT: Final = "SELECT pg_advisory_xact_lock(hashtextextended(%(visit)s, 0))"
_LOCK: Final = "SELECT id FROM delegate WHERE id = ANY(%(ids)s) ORDER BY id FOR NO KEY UPDATE"
_STANDING: Final = """
SELECT d.occasion = l.occasion, EXISTS (SELECT FROM list_entry e WHERE (e.list, e.delegate) = (l.id, d.id)), d.revoked,
       CASE WHEN c.given THEN NULL ELSE coalesce(c.at, '0001-01-02 00:00:00+00') END
FROM delegate d CROSS JOIN checkin_list l
LEFT JOIN LATERAL (SELECT given, at FROM consent WHERE (person, kind) = (d.person, 'face') ORDER BY id DESC LIMIT 1) AS c ON true
WHERE d.id = %(delegate)s AND l.id = %(list)s
"""
"""Who never agreed to be recognised has not agreed since ever."""
_PASSAGES: Final = """
SELECT id::text, at, direction, method, overridden, undone IS NOT NULL FROM passage WHERE (list, delegate) = (%(list)s, %(delegate)s)
"""
_RESULTS: Final = """
UPDATE passage p SET result = f.result, changed = clock_timestamp()
FROM unnest(%(ids)s::uuid[], %(results)s::text[]) AS f (id, result) WHERE p.id = f.id AND p.result <> f.result
RETURNING p.id
"""
_OF_PERSON: Final = "SELECT id FROM delegate WHERE person = %(person)s"
_LISTS: Final = "SELECT DISTINCT list, delegate FROM passage WHERE delegate = ANY(%(ids)s) ORDER BY delegate, list"


async def lock_visit(connection: AsyncConnection[Any], visit: UUID) -> None:
    """Wait until nobody else has this passage in hand, whether it is there yet or not."""
    await connection.execute(_VISIT, {"visit": str(visit)})


async def lock(connection: AsyncConnection[Any], delegates: Collection[UUID]) -> set[UUID]:
    """Wait until nobody else counts these delegates, in an order in which no two wait for each other; return those that are still there.

    What is read of them after that, by another statement, is as it is now: one that waits itself reads all else as it was before.
    """
    if not delegates:
        return set()
    rows = await (await connection.execute(_LOCK, {"ids": list(delegates)})).fetchall()
    return {row[0] for row in rows}


async def refold(connection: AsyncConnection[Any], in_list: UUID, delegate: UUID) -> set[UUID]:
    """Find the results of a locked delegate's passages on a list anew; return those that are others now."""
    place = {"list": in_list, "delegate": delegate}
    standing = await (await connection.execute(_STANDING, place)).fetchone()
    if standing is None:
        return set()
    rows = await (await connection.execute(_PASSAGES, place)).fetchall()
    passages = [
        Passage(id=row[0], at=row[1], direction=Direction(row[2]), method=Method(row[3]), overridden=row[4], undone=row[5]) for row in rows
    ]
    occasion, listed, revoked, withdrawn = standing
    found = results(Standing(occasion=occasion, listed=listed, revoked=revoked, consent_withdrawn=withdrawn), passages)
    changed = await connection.execute(_RESULTS, {"ids": list(found), "results": [result.value for result in found.values()]})
    return {row[0] for row in await changed.fetchall()}


async def refold_all(connection: AsyncConnection[Any], delegates: Collection[UUID]) -> set[UUID]:
    """Find all results of these delegates anew, for what is known of them changed; return the passages that are others now."""
    await lock(connection, delegates)
    places = await (await connection.execute(_LISTS, {"ids": list(delegates)})).fetchall()
    return set().union(*[await refold(connection, in_list, delegate) for in_list, delegate in places])


async def refold_person(connection: AsyncConnection[Any], person: str) -> set[UUID]:
    """The same for everybody who is this person, whose row is locked: a word of consent counts at once, not at their next passage."""
    rows = await (await connection.execute(_OF_PERSON, {"person": person})).fetchall()
    return await refold_all(connection, [row[0] for row in rows])
