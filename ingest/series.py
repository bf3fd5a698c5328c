"""names of series → their ids: a bounded cache before the table; the first reading makes a series, a birth describes it.

Series are made in a transaction of their own, before the batch's: an id in the cache is therefore one that exists. A gateway has a limit of
them, so that none can fill the table with made-up names; members of a sharing group that make some at one instant may pass it a little.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from ingest import statements
from ingest.database import Connection
from wardroom.topics import Gateway

BOUND: Final = 100_000
"""Series remembered; the least recently used one is forgotten first, and found in the table again."""
GATEWAYS: Final = 10_000
"""Gateways at their limit that are remembered, so that their new names cost no count; the least recently used one is counted again."""
PER_GATEWAY: Final = 2_000


class Name(NamedTuple):
    """Where a series stands in the tree."""

    site: str
    gateway: str
    sensor: str
    quantity: str

    @property
    def place(self) -> Gateway:
        """The gateway the series is behind."""
        return Gateway(self.site, self.gateway)


class Series(NamedTuple):
    """A series' id and the one unit it has."""

    id: int
    unit: str


class SeriesCache:
    """The series used lately."""

    def __init__(self, bound: int = BOUND, *, per_gateway: int = PER_GATEWAY) -> None:
        self._bound = bound
        self._limit = per_gateway
        self._full: OrderedDict[Gateway, None] = OrderedDict()
        self._known: OrderedDict[Name, Series] = OrderedDict()

    def __len__(self) -> int:
        return len(self._known)

    def get(self, name: Name) -> Series | None:
        """Return a series and mark it used."""
        found = self._known.get(name)
        if found is not None:
            self._known.move_to_end(name)
        return found

    def put(self, name: Name, series: Series) -> None:
        """Remember a series, forgetting the least recently used one above the bound."""
        self._known[name] = series
        self._known.move_to_end(name)
        if len(self._known) > self._bound:
            self._known.popitem(last=False)

    def clear(self) -> None:
        """Forget all: after the connection was lost the database may be another one, restored from a backup."""
        self._known.clear()
        self._full.clear()

    async def find(self, connection: Connection, wanted: Mapping[Name, str]) -> dict[Name, Series]:
        """Return the series of `wanted` (name → the unit a reading gives it), making those that do not exist.

        Those that would take their gateway above its limit are not made and not returned.
        """
        found = {name: series for name in wanted if (series := self.get(name)) is not None}
        missing = [name for name in wanted if name not in found]
        if missing:
            there = await _find(connection, missing)
            new = [name for name in missing if name not in there]
            if new and (allowed := await self._allowed(connection, new)):
                there |= await _make(connection, allowed, [wanted[name] for name in allowed])
            for name, series in there.items():
                self.put(name, series)
            found.update(there)
        return found

    async def _allowed(self, connection: Connection, new: Sequence[Name]) -> list[Name]:
        """Return those of the `new` names their gateways have room for, first come first served; sorted."""
        asking = sorted({name.place for name in new if not self._is_full(name.place)}, key=lambda place: place.prefix)
        if not asking:
            return []
        columns = [place.site for place in asking], [place.gateway for place in asking]
        cursor = await connection.execute(statements.COUNT_SERIES, (self._limit, *columns))
        room = {Gateway(site, gateway): self._limit - count for site, gateway, count in await cursor.fetchall()}
        for place in (place for place, left in room.items() if left <= 0):
            self._fill(place)
        allowed = []
        for name in new:
            left = room.get(name.place, 0)
            if left > 0:
                room[name.place] = left - 1
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


async def _make(connection: Connection, names: Sequence[Name], units: Sequence[str]) -> dict[Name, Series]:
    columns = _columns(names)
    async with connection.transaction():
        await connection.execute(statements.MAKE_PLACES, columns[:3])
        await connection.execute(statements.MAKE_SERIES, (*columns, list(units)))
        return await _find(connection, names)


async def _find(connection: Connection, names: Sequence[Name]) -> dict[Name, Series]:
    cursor = await connection.execute(statements.FIND_SERIES, _columns(names))
    rows = await cursor.fetchall()
    return {Name(site, gateway, sensor, quantity): Series(number, unit) for site, gateway, sensor, quantity, number, unit in rows}


def _columns(names: Iterable[Name]) -> tuple[list[str], list[str], list[str], list[str]]:
    sites, gateways, sensors, quantities = (list(column) for column in zip(*names, strict=True))
    return sites, gateways, sensors, quantities
