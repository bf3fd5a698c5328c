"""[[sensor]] → running sensors: a new set is checked whole before anything of the old one stops; what did not change goes on."""

import asyncio
from collections.abc import Callable, Sequence

import structlog

from edge.drivers.loading import made
from edge.fault_book import Standing
from edge.sensors import Driver, Polling, Sink
from edge.settings import SensorSettings
from wardroom.clock import Clock

_log = structlog.get_logger()


class Roster:
    """The sensors that run now, each a task of the group that is given."""

    def __init__(self, tasks: asyncio.TaskGroup, *, clock: Clock, sink: Sink, standing: Callable[[str], Standing | None]) -> None:
        self._tasks = tasks
        self._clock = clock
        self._sink = sink
        self._standing = standing
        self._running: dict[str, tuple[SensorSettings, asyncio.Task[None]]] = {}

    @property
    def sensors(self) -> tuple[SensorSettings, ...]:
        """The settings of the sensors that run."""
        return tuple(settings for settings, _ in self._running.values())

    async def apply(self, sensors: Sequence[SensorSettings]) -> bool:
        """Run exactly `sensors`; return whether anything changed. Raises ConfigError and changes nothing if one cannot be made."""
        wanted = {sensor.id: sensor for sensor in sensors}
        fresh = [sensor for sensor in sensors if self._settings(sensor.id) != sensor]
        drivers: dict[str, Driver] = {sensor.id: made(sensor, self._clock) for sensor in fresh}
        gone = [sensor for sensor in self.sensors if wanted.get(sensor.id) != sensor]
        await self._stop([sensor.id for sensor in gone])
        for sensor in fresh:
            standing = self._standing(sensor.id)
            polling = Polling(sensor, drivers[sensor.id], clock=self._clock, sink=self._sink, standing=standing)
            self._running[sensor.id] = (sensor, self._tasks.create_task(polling.run(), name=f"sensor {sensor.id}"))
        if fresh or gone:
            _log.info("sensors applied", running=len(self._running), started=len(fresh), stopped=len(gone))
        return bool(fresh or gone)

    def _settings(self, sensor: str) -> SensorSettings | None:
        running = self._running.get(sensor)
        return running[0] if running else None

    async def _stop(self, sensors: Sequence[str]) -> None:
        """Stop sensors and wait until their devices are let go: another may want the same port."""
        tasks = [self._running.pop(sensor)[1] for sensor in sensors]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
