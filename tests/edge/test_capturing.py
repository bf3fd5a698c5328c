import asyncio
import threading
import time
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


class Brief(Foreign):
    """Shows pictures for `shows_s`, then breaks, each time it is opened."""

    def __init__(self, settings: CameraSettings, shows_s: float) -> None:
        super().__init__(settings, SystemClock(), end=None)
        self.opened = 0
        self._shows_s = shows_s

    def pictures(self) -> Generator[Picture | None, None, None]:
        self.opened += 1
        until_s = time.monotonic() + self._shows_s
        yield Picture(lambda: picture(0))
        while time.monotonic() < until_s:
            time.sleep(0.01)
            yield Picture(lambda: picture(0))


async def test_a_camera_that_breaks_at_once_is_asked_ever_less_often(tmp_path: Path) -> None:
    settings = camera(source="x:Y", retry_first_s=0.1, retry_last_s=100, settled_s=0.1)
    brief = Brief(settings, 0.0)
    async with shown(settings, tmp_path, brief):
        await until(lambda: brief.opened > 1)
        await asyncio.sleep(1.0)

    assert brief.opened <= 7  # after 0.05 s, 0.1, 0.2, 0.4 and 0.8 at the least


async def test_once_it_was_well_for_long_enough_the_waits_begin_anew(tmp_path: Path) -> None:
    settings = camera(source="x:Y", retry_first_s=0.1, retry_last_s=100, settled_s=0.1)
    brief = Brief(settings, 0.2)
    async with shown(settings, tmp_path, brief):
        await until(lambda: brief.opened >= 9, within_s=10.0)  # doubled each time it would take 12 s at the least


async def test_a_camera_with_another_reason_is_away_since_the_first_one(tmp_path: Path) -> None:
    class Fickle(Foreign):
        opened = 0

        def pictures(self) -> Generator[Picture | None, None, None]:
            self.opened += 1
            if self.opened < 3:
                raise CameraError("camera.connect" if self.opened == 1 else "camera.auth", place="elsewhere")
            yield Picture(lambda: picture(0))
            time.sleep(0.2)

    settings = camera(source="x:Y")
    async with shown(settings, tmp_path, Fickle(settings, SystemClock(), end=None)) as show:
        await until(lambda: len(show.told) > 2)

    first, second, back = show.told[:3]
    assert [first.reason, second.reason, back.reason] == [CameraReason.CONNECT, CameraReason.AUTH, None]
    assert first.since == second.since < back.since
    assert back.fault_s == pytest.approx((back.since - first.since).total_seconds(), abs=0.01)
