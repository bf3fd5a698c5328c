from pathlib import Path

import cv2
from structlog.testing import capture_logs

from tests.edge.shows import camera, shown
from tests.edge.waiting import until
from tests.simulators.numbered import number, picture
from wardroom.camera_events import CameraReason, CameraState


def a_folder(folder: Path, *numbers: int) -> Path:
    folder.mkdir()
    for one in numbers:
        cv2.imwrite(str(folder / f"{one:03}.png"), picture(one))
    return folder


async def test_pictures_are_shown_by_name_a_broken_one_is_passed_over_and_the_end_is_told(tmp_path: Path) -> None:
    folder = a_folder(tmp_path / "pictures", 3, 1, 2)
    (folder / "002.png").write_bytes((folder / "002.png").read_bytes()[:200])
    (folder / "notes.txt").write_text("no picture")
    with capture_logs() as logs:
        async with shown(camera(source="folder", path=str(folder), fps=10.0, repeat=False), tmp_path) as show:
            frames = [await show.frame(), await show.frame()]
            await show.said(CameraState.OFFLINE, CameraReason.ENDED)

    assert [number(frame.image) for frame in frames] == [1, 3]
    assert frames[1].seconds - frames[0].seconds > 0.15
    assert [log["detail"] for log in logs if log["event"] == "picture passed over" and "002.png" in log["detail"]]


async def test_a_folder_is_shown_again_and_again_with_what_came_to_it_and_scaled_down(tmp_path: Path) -> None:
    folder = a_folder(tmp_path / "pictures", 1)
    async with shown(camera(source="folder", path=str(folder), fps=20.0, max_width=160), tmp_path) as show:
        frame = await show.frame()
        cv2.imwrite(str(folder / "002.png"), picture(2))
        numbers = {number((await show.frame()).image) for _ in range(6)}

        assert numbers == {1, 2}
        assert frame.size == (160, 90)
        assert [data.state for data in show.told] == [CameraState.ONLINE]


async def test_a_broken_picture_is_told_once_until_it_is_mended(tmp_path: Path) -> None:
    folder = a_folder(tmp_path / "pictures", 1)
    (folder / "002.png").write_bytes(b"no picture")
    with capture_logs() as logs:
        async with shown(camera(source="folder", path=str(folder), fps=50.0), tmp_path) as show:
            for _ in range(4):
                await show.frame()
            assert [log["event"] for log in logs].count("picture passed over") == 1

            cv2.imwrite(str(folder / "002.png"), picture(2))
            await until(lambda: show.camera.frames._waiting is not None)
            seen = {number((await show.frame()).image) for _ in range(4)}
            (folder / "002.png").write_bytes(b"no picture")
            await until(lambda: [log["event"] for log in logs].count("picture passed over") == 2)

    assert 2 in seen


async def test_a_folder_of_nothing_but_broken_pictures_cannot_be_decoded(tmp_path: Path) -> None:
    folder = a_folder(tmp_path / "pictures")
    (folder / "001.jpg").write_bytes(b"no picture")
    with capture_logs():
        async with shown(camera(source="folder", path=str(folder), fps=20.0, open_s=0.2, stall_s=0.2), tmp_path) as show:
            await show.said(CameraState.OFFLINE, CameraReason.DECODE)


async def test_a_folder_that_is_missing_or_empty_is_not_found_until_it_is_filled(tmp_path: Path) -> None:
    async with shown(camera(source="folder", path=str(tmp_path / "pictures"), fps=20.0), tmp_path) as show:
        first = await show.said(CameraState.OFFLINE, CameraReason.NOT_FOUND)
        a_folder(tmp_path / "pictures", 1)
        await show.online()

    assert str(tmp_path / "pictures") in first.detail
