"""site, gateway, sensor, quantity → series: what the live path needs to know of the database, and what waits until it does.

A series is made by ingest with its first reading, so a live reading may come before its series has an id: it waits here, the newest of
each name, at most `WAITING` names (then new ones are not kept: the database has them) and `PATIENCE_S` each. Of series as many are known
as the hub shows, `SERIES_LIMIT`: what is new beyond that is dropped, and its readings with it; those known go on.
"""

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import msgspec

from center.hub import SERIES_LIMIT
from wardroom.live import LiveReading, LiveSeries
from wardroom.messages import SensorDescription
from wardroom.topics import Gateway

WAITING: Final = 5_000
PATIENCE_S: Final = 60.0
DESCRIBED: Final = 50_000
"""Sensors whose descriptions are kept; a birth beyond that describes only what is known already."""

Key = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A reading whose series has no id yet; None: a birth's word of such a series. `until` by the monotonic clock."""

    unit: str
    reading: LiveReading | None
    until: float


class Directory:
    """Series by name, births' descriptions over them, and readings that wait for their series."""

    def __init__(self, *, series_limit: int = SERIES_LIMIT) -> None:
        self.wanted = asyncio.Event()
        self._series: dict[Key, LiveSeries] = {}
        self._series_limit = series_limit
        self._described: dict[tuple[str, str, str], SensorDescription] = {}
        self._waiting: dict[Key, Waiting] = {}

    def find(self, key: Key) -> LiveSeries | None:
        return self._series.get(key)

    def add(self, series: Iterable[LiveSeries]) -> list[LiveSeries]:
        """Take series from the database while there is room; return those as they are shown, the birth's words over the database's."""
        shown = []
        for one in series:
            name = key(one)
            if name in self._series or len(self._series) < self._series_limit:
                self._series[name] = self._described_by_birth(one)
                shown.append(self._series[name])
        return shown

    def describe(self, gateway: Gateway, sensors: tuple[SensorDescription, ...]) -> list[LiveSeries]:
        """Take a birth's descriptions; return the series that look different now."""
        changed = []
        for sensor in sensors:
            place = (gateway.site, gateway.gateway, sensor.id)
            if place in self._described or len(self._described) < DESCRIBED:
                self._described[place] = sensor
            for quantity in sensor.quantities:
                known = self._series.get((*place, quantity.id))
                if known is not None and (shown := _overlaid(known, sensor)) != known:
                    self._series[key(shown)] = shown
                    changed.append(shown)
        return changed

    def wait(self, name: Key, waiting: Waiting) -> bool:
        """Keep a reading until its series is known; False where there is no room."""
        kept = self._waiting.get(name)
        if kept is None:
            if len(self._waiting) >= WAITING:
                return False
            self._waiting[name] = waiting
        elif _newer(waiting.reading, kept.reading):
            self._waiting[name] = Waiting(waiting.unit, waiting.reading, kept.until)
        self.wanted.set()
        return True

    def names(self) -> list[Key]:
        """Return the names that wait, the longest waiting first."""
        return list(self._waiting)

    def settle(self, now: float) -> list[LiveReading]:
        """Return the waiting readings whose series is known by now; forget those that waited too long."""
        return list(self._settled(now))

    def _settled(self, now: float) -> Iterator[LiveReading]:
        for name, waiting in list(self._waiting.items()):
            series = self._series.get(name)
            if series is None and now < waiting.until:
                continue
            del self._waiting[name]
            if series is not None and waiting.reading is not None and series.unit == waiting.unit:
                yield msgspec.structs.replace(waiting.reading, series=series.id)
        if not self._waiting:
            self.wanted.clear()

    def _described_by_birth(self, series: LiveSeries) -> LiveSeries:
        sensor = self._described.get((series.site, series.gateway, series.sensor))
        return series if sensor is None else _overlaid(series, sensor)


def key(series: LiveSeries) -> Key:
    return (series.site, series.gateway, series.sensor, series.quantity)


def _newer(reading: LiveReading | None, kept: LiveReading | None) -> bool:
    return reading is not None and (kept is None or kept.time_us < reading.time_us)


def _overlaid(series: LiveSeries, sensor: SensorDescription) -> LiveSeries:
    period_s = next((quantity.period_s for quantity in sensor.quantities if quantity.id == series.quantity), series.period_s)
    return msgspec.structs.replace(series, sensor_name_vi=sensor.name.vi, sensor_name_en=sensor.name.en, period_s=period_s)
