"""the table of passages → each with whose it is, as screens and the REST interface take them."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from center.cursors import cursor, places
from center.models import Page
from center.occasions.passage_models import PassageOut
from center.occasions.portraits import SHOWABLE
from center.store.database import Database
from wardroom.errors import CheckInError
from wardroom.live import PASSAGES_SHOWN, LivePassage

OVERLAP_S: Final = 15
"""A row says when it was changed, not when that was committed: no transaction takes longer."""
_AT_ONCE: Final = 1_000
_PASSAGES: Final = f"""
SELECT p.id::text, p.occasion::text, p.list::text, p.gate, (extract(epoch FROM p.at) * 1000000)::bigint AS at_us,
       (extract(epoch FROM p.received) * 1000000)::bigint AS received_us, p.direction, p.method, p.result,
       p.delegate::text, d.person::text, coalesce(d.title, '') AS title, coalesce(d.name, '') AS name,
       coalesce(d.position, '') AS position, coalesce(d.unit, '') AS unit, coalesce(d.delegation, '') AS delegation,
       coalesce(d.seat, '') AS seat, p.score, p.stranger::text, encode(p.evidence, 'hex') AS evidence, p.offline, p.rehearsal, p.overridden,
       coalesce(p.undone_by, p.noted_by) AS by, coalesce(p.undone_reason, p.reason) AS reason,
       {SHOWABLE} AND EXISTS (SELECT FROM photo f WHERE f.person = d.person) AS photo
FROM passage p LEFT JOIN delegate d ON d.id = p.delegate
"""
"""Ends before its WHERE."""
_PAGE: Final = f"""{_PASSAGES}
WHERE p.list = %(list)s AND (p.received, p.id) < (to_timestamp(%(us)s / 1e6), %(id)s::uuid)
ORDER BY p.received DESC, p.id DESC LIMIT %(limit)s
"""
_LAST: Final = 2**60
Shown = tuple[LivePassage, bool]
"""A passage, and whether the welcome screen may show a photo."""


class Passages:
    """Reads passages."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def some(self, ids: Collection[UUID]) -> list[Shown]:
        """Return these, in the order in which they were seen."""
        rows = await self._database.rows(f"{_PASSAGES} WHERE p.id = ANY(%(ids)s) ORDER BY p.at, p.id", {"ids": list(ids)}) if ids else []
        return [_shown(row) for row in rows]

    async def changed(self, since: datetime | None) -> list[Shown]:
        """Return what changed after `since` and a while before, the last there are for None, in the order in which they changed."""
        if since is None:
            rows = await self._database.rows(f"{_PASSAGES} ORDER BY p.changed DESC LIMIT {PASSAGES_SHOWN}")
        else:
            query = f"{_PASSAGES} WHERE p.changed > %(since)s - make_interval(secs => {OVERLAP_S}) ORDER BY p.changed DESC LIMIT {_AT_ONCE}"
            rows = await self._database.rows(query, {"since": since})
        return [_shown(row) for row in reversed(rows)]

    async def get(self, passage: UUID) -> PassageOut:
        """Return one; raises CheckInError where there is none."""
        found = await self.some([passage])
        if not found:
            raise CheckInError("occasion.no_passage", id=passage)
        return PassageOut.of(found[0][0])

    async def page(self, in_list: UUID, word: str | None, limit: int) -> Page[PassageOut]:
        """Return a list's passages, the last received first."""
        us, after = places(word, (int, str)) or [_LAST, str(UUID(int=2**128 - 1))]
        values = {"list": in_list, "us": us, "id": after, "limit": limit + 1}
        found = [_shown(row)[0] for row in await self._database.rows(_PAGE, values)]
        more = cursor([found[limit - 1].received_us, found[limit - 1].id]) if len(found) > limit else None
        return Page[PassageOut](items=[PassageOut.of(one) for one in found[:limit]], next=more)


def _shown(row: tuple[Any, ...]) -> Shown:
    return LivePassage(**dict(zip(LivePassage.__struct_fields__, row, strict=False))), row[-1]
