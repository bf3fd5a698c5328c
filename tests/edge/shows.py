"""A camera that runs for a test, and what it told."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from edge.camera_book import BOOK_FILE, CameraBook
from edge.camera_settings import CameraSettings
from edge.cameras import Camera
from edge.captures.loading import Source, made
from tests.edge.factories import GATEWAY
from tests.edge.waiting import until
from vision.frames import Frame
from wardroom.camera_events import CameraReason, CameraState, CameraStatusData
from wardroom.clock import SystemClock
from wardroom.settings import convert

ONLINE = (CameraState.ONLINE, None)


def camera(**changed: Any) -> CameraSettings:
    """Return settings of a camera that gives up and tries again within a test's patience."""
    given: dict[str, Any] = {
        "id": "gate",
        "name": {"vi": "Cổng", "en": "Gate"},
        "source": "rtsp",
        "fps": 60.0,
        "open_s": 1.0,
        "stall_s": 10.0,
        "retry_first_s": 0.1,
        "retry_last_s": 0.2,
    }
    return convert(given | changed, CameraSettings, "gateway.toml")


class Show:
    """One running camera."""

    def __init__(self, settings: CameraSettings, folder: Path, source: Source | None = None) -> None:
        self.told: list[CameraStatusData] = []
        book = CameraBook(folder / BOOK_FILE)
        clock = SystemClock()
        self.camera = Camera(settings, source or made(settings, clock), gateway=GATEWAY, clock=clock, tell=self.tell, book=book)

    async def tell(self, data: CameraStatusData) -> bool:
        self.told.append(data)
        return True

    @property
    def states(self) -> list[tuple[CameraState, CameraReason | None]]:
        return [(data.state, data.reason) for data in self.told]

    async def said(self, state: CameraState, reason: CameraReason | None = None) -> CameraStatusData:
        """Return the last status once it is this one."""
        await until(lambda: self.states[-1:] == [(state, reason)], within_s=15.0)
        return self.told[-1]

    async def online(self) -> None:
        await self.said(CameraState.ONLINE)

    async def frame(self) -> Frame:
        frame = await asyncio.to_thread(self.camera.frames.take, 5.0)
        assert frame is not None
        return frame


@asynccontextmanager
async def shown(settings: CameraSettings, folder: Path, source: Source | None = None) -> AsyncIterator[Show]:
    show = Show(settings, folder, source)
    task = asyncio.create_task(show.camera.run())
    try:
        yield show
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
