from itertools import pairwise
from pathlib import Path

import av

from tests.edge.shows import camera, shown
from tests.simulators.numbered import number, pictures
from wardroom.camera_events import CameraReason, CameraState


def a_video(file: Path, count: int = 20, fps: int = 20) -> Path:
    with av.open(str(file), "w") as container:
        stream = container.add_stream("libx264", rate=fps, options={"preset": "ultrafast", "bf": "2"})
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        for image in pictures(count):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="bgr24")))
        container.mux(stream.encode(None))
    return file


async def test_a_video_is_shown_at_its_own_pace_to_its_end(tmp_path: Path) -> None:
    settings = camera(source="file", path=str(a_video(tmp_path / "hall.mp4")), repeat=False)
    async with shown(settings, tmp_path) as show:
        frames = [await show.frame() for _ in range(4)]
        ended = await show.said(CameraState.OFFLINE, CameraReason.ENDED)

    numbers = [number(frame.image) for frame in frames]
    assert numbers == sorted(set(numbers))
    assert frames[-1].seconds - frames[0].seconds > (numbers[-1] - numbers[0]) / 20 - 0.1
    assert "hall.mp4" in ended.detail


async def test_a_repeated_video_begins_again_and_stays_online(tmp_path: Path) -> None:
    async with shown(camera(source="file", path=str(a_video(tmp_path / "hall.mp4", 6, 30))), tmp_path) as show:
        numbers = [number((await show.frame()).image) for _ in range(14)]

        assert any(after < before for before, after in pairwise(numbers))
        assert [data.state for data in show.told] == [CameraState.ONLINE]


async def test_a_video_that_comes_later_is_shown_then(tmp_path: Path) -> None:
    file = tmp_path / "hall.mp4"
    async with shown(camera(source="file", path=str(file)), tmp_path) as show:
        await show.said(CameraState.OFFLINE, CameraReason.NOT_FOUND)
        file.write_bytes(b"no video at all")
        await show.said(CameraState.OFFLINE, CameraReason.DECODE)
        a_video(file)
        await show.online()


async def test_a_folder_is_no_video(tmp_path: Path) -> None:
    async with shown(camera(source="file", path=str(tmp_path)), tmp_path) as show:
        await show.said(CameraState.OFFLINE, CameraReason.NOT_FOUND)
