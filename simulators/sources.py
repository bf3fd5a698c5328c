"""(sensor, clock) → samples: the edge's driver for a simulated device, named ``simulators.sources:Simulated`` in a gateway's file.

Made in a `SCENE` it fails as the scenario says; elsewhere, in an edge app of its own, it is simply well.
"""

import asyncio

from msgspec import Struct

from edge.drivers.loading import checked
from edge.sensors import Sample
from edge.settings import QuantitySettings, SensorSettings
from simulators.scenarios import SCENE, Kind
from simulators.signals import SIGNALS, value
from wardroom.clock import Clock
from wardroom.errors import ConfigError


class DeviceOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A simulated sensor's `options`."""

    seed: int = 1
    place: str | None = None
    """Places differ by a little; the sensor's id if not given."""


class QuantityOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A simulated quantity's `options`."""

    signal: str | None = None
    """Which signal feeds it; the one named like the quantity if not given."""


class Simulated:
    """One simulated device."""

    def __init__(self, sensor: SensorSettings, clock: Clock) -> None:
        options = checked(sensor.options, DeviceOptions, sensor.id, "options")
        self._id = sensor.id
        self._seed = options.seed
        self._place = options.place or sensor.id
        self._signals = {quantity.id: _signal(sensor.id, quantity) for quantity in sensor.quantities}
        self._clock = clock
        self._scene = SCENE.get()
        self._last: tuple[Sample, ...] = ()

    async def open(self) -> None:
        """There is nothing to open."""

    async def close(self) -> None:
        """There is nothing to close."""

    async def read(self) -> tuple[Sample, ...]:
        """Return what the signals show now, what they showed last (stuck), or nothing ever (silent: the caller's timeout ends it)."""
        if self._has(Kind.SILENT):
            await asyncio.Event().wait()
        if not (self._last and self._has(Kind.STUCK)):
            time_us = self._scene.true_us() if self._scene else self._clock.now_us()
            self._last = self.at(time_us)
        return self._last

    def at(self, time_us: int) -> tuple[Sample, ...]:
        """Return what the signals show at an instant, whatever is wrong."""
        return tuple(
            Sample(quantity, value(signal, seed=self._seed, place=self._place, time_us=time_us))
            for quantity, signal in self._signals.items()
        )

    def _has(self, kind: Kind) -> bool:
        return self._scene is not None and self._scene.has(kind, self._id)


def _signal(sensor: str, quantity: QuantitySettings) -> str:
    name = checked(quantity.options, QuantityOptions, sensor, f"{quantity.id}.options").signal or quantity.id
    if name not in SIGNALS:
        raise ConfigError("simulators.no_signal", sensor=sensor, quantity=quantity.id, value=name, known=", ".join(SIGNALS))
    if SIGNALS[name].unit != quantity.unit:
        raise ConfigError(
            "simulators.wrong_unit", sensor=sensor, quantity=quantity.id, value=quantity.unit, signal=name, unit=SIGNALS[name].unit
        )
    return name


class Counting:
    """A device that counts its samples: every value differs from the last, so that every sample is worth a reading."""

    def __init__(self, sensor: SensorSettings, clock: Clock) -> None:
        self._clock = clock
        self._quantities = tuple(quantity.id for quantity in sensor.quantities)
        self._count = 0

    async def open(self) -> None:
        """There is nothing to open."""

    async def close(self) -> None:
        """There is nothing to close."""

    async def read(self) -> tuple[Sample, ...]:
        """Return the count, once for each quantity."""
        self._count += 1
        now_us = self._clock.now_us()
        return tuple(Sample(quantity, float(self._count), now_us) for quantity in self._quantities)
