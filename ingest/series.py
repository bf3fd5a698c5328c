"""names of series → their ids: a bounded cache before the table; the first reading makes a series, a birth describes it.

Series are made in a transaction of their own, before the batch's: an id in the cache is therefore one that exists.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from ingest import statements
from ingest.database import Connection

BOUND: Final = 100_000
"""Series remembered; the least recently used one is forgotten first, and found in the table again."""


class Name(NamedTuple):
    """Where a series stands in the tree."""

    site: str
    gateway: str
    sensor: str
    quantity: str


class Series(NamedTuple):
    """A series' id and the one unit it has."""

    id: int
    unit: str


class SeriesCache:
    """The series used lately."""

    def __init__(self, bound: int = BOUND) -> None:
        self._bound = bound
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

    async def find(self, connection: Connection, wanted: Mapping[Name, str]) -> dict[Name, Series]:
        """Return every series of `wanted` (name → the unit a reading gives it), making those that do not exist."""
        found = {name: series for name in wanted if (series := self.get(name)) is not None}
        missing = sorted(name for name in wanted if name not in found)
        if missing:
            made = await _make(connection, missing, [wanted[name] for name in missing])
            for name, series in made.items():
                self.put(name, series)
            found.update(made)
        return found


async def _make(connection: Connection, names: Sequence[Name], units: Sequence[str]) -> dict[Name, Series]:
    columns = _columns(names)
    async with connection.transaction():
        await connection.execute(statements.MAKE_PLACES, columns[:3])
        await connection.execute(statements.MAKE_SERIES, (*columns, list(units)))
        cursor = await connection.execute(statements.FIND_SERIES, columns)
        rows = await cursor.fetchall()
    return {Name(site, gateway, sensor, quantity): Series(number, unit) for site, gateway, sensor, quantity, number, unit in rows}


def _columns(names: Iterable[Name]) -> tuple[list[str], list[str], list[str], list[str]]:
    sites, gateways, sensors, quantities = (list(column) for column in zip(*names, strict=True))
    return sites, gateways, sensors, quantities
