"""names of series → their ids: a bounded cache before the table; the first reading makes a series, a birth describes it.

Series are made in a transaction of their own, before the batch's: an id in the cache is therefore one that exists. A gateway has a limit of
them, so that none can fill the table with made-up names; members of a sharing group that make some at one instant may pass it a little.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from struct import Struct
from typing import Final, NamedTuple

from ingest import statements
from ingest.database import Connection
from wardroom.topics import Gateway

BOUND: Final = 100_000
"""Series remembered; those of the least recently used gateway are forgotten first, and found in the table again."""
GATEWAYS: Final = 10_000
"""Gateways at their limit that are remembered, so that their new names cost no count; the least recently used one is counted again."""
PER_GATEWAY: Final = 2_000
_HEAD: Final = Struct(">hiii")

Wanted = Mapping[Gateway, Mapping[str, str]]
"""Per gateway the names (``{sensor}/{quantity}``) of series, each with the unit somebody gives it."""


class Name(NamedTuple):
    """Where a series stands in the tree."""

    site: str
    gateway: str
    sensor: str
    quantity: str


class Shelf:
    """The series of one gateway, by their names on the wire: ``{sensor}/{quantity}``.

    `heads` is how a row of `reading` begins in a binary COPY: five fields, the id (4 bytes), and that the time follows (8 bytes).
    """

    __slots__ = ("heads", "ids", "units")

    def __init__(self) -> None:
        self.heads: dict[str, bytes] = {}
        self.ids: dict[str, int] = {}
        self.units: dict[str, str] = {}

    def put(self, name: str, number: int, unit: str) -> None:
        """Remember a series."""
        self.heads[name] = _HEAD.pack(5, 4, number, 8)
        self.ids[name] = number
        self.units[name] = unit


class SeriesCache:
    """The series used lately."""

    def __init__(self, bound: int = BOUND, *, per_gateway: int = PER_GATEWAY) -> None:
        self._bound = bound
        self._limit = per_gateway
        self._full: OrderedDict[Gateway, None] = OrderedDict()
        self._shelves: OrderedDict[Gateway, Shelf] = OrderedDict()

    def __len__(self) -> int:
        return sum(len(shelf.ids) for shelf in self._shelves.values())

    def shelf(self, gateway: Gateway) -> Shelf:
        """Return what is known of a gateway's series, and mark it used."""
        found = self._shelves.get(gateway)
        if found is None:
            return Shelf()
        self._shelves.move_to_end(gateway)
        return found

    def clear(self) -> None:
        """Forget all: after the connection was lost the database may be another one, restored from a backup."""
        self._shelves.clear()
        self._full.clear()

    async def find(self, connection: Connection, wanted: Wanted) -> dict[Gateway, Shelf]:
        """Return the series of `wanted` on their gateways' shelves, making those that do not exist.

        Those that would take their gateway above its limit are not made and not returned.
        """
        found = {gateway: self.shelf(gateway) for gateway in wanted}
        missing = {
            Name(gateway.site, gateway.gateway, *_parts(name)): unit
            for gateway, names in wanted.items()
            for name, unit in names.items()
            if name not in found[gateway].ids
        }
        if missing:
            there = await _find(connection, list(missing))
            new = [name for name in missing if name not in there]
            if new and (allowed := await self._allowed(connection, new)):
                there |= await _make(connection, allowed, [missing[name] for name in allowed])
            for name, (number, unit) in there.items():
                found[Gateway(name.site, name.gateway)].put(f"{name.sensor}/{name.quantity}", number, unit)
            self._keep(found)
        return found

    def _keep(self, found: Mapping[Gateway, Shelf]) -> None:
        """Remember shelves, forgetting the least recently used ones above the bound."""
        for gateway, shelf in found.items():
            self._shelves[gateway] = shelf
            self._shelves.move_to_end(gateway)
        held = len(self)
        while held > self._bound:
            _, forgotten = self._shelves.popitem(last=False)
            held -= len(forgotten.ids)

    async def _allowed(self, connection: Connection, new: Sequence[Name]) -> list[Name]:
        """Return those of the `new` names their gateways have room for, first come first served; sorted."""
        places = {(name.site, name.gateway): Gateway(name.site, name.gateway) for name in new}
        asking = [place for _, place in sorted(places.items()) if not self._is_full(place)]
        if not asking:
            return []
        columns = [place.site for place in asking], [place.gateway for place in asking]
        cursor = await connection.execute(statements.COUNT_SERIES, (self._limit, *columns))
        room = {(site, gateway): self._limit - count for site, gateway, count in await cursor.fetchall()}
        for place, left in room.items():
            if left <= 0:
                self._fill(places[place])
        allowed = []
        for name in new:
            left = room.get(name[:2], 0)
            if left > 0:
                room[name[:2]] = left - 1
                allowed.append(name)
        return sorted(allowed)

    def _is_full(self, place: Gateway) -> bool:
        full = place in self._full
        if full:
            self._full.move_to_end(place)
        return full

    def _fill(self, place: Gateway) -> None:
        self._full[place] = None
        if len(self._full) > GATEWAYS:
            self._full.popitem(last=False)


async def _make(connection: Connection, names: Sequence[Name], units: Sequence[str]) -> dict[Name, tuple[int, str]]:
    columns = _columns(names)
    async with connection.transaction():
        await connection.execute(statements.MAKE_PLACES, columns[:3])
        await connection.execute(statements.MAKE_SERIES, (*columns, list(units)))
        return await _find(connection, names)


async def _find(connection: Connection, names: Sequence[Name]) -> dict[Name, tuple[int, str]]:
    cursor = await connection.execute(statements.FIND_SERIES, _columns(names))
    rows = await cursor.fetchall()
    return {Name(site, gateway, sensor, quantity): (number, unit) for site, gateway, sensor, quantity, number, unit in rows}


def _columns(names: Iterable[Name]) -> tuple[list[str], list[str], list[str], list[str]]:
    sites, gateways, sensors, quantities = (list(column) for column in zip(*names, strict=True))
    return sites, gateways, sensors, quantities


def _parts(name: str) -> tuple[str, str]:
    sensor, _, quantity = name.partition("/")
    return sensor, quantity
