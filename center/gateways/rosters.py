"""the database → what each gateway must know to decide alone: its gates, and everybody on the lists of their occasions.

A list is made anew when a fingerprint of the rows it comes from has changed, which costs the database a glance. At most `GATEWAYS` are
kept, the one asked for longest ago going first.
"""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from center.store.database import Database
from wardroom import gate_list
from wardroom.gate_list import DELEGATES, GATES, GateList, ListedDelegate, ListedGate, ListedOccasion, Theme
from wardroom.topics import Gateway

GATEWAYS: Final = 32
"""Gateways whose lists are kept."""
_AT: Final = "g.site = %(site)s AND g.gateway = %(gateway)s AND o.state IN ('rehearsal', 'open')"
_MADE_FROM: Final = f"""
WITH here AS (SELECT DISTINCT o.id FROM gate g JOIN occasion o ON o.id = g.occasion WHERE {_AT}),
rows AS (
    SELECT g.xmin::text || g.id AS mark FROM gate g JOIN occasion o ON o.id = g.occasion WHERE {_AT}
    UNION ALL SELECT o.xmin::text || o.id FROM occasion o JOIN here USING (id)
    UNION ALL SELECT l.xmin::text || l.id FROM checkin_list l JOIN here ON here.id = l.occasion
    UNION ALL SELECT d.xmin::text || d.id FROM delegate d JOIN here ON here.id = d.occasion
    UNION ALL SELECT e.xmin::text || e.list || e.delegate
    FROM list_entry e JOIN delegate d ON d.id = e.delegate JOIN here ON here.id = d.occasion
    UNION ALL SELECT c.xmin::text || c.id FROM consent c JOIN delegate d ON d.person = c.person JOIN here ON here.id = d.occasion
)
SELECT count(*), coalesce(bit_xor(hashtextextended(mark, 0)), 0), coalesce(sum(hashtextextended(mark, 1)), 0)::text FROM rows
"""
_GATES: Final = f"""
SELECT g.id, g.name, g.occasion::text, g.list::text, g.direction, g.camera, o.state = 'rehearsal' AS rehearsal,
       coalesce(l.starts, o.starts) AS starts, coalesce(l.ends, o.ends) AS ends
FROM gate g JOIN occasion o ON o.id = g.occasion JOIN checkin_list l ON l.id = g.list WHERE {_AT} ORDER BY g.id LIMIT {GATES}
"""
_OCCASIONS: Final = (
    "SELECT id::text, name, state, opened, theme, place, starts, ends FROM occasion WHERE id = ANY(%(ids)s::uuid[]) ORDER BY id"
)
_DELEGATES: Final = f"""
SELECT d.id, d.occasion, d.person, d.title, d.name, d.position, d.unit, d.seat, encode(d.badge_digest, 'hex') AS badge, d.revoked,
       ARRAY(SELECT e.list::text FROM list_entry e WHERE e.delegate = d.id ORDER BY 1) AS lists, c.given, c.at
FROM delegate d
LEFT JOIN LATERAL (
    SELECT given, at FROM consent WHERE person = d.person AND kind = 'face' ORDER BY id DESC LIMIT 1
) c ON true
WHERE d.occasion = ANY(%(ids)s::uuid[]) ORDER BY d.id LIMIT {DELEGATES}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """A delegate; `given`, `at`: the newest word on being recognised."""

    id: UUID
    occasion: UUID
    person: UUID | None
    title: str
    name: str
    position: str
    unit: str
    seat: str
    badge: str | None
    revoked: datetime | None
    lists: list[str]
    given: bool | None
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Roster:
    """A gateway's list. `consenting`: the persons on it who agreed to be recognised; `made_from`: the fingerprint of its rows."""

    listed: GateList
    encoded: bytes
    consenting: frozenset[str]
    made_from: tuple[Any, ...]


class Rosters:
    """Makes and keeps them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: OrderedDict[Gateway, Roster] = OrderedDict()
        self._making = asyncio.Lock()

    def __len__(self) -> int:
        """Return how many are kept."""
        return len(self._kept)

    async def of(self, gateway: Gateway) -> Roster:
        """Return a gateway's list as of now; raises StorageError."""
        values = {"site": gateway.site, "gateway": gateway.gateway}
        async with self._making:
            made_from = (await self._database.rows(_MADE_FROM, values))[0]
            found = self._kept.get(gateway)
            if found is None or found.made_from != made_from:
                found = self._kept[gateway] = await self._made(values, made_from)
            self._kept.move_to_end(gateway)
            while len(self._kept) > GATEWAYS:
                self._kept.popitem(last=False)
            return found

    async def _made(self, values: dict[str, str], made_from: tuple[Any, ...]) -> Roster:
        gates = await self._database.objects(ListedGate, _GATES, values)
        ids = {"ids": sorted({gate.occasion for gate in gates})}
        occasions = await self._database.rows(_OCCASIONS, ids)
        delegates = await self._database.objects(_Row, _DELEGATES, ids)
        return await asyncio.to_thread(_roster, gates, occasions, delegates, made_from)


def _roster(gates: list[ListedGate], occasions: list[tuple[Any, ...]], delegates: list[_Row], made_from: tuple[Any, ...]) -> Roster:
    listed = gate_list.sealed(
        GateList(
            occasions=tuple(_occasion(*row) for row in occasions),
            gates=tuple(gates),
            delegates=tuple(_delegate(row) for row in delegates),
        )
    )
    consenting = frozenset(str(row.person) for row in delegates if row.person is not None and row.given)
    return Roster(listed, gate_list.encoded(listed), consenting, made_from)


def _occasion(*row: Any) -> ListedOccasion:
    occasion, name, state, opened, theme, place, starts, ends = row
    return ListedOccasion(id=occasion, name=name, state=state, opened=opened, theme=_theme(theme), place=place, starts=starts, ends=ends)


def _delegate(row: _Row) -> ListedDelegate:
    return ListedDelegate(
        id=str(row.id),
        occasion=str(row.occasion),
        person=None if row.person is None else str(row.person),
        title=row.title,
        name=row.name,
        position=row.position,
        unit=row.unit,
        seat=row.seat,
        badge=row.badge,
        lists=tuple(row.lists),
        revoked=row.revoked,
        consent_withdrawn=row.at if row.given is False else None,
    )


def _theme(theme: object) -> Theme:
    """Return what is known here of a theme; one that holds anything else is the plain one."""
    try:
        return msgspec.convert(theme, Theme)
    except msgspec.ValidationError:
        return Theme()
