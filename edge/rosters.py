"""the sensors and cameras of the settings → the ones that run; whoever was removed leaves nothing standing."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Final, cast

from edge import watch
from edge.camera_book import BOOK_FILE, CameraBook
from edge.camera_settings import CameraSettings
from edge.cameras import Camera
from edge.captures import loading as captures
from edge.drivers import loading as drivers
from edge.gates_loading import Gates
from edge.intake import Intake
from edge.roster import Roster, Running
from edge.sensors import Polling
from edge.settings import SensorSettings
from edge.watch import Seeing
from edge.wire_clock import instant
from wardroom.camera_events import CameraState, CameraStatusData
from wardroom.clock import Clock
from wardroom.sight_events import SightData
from wardroom.topics import Gateway

_LAST_WORDS_S: Final = 2.0
"""How long whoever watches a camera may take to end when the camera does."""


class Rosters:
    """What a gateway watches with. `data`: its folder, for the book of cameras. `gates`: what decides at its gates, where it has some."""

    def __init__(
        self,
        tasks: asyncio.TaskGroup,
        *,
        gateway: Gateway,
        clock: Clock,
        intake: Intake,
        data: Path,
        gates: Gates | None = None,
    ) -> None:
        self._gateway = gateway
        self._clock = clock
        self._intake = intake
        self._gates = gates
        self._faults = intake.book
        self._cameras_told = CameraBook(data / BOOK_FILE)
        self._sensors = Roster[SensorSettings](tasks, "sensor", self._polling)
        self._cameras = Roster[CameraSettings](tasks, "camera", self._camera)

    @property
    def sensors(self) -> tuple[SensorSettings, ...]:
        """The settings of the sensors that run."""
        return self._sensors.settings

    async def apply(self, sensors: Sequence[SensorSettings], cameras: Sequence[CameraSettings]) -> bool:
        """Run exactly these; return whether the sensors changed. Raises ConfigError; the kind of which one cannot be made stays."""
        try:
            changed = await self._sensors.apply(sensors)
        finally:
            await self._cameras.apply(cameras)
        return changed

    async def stop(self) -> None:
        """Run none; what stands goes on standing."""
        await self.apply((), ())

    async def only(self, sensors: Sequence[SensorSettings], cameras: Sequence[CameraSettings]) -> None:
        """Take back what was told of all others: nobody asks those any more."""
        own = frozenset() if self._gates is None else self._gates.sensors
        await self._intake.only({sensor.id for sensor in sensors} | own)
        for told in self._cameras_told.others({camera.id for camera in cameras}):
            gone = CameraStatusData(told.camera, CameraState.DISABLED, instant(self._clock.now_us()))
            if told.state is CameraState.DISABLED or await self._intake.event(gone):
                self._cameras_told.forget(told.camera)

    async def _sight(self, data: SightData) -> None:
        """Take what a camera saw: whoever stands at the gate first, then the outbox."""
        if self._gates is None:
            await self._intake.event(data)
        else:  # the greeting comes first; what the gate stumbles over keeps no event back
            await asyncio.gather(self._gates.seen(data), self._intake.event(data))

    def _polling(self, sensor: SensorSettings) -> Running:
        driver = drivers.made(sensor, self._clock)
        standing = self._faults.standing

        async def run() -> None:
            await Polling(sensor, driver, clock=self._clock, sink=self._intake, standing=standing(sensor.id)).run()

        return run

    def _camera(self, camera: CameraSettings) -> Running:
        source = captures.made(camera, self._clock)
        tell, book = self._intake.event, self._cameras_told
        running = Camera(camera, source, gateway=self._gateway, clock=self._clock, tell=tell, book=book)
        if camera.watch is None:
            return running.run
        seeing = cast(Seeing, captures.imported(camera, self._clock, "watch", camera.watch, watch.BUILT_IN))
        if self._gates is not None and self._gates.keep is not None and isinstance(seeing, watch.Keeping):
            seeing.keep_evidence(self._gates.keep)
        looking = watch.Watch(camera.id, running.frames, seeing, gateway=self._gateway, tell=self._sight)

        async def run() -> None:
            watching = asyncio.create_task(looking.run(), name=f"watch {camera.id}")
            try:
                await running.run()
            finally:  # its frames are closed now: the watch ends what it told, and itself
                await asyncio.wait({watching}, timeout=_LAST_WORDS_S)
                watching.cancel()

        return run
