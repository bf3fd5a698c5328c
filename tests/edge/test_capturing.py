import asyncio
import threading
from collections.abc import Generator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from edge.camera_settings import CameraSettings
from edge.captures.picture import Picture
from tests.edge.shows import camera, shown
from tests.edge.waiting import until
from tests.simulators.numbered import picture
from wardroom.camera_events import CameraReason, CameraState
from wardroom.clock import Clock, SystemClock
from wardroom.errors import CameraError, SensorError

OFFLINE = CameraState.OFFLINE


class Foreign:
    """A source of somebody else's, that does what it likes."""

    place = "elsewhere"

    def __init__(self, settings: CameraSettings, clock: Clock, *, end: Exception | None) -> None:
        del settings, clock
        self._end = end

    def pictures(self) -> Generator[Picture | None, None, None]:
        yield Picture(lambda: picture(0))
        if self._end:
            raise self._end


@pytest.mark.parametrize(
    ("end", "repeat", "reason"),
    [
        (CameraError("camera.auth", place="elsewhere"), "again", CameraReason.AUTH),
        (SensorError("edge.modbus_no_connection", address="x"), "again", CameraReason.FAILED),
        (CameraError("edge.outbox_closed"), "again", CameraReason.FAILED),
        (ZeroDivisionError("a bug"), "again", CameraReason.FAILED),
        (None, "again", CameraReason.LOST),
        (None, "once", CameraReason.ENDED),
    ],
)
async def test_whatever_a_source_does_is_its_camera_s_fault(
    end: Exception | None, repeat: str, reason: CameraReason, tmp_path: Path
) -> None:
    settings = camera(source="x:Y", repeat=repeat == "again")
    with capture_logs():
        async with shown(settings, tmp_path, Foreign(settings, SystemClock(), end=end)) as show:
            await show.said(OFFLINE, reason)


async def test_a_source_that_hangs_in_its_library_stalls_and_is_not_opened_twice(tmp_path: Path) -> None:
    opened: list[threading.Event] = []

    class Wedged(Foreign):
        def pictures(self) -> Generator[Picture | None, None, None]:
            opened.append(threading.Event())
            yield Picture(lambda: picture(0))
            opened[-1].wait(20)

    settings = camera(source="x:Y", stall_s=0.1)
    async with shown(settings, tmp_path, Wedged(settings, SystemClock(), end=None)) as show:
        await show.said(OFFLINE, CameraReason.STALL)
        await asyncio.sleep(0.5)
        assert len(opened) == 1
        opened[0].set()
        await until(lambda: len(opened) == 2)
        opened[1].set()
