"""A driver that does what a test tells it, and a sink that keeps what it gets."""

import asyncio
from collections.abc import Callable
from typing import ClassVar

from edge.sensors import Sample
from edge.settings import SensorSettings
from wardroom.clock import Clock
from wardroom.errors import ConfigError
from wardroom.messages import EventData
from wardroom.senml import Reading

Answer = float | Exception | tuple[Sample, ...]


class Scripted:
    """Answers one after the other, then the last one for ever; an infinite list is a function of the call's number."""

    made: ClassVar[list["Scripted"]] = []
    script: ClassVar[Callable[[int], Answer]] = float

    def __init__(self, sensor: SensorSettings, clock: Clock) -> None:
        if "refuse" in sensor.options:
            raise ConfigError("edge.option_unknown", sensor=sensor.id, field="options.refuse")
        self.sensor = sensor
        self.clock = clock
        self.calls = 0
        self.opened = 0
        self.closed = 0
        Scripted.made.append(self)

    async def open(self) -> None:
        self.opened += 1

    async def read(self) -> tuple[Sample, ...]:
        answer = Scripted.script(self.calls)
        self.calls += 1
        if isinstance(answer, asyncio.TimeoutError):
            await asyncio.sleep(60)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, tuple):
            return answer
        return tuple(Sample(quantity.id, answer) for quantity in self.sensor.quantities)

    async def close(self) -> None:
        self.closed += 1


class Kept:
    """A sink that keeps what it gets."""

    def __init__(self) -> None:
        self.values: list[Reading] = []
        self.events: list[EventData] = []

    async def readings(self, readings: tuple[Reading, ...]) -> None:
        self.values += readings

    async def event(self, data: EventData) -> bool:
        self.events.append(data)
        return True
