"""Cameras against a real RTSP server on loopback that fails when it is told to."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import psutil
import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from simulators.rtsp import Account, Codec, Fault, RtspServer
from tests.edge.factories import GATEWAY
from tests.edge.shows import ONLINE, camera, shown
from tests.edge.waiting import until
from tests.simulators.numbered import number, pictures
from wardroom.camera_events import CameraReason, CameraState
from wardroom.clock import SystemClock
from wardroom.settings import Secret

FPS = 50.0
OFFLINE = CameraState.OFFLINE
LABELS = {"site": GATEWAY.site, "gateway": GATEWAY.gateway, "camera": "gate"}


def measured(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, LABELS | labels) or 0.0


async def test_a_camera_is_online_with_its_first_picture_and_says_when_each_was_caught(tmp_path: Path) -> None:
    with RtspServer(pictures, fps=FPS) as server:
        async with shown(camera(url=server.url), tmp_path) as show:
            before_us = SystemClock().now_us()
            frames = [await show.frame() for _ in range(5)]

            assert show.states == [ONLINE]
            assert [frame.size for frame in frames] == [(320, 180)] * 5
            assert [frame.number for frame in frames] == sorted({frame.number for frame in frames})
            assert all(before_us - 1_000_000 < frame.at_us < SystemClock().now_us() for frame in frames)
            assert all(0 <= SystemClock().monotonic() - frame.seconds < 5 for frame in frames)
            assert show.camera.age_s < 1


Breaking = Callable[[RtspServer], None]
FAULTS: list[tuple[Breaking, CameraReason]] = [
    (lambda server: server.fail(Fault.FROZEN), CameraReason.STALL),
    (lambda server: server.fail(Fault.SILENT), CameraReason.STALL),
    (lambda server: server.fail(Fault.GARBAGE), CameraReason.DECODE),
    (lambda server: server.change(codec=Codec.H265), CameraReason.DECODE),
    (lambda server: server.change(codec=Codec.MPEG4), CameraReason.STALL),  # FFmpeg takes it for no packets at all, for a while
    (lambda server: server.kill(), CameraReason.LOST),
    (lambda server: server.absent(), CameraReason.LOST),
]


@pytest.mark.parametrize(("broken", "reason"), FAULTS)
async def test_a_camera_that_breaks_says_why_and_comes_back_once_it_is_well(broken: Breaking, reason: CameraReason, tmp_path: Path) -> None:
    with RtspServer(pictures, fps=FPS) as server:
        async with shown(camera(url=server.url, stall_s=1.0), tmp_path) as show:
            await show.online()
            broken(server)
            await until(lambda: len(show.told) > 1)
            first = show.told[1]
            server.fail(Fault.NONE)
            if not server.listening:
                server.present()
            back = await show.said(CameraState.ONLINE)

            assert (first.state, first.reason) == (OFFLINE, reason)
            assert f"127.0.0.1:{server.port}" in first.detail
            assert back.fault_s is not None
            assert 0 < back.fault_s < 15
            await show.frame()


SHUT: list[tuple[Breaking, CameraReason]] = [
    (lambda server: server.absent(), CameraReason.CONNECT),
    (lambda server: server.fail(Fault.SILENT), CameraReason.NO_ANSWER),
    (lambda server: server.fail(Fault.FROZEN), CameraReason.NO_ANSWER),
    (lambda server: server.fail(Fault.GARBAGE), CameraReason.NO_ANSWER),
]


@pytest.mark.parametrize(("broken", "reason"), SHUT)
async def test_a_camera_that_cannot_be_opened_says_why_and_is_tried_again(broken: Breaking, reason: CameraReason, tmp_path: Path) -> None:
    with RtspServer(pictures, fps=FPS) as server:
        broken(server)
        async with shown(camera(url=server.url, stall_s=1.0), tmp_path) as show:
            await show.said(OFFLINE, reason)
            server.fail(Fault.NONE)
            if not server.listening:
                server.present()
            await show.online()


ACCOUNT = Account("ward", "s3cr3t/p@ss")


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (lambda url: {"url": url}, CameraReason.AUTH),
        (lambda url: {"url": url.replace("//", "//ward:s3cr3t@")}, CameraReason.AUTH),
        (lambda url: {"url": url, "username": "ward", "password": "s3cr3t"}, CameraReason.AUTH),
        (lambda url: {"url": f"{url}s", "username": "ward", "password": "s3cr3t/p@ss"}, CameraReason.NOT_FOUND),
    ],
)
async def test_a_wrong_account_or_path_is_told_apart_and_no_password_is_seen_anywhere(
    wrong: Callable[[str], dict[str, str]], reason: CameraReason, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with RtspServer(pictures, fps=FPS, account=ACCOUNT) as server, capture_logs() as logs:
        settings = camera(**wrong(server.url))
        async with shown(settings, tmp_path) as show:
            status = await show.said(OFFLINE, reason)
    seen = [repr(settings), repr(status), repr(logs), *capfd.readouterr(), (tmp_path / "cameras.json").read_text(encoding="utf-8")]

    assert not [text for text in seen if "s3cr3t" in text]


async def test_the_right_account_is_shown_pictures_however_it_is_given(tmp_path: Path) -> None:
    with RtspServer(pictures, fps=FPS, account=ACCOUNT) as server:
        for settings in (camera(url=server.signed_url), camera(url=server.url, username=ACCOUNT.user, password=ACCOUNT.password)):
            async with shown(settings, tmp_path) as show:
                await show.frame()


async def test_a_name_nobody_knows_is_told_as_that(tmp_path: Path) -> None:
    async with shown(camera(url="rtsp://camera.invalid/stream"), tmp_path) as show:
        status = await show.said(OFFLINE, CameraReason.DNS)

    assert "rtsp://camera.invalid/stream" in status.detail


async def test_what_no_camera_answers_with_is_not_waited_for(tmp_path: Path) -> None:
    def nonsense(listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.recv(1_000)
                connection.sendall(b"RTSP/1.0 453 Not Enough Bandwidth\r\nCSeq: 1\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=nonsense, args=(listener,), daemon=True).start()
        async with shown(camera(url=f"rtsp://127.0.0.1:{listener.getsockname()[1]}/"), tmp_path) as show:
            await show.said(OFFLINE, CameraReason.REFUSED)
        listener.shutdown(socket.SHUT_RDWR)


async def test_another_size_is_no_failure(tmp_path: Path) -> None:
    with RtspServer(pictures, fps=FPS) as server:
        async with shown(camera(url=server.url), tmp_path) as show:
            await show.online()
            server.change(size=(160, 90))
            sizes = {(await show.frame()).size for _ in range(40)}

            assert (160, 90) in sizes
            assert show.states == [ONLINE]


async def test_wide_pictures_are_scaled_down(tmp_path: Path) -> None:
    with RtspServer(lambda: pictures(size=(640, 360)), fps=FPS) as server:
        async with shown(camera(url=server.url, max_width=320), tmp_path) as show:
            frame = await show.frame()

    assert frame.size == (320, 180)


async def test_a_slow_consumer_is_given_the_newest_picture_and_the_others_are_counted(tmp_path: Path) -> None:
    skipped, caught = measured("wardroom_camera_skipped_total"), measured("wardroom_camera_frames_total")
    with RtspServer(pictures, fps=FPS) as server:
        async with shown(camera(url=server.url), tmp_path) as show:
            await show.online()
            behind = []
            for _ in range(4):
                await asyncio.sleep(0.3)
                sent = server.sent
                behind.append(sent - number((await show.frame()).image))

    assert max(behind) < 12  # a queue would be 15 behind after the first pause, and more after each
    assert measured("wardroom_camera_skipped_total") - skipped >= 20
    assert measured("wardroom_camera_frames_total") - caught >= 40


async def test_no_more_pictures_a_second_are_handed_over_than_wanted(tmp_path: Path) -> None:
    with RtspServer(pictures, fps=FPS) as server:
        async with shown(camera(url=server.url, fps=10.0), tmp_path) as show:
            frames = [await show.frame() for _ in range(6)]

    gaps = [after.number - before.number for before, after in pairwise(frames)]
    assert sum(gaps) / len(gaps) > 3  # of five


async def test_a_hundred_reconnects_leak_neither_thread_nor_handle(tmp_path: Path) -> None:
    process = psutil.Process()
    restarts = measured("wardroom_camera_restarts_total", reason="lost")
    with RtspServer(pictures, fps=FPS) as server:
        settings = camera(url=server.url, retry_first_s=0.1, retry_last_s=0.1)
        async with shown(settings, tmp_path) as show:
            await show.online()
            threads, handles = process.num_threads(), process.num_fds()
            for reconnect in range(100):
                server.kill()
                await until(lambda count=reconnect: len(show.told) >= 2 * count + 3)  # type: ignore[misc]

            assert show.states == [ONLINE, *[(OFFLINE, CameraReason.LOST), ONLINE] * 100]
            await until(lambda: process.num_threads() <= threads + 1 and process.num_fds() <= handles + 2)
    assert measured("wardroom_camera_restarts_total", reason="lost") - restarts == 100


@pytest.mark.parametrize("fault", [Fault.NONE, Fault.FROZEN, Fault.SILENT])
async def test_a_camera_stops_soon_whatever_its_server_does(fault: Fault, tmp_path: Path) -> None:
    with RtspServer(pictures, fps=FPS) as server:
        server.fail(fault)
        async with shown(camera(url=server.url, open_s=30.0, stall_s=60.0), tmp_path):
            await until(lambda: server.connections > 0)
            began = time.monotonic()
        took_s = time.monotonic() - began

    assert took_s < 15  # its library would wait for 30
    await until(lambda: not [one for one in threading.enumerate() if one.name == "camera gate"])


async def test_only_what_changed_is_told_after_a_restart(tmp_path: Path) -> None:
    with RtspServer(pictures, fps=FPS) as server:
        settings = camera(url=server.url)
        async with shown(settings, tmp_path) as show:
            await show.online()
        async with shown(settings, tmp_path) as show:
            await show.frame()
            assert show.told == []
            server.absent()
            lost = await show.said(OFFLINE, CameraReason.CONNECT)
        async with shown(settings, tmp_path) as show:
            await asyncio.sleep(0.3)
            assert show.told == []
            server.present()
            back = await show.said(CameraState.ONLINE)
            assert back.fault_s is not None
            assert back.fault_s == pytest.approx((back.since - lost.since).total_seconds(), abs=0.01)


async def test_a_disabled_camera_says_so_and_is_left_alone(tmp_path: Path) -> None:
    with RtspServer(pictures) as server:
        async with shown(camera(url=server.url, enabled=False), tmp_path) as show:
            await show.said(CameraState.DISABLED)
        async with shown(camera(url=server.url, enabled=False), tmp_path) as show:
            await asyncio.sleep(0.05)

            assert show.told == []
        assert server.connections == 0


def test_a_secret_address_is_not_seen_in_the_settings() -> None:
    assert "s3cr3t" not in repr(camera(url="rtsp://ward:s3cr3t@10.0.0.5/", password="s3cr3t"))
    assert camera(url="rtsp://x/").url == Secret("rtsp://x/")
