"""words of a name, a list, a delegation, presence → the delegates of an occasion, a page at a time, each with where they stand."""

from typing import Any, Final
from uuid import UUID

from psycopg.rows import dict_row

from center.cursors import cursor, places
from center.models import Page
from center.occasions import counts
from center.occasions.delegate_models import ConsentOut, DelegateOut, DelegatesIn
from center.plain import patterns
from center.store.database import Database
from wardroom.errors import CheckInError

_DELEGATES: Final = """
SELECT d.id, d.person, d.title, d.name, d.position, d.unit, d.delegation, d.seat, d.revoked, d.plain,
       d.badge_digest IS NOT NULL AS badge, EXISTS (SELECT FROM embedding e WHERE e.person = d.person) AS enrolled,
       coalesce((SELECT given FROM consent c WHERE (c.person, kind) = (d.person, 'face') ORDER BY c.id DESC LIMIT 1), false) AS face,
       coalesce((SELECT given FROM consent c WHERE (c.person, kind) = (d.person, 'photo_shown') ORDER BY c.id DESC LIMIT 1), false)
           AS photo_shown,
       coalesce((SELECT array_agg(list ORDER BY list) FROM list_entry e WHERE e.delegate = d.id), '{}') AS lists
FROM delegate d
"""
_CAME: Final = f"""
EXISTS (
    SELECT FROM passage p
    WHERE p.delegate = d.id AND (%(list)s::uuid IS NULL OR p.list = %(list)s) AND p.result IN {counts.ADMITTED}
)
"""
_IS_IN: Final = f"""
EXISTS (
    SELECT FROM checkin_list l
    WHERE l.occasion = d.occasion AND (%(list)s::uuid IS NULL OR l.id = %(list)s) AND (
        SELECT result FROM passage p WHERE (p.list, p.delegate) = (l.id, d.id) AND p.result IN {counts.COUNTED}
        ORDER BY p.at DESC, p.id DESC LIMIT 1
    ) IN {counts.ADMITTED}
)
"""
_WANTED: Final = f"""
WHERE d.occasion = %(occasion)s AND (d.plain, d.id) > (%(plain)s, %(id)s::uuid) AND ' ' || d.plain LIKE ALL (%(patterns)s::text[])
  AND (%(delegation)s::text IS NULL OR d.delegation = %(delegation)s)
  AND (%(list)s::uuid IS NULL OR EXISTS (SELECT FROM list_entry e WHERE (e.list, e.delegate) = (%(list)s, d.id)) OR {_CAME})
  AND CASE %(status)s::text
      WHEN 'missing' THEN d.revoked IS NULL AND NOT {_CAME} WHEN 'arrived' THEN {_CAME} WHEN 'inside' THEN {_IS_IN} ELSE true END
ORDER BY d.plain, d.id LIMIT %(limit)s
"""
_PRESENCE: Final = f"{counts.PRESENCE} WHERE delegate = ANY(%(ids)s) GROUP BY list, delegate"


class Roll:
    """Reads who is expected."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, occasion: UUID, asked: DelegatesIn) -> Page[DelegateOut]:
        """Return delegates in the order of their plain names; whoever came to the list without being on it is shown with it."""
        plain, after = places(asked.cursor, (str, str)) or ["", str(UUID(int=0))]
        values = asked.model_dump() | {"occasion": occasion, "plain": plain, "id": after, "patterns": patterns(asked.q)}
        values["limit"] = asked.limit + 1
        rows = await self._rows(_DELEGATES + _WANTED, values)
        shown = rows[: asked.limit]
        more = cursor([shown[-1]["plain"], str(shown[-1]["id"])]) if len(rows) > asked.limit else None
        return Page[DelegateOut](items=await self._standing(shown), next=more)

    async def get(self, delegate: UUID) -> DelegateOut:
        """Return one; raises CheckInError where there is none."""
        rows = await self._rows(f"{_DELEGATES} WHERE d.id = %(id)s", {"id": delegate})
        if not rows:
            raise CheckInError("occasion.no_delegate", id=delegate)
        return (await self._standing(rows))[0]

    async def _rows(self, query: Any, values: dict[str, object]) -> list[dict[str, Any]]:
        async with self._database.connection() as connection, connection.cursor(row_factory=dict_row) as rows:
            return await (await rows.execute(query, values)).fetchall()

    async def _standing(self, rows: list[dict[str, Any]]) -> list[DelegateOut]:
        came = await self._database.rows(_PRESENCE, {"ids": [row["id"] for row in rows]})
        return [_out(row, [(found[0], found[2], found[3]) for found in came if found[1] == row["id"]]) for row in rows]


def _out(row: dict[str, Any], came: list[tuple[UUID, Any, bool]]) -> DelegateOut:
    fields = {name: row[name] for name in DelegateOut.model_fields if name in row}
    absent: dict[UUID, Any] = dict.fromkeys(row["lists"])
    return DelegateOut(
        **fields,
        consent=ConsentOut(face=row["face"], photo_shown=row["photo_shown"]),
        arrived=absent | {one: at for one, at, _ in came},
        inside=dict.fromkeys(row["lists"], False) | {one: inside for one, _, inside in came},
    )
