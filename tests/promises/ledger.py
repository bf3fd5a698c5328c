"""readings as they were sent and received → what must be stored: every reading once, the latest by the guard's rule, rollups, conflicts.

Written from the rules alone, without a word of the product's code: latest is the greatest of (least(time, received), time) among what was
stored; the same instant again is a duplicate where the value is the same, and a conflict where it is not.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Final

from tests.promises.store import everywhere, query
from tests.servers.databases import TestDatabase

S: Final = 1_000_000
DAY_US: Final = 86_400 * S
_ZONE_US: Final = 7 * 3_600 * S
Key = tuple[str, str, str]
"""Gateway, sensor, quantity."""
Bucket = tuple[int, float, float, float]
"""Count, least, greatest, last."""


@dataclass
class Ledger:
    """What was received of each series, in order: time → (value, received)."""

    stored: dict[Key, dict[int, tuple[float, int]]] = field(default_factory=lambda: defaultdict(dict))
    duplicates: int = 0
    conflicts: int = 0

    def receive(self, key: Key, time_us: int, value: float, received_us: int) -> None:
        """Note a reading in the order it is received."""
        series = self.stored[key]
        if time_us not in series:
            series[time_us] = (value, received_us)
        elif series[time_us][0] == value:
            self.duplicates += 1
        else:
            self.conflicts += 1

    def latest(self) -> dict[Key, tuple[int, float]]:
        """Return time and value of each series' latest."""
        found = {}
        for key, series in self.stored.items():
            time_us = max(series, key=lambda time_us: (min(time_us, series[time_us][1]), time_us))
            found[key] = (time_us, series[time_us][0])
        return found

    def rows(self) -> set[tuple[Key, int, float]]:
        return {(key, time_us, value) for key, series in self.stored.items() for time_us, (value, _) in series.items()}

    def rollup(self, width_us: int) -> dict[tuple[Key, int], Bucket]:
        """Return count, min, max and last of each bucket, by the edges of Vietnam's days."""
        buckets: dict[tuple[Key, int], list[tuple[int, float]]] = defaultdict(list)
        for key, series in self.stored.items():
            for time_us, (value, received_us) in series.items():
                if -400 * DAY_US <= time_us - received_us <= DAY_US:
                    buckets[key, (time_us + _ZONE_US) // width_us * width_us - _ZONE_US].append((time_us, value))
        return {
            at: (len(inside), min(value for _, value in inside), max(value for _, value in inside), max(inside)[1])
            for at, inside in buckets.items()
        }


_NAMED: Final = "JOIN series s ON s.id = series_id WHERE s.site = '{site}'"
_US: Final = "(extract(epoch FROM {0}) * 1000000)::bigint"


def latest(database: TestDatabase, site: str) -> dict[Key, tuple[int, float]]:
    """Return what the table says is the latest of each series."""
    rows = query(database, f"SELECT s.gateway, s.sensor, s.quantity, {_US.format('time')}, value FROM latest {_NAMED.format(site=site)}")
    return {(str(gateway), str(sensor), str(quantity)): (int(str(at)), float(str(value))) for gateway, sensor, quantity, at, value in rows}


def rows(database: TestDatabase, site: str) -> set[tuple[Key, int, float]]:
    """Return every stored reading, wherever it is."""
    table = everywhere(database)
    found = query(database, f"SELECT s.gateway, s.sensor, s.quantity, {_US.format('time')}, value FROM {table} {_NAMED.format(site=site)}")
    return {((str(gateway), str(sensor), str(quantity)), int(str(at)), float(str(value))) for gateway, sensor, quantity, at, value in found}


def rollup(database: TestDatabase, site: str, view: str) -> dict[tuple[Key, int], Bucket]:
    """Return a rollup view's buckets."""
    columns = f"s.gateway, s.sensor, s.quantity, {_US.format('bucket')}, count, min, max, last"
    found = query(database, f"SELECT {columns} FROM {view} {_NAMED.format(site=site)}")
    return {
        ((str(gateway), str(sensor), str(quantity)), int(str(at))): (int(str(count)), float(str(least)), float(str(most)), float(str(last)))
        for gateway, sensor, quantity, at, count, least, most, last in found
    }
