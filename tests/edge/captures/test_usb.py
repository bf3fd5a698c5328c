from pathlib import Path

import pytest

from tests.edge.shows import camera, shown
from wardroom.camera_events import CameraReason, CameraState


async def test_a_device_that_is_not_plugged_in_is_not_found(tmp_path: Path) -> None:
    async with shown(camera(source="usb", path="/dev/video-nobody", size="1280x720"), tmp_path) as show:
        status = await show.said(CameraState.OFFLINE, CameraReason.NOT_FOUND)

    assert "/dev/video-nobody" in status.detail


@pytest.mark.parametrize("device", ["/dev/null", __file__])
async def test_a_device_that_is_no_camera_is_told_as_that(device: str, tmp_path: Path) -> None:
    async with shown(camera(source="usb", path=device), tmp_path) as show:
        await show.said(CameraState.OFFLINE, CameraReason.REFUSED)
