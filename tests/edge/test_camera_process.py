"""The real process with a camera: how it stops, what it says, and what it never says."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import cv2
import pytest

from edge.camera_settings import CameraSettings
from simulators.rtsp import Account, Fault, RtspServer
from tests.edge.test_process import BROKERLESS, command, configured_without_broker, started
from tests.edge.waiting import until
from tests.simulators.numbered import picture, pictures
from vision.frames import Frame
from wardroom.clock import Clock
from wardroom.sight_events import SightData
from wardroom.topics import Gateway

pytestmark = pytest.mark.processes

CAMERA = """
[[camera]]
id = "gate"
name = {{ vi = "Cổng", en = "Gate" }}
source = "rtsp"
url = "{url}"
"""


def a_file(folder: Path, cameras: str) -> Path:
    file = folder / "gateway.toml"
    text = configured_without_broker(Gateway("vp-camera", "gw"), folder / "data", BROKERLESS.format(port=1))
    file.write_text(text + cameras, encoding="utf-8")
    return file


async def test_it_ends_at_once_though_its_camera_hangs_and_its_log_has_no_password(tmp_path: Path) -> None:
    with RtspServer(pictures, account=Account("ward", "s3cr3t")) as server:
        server.fail(Fault.SILENT)
        file = a_file(tmp_path, CAMERA.format(url=server.signed_url) + 'open_s = 30\nstall_s = 30\n[log]\nlevel = "debug"\n')
        with started(file) as (process, log):
            await until(lambda: server.connections > 0, within_s=30.0)
            process.send_signal(signal.SIGTERM)
            began = time.monotonic()
            status = process.wait(20)
            took_s = time.monotonic() - began
        with started(file) as (process, second):
            server.kill()
            server.absent()
            await until(lambda: "connect" in second.read_text(encoding="utf-8"), within_s=30.0)

    text = log.read_text(encoding="utf-8") + second.read_text(encoding="utf-8")
    assert status == 0
    assert took_s < 15  # its library would wait for 30
    assert "Traceback" not in text
    assert "s3cr3t" not in text


class Hanging:
    """Looks at its first frame for ever."""

    def __init__(self, camera: CameraSettings, clock: Clock) -> None:
        del clock
        self._file = Path(camera.watch_options["tell"])

    def look(self, frame: Frame) -> Sequence[SightData]:
        del frame
        self._file.touch()
        time.sleep(3_600)
        return ()

    def gone(self) -> Sequence[SightData]:
        return ()


async def test_it_ends_though_who_looks_at_a_camera_hangs(tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    cv2.imwrite(str(tmp_path / "pictures" / "a.png"), picture(1))
    looking = tmp_path / "looking"
    camera = CAMERA.format(url="").replace('"rtsp"\nurl = ""', f'"folder"\npath = "{tmp_path}/pictures"\nwatch = "{__name__}:Hanging"')
    file = a_file(tmp_path, f'{camera}watch_options = {{ tell = "{looking}" }}\n')
    with started(file) as (process, _):
        await until(looking.exists, within_s=30.0)
        process.send_signal(signal.SIGTERM)

        assert process.wait(20) == 0


BAD = [
    (CAMERA.format(url="rtsp://u:s3cr3t@:0/"), "camera 'gate', url: this is no address of a stream"),
    (CAMERA.format(url="rtsp://x/") * 2, "camera 'gate' stands twice"),
    (CAMERA.format(url="rtsp://x/") + "password = 5", "camera[0].password"),
    (CAMERA.format(url="rtsp://x/") + "fps = 0.05\nstall_s = 10", "raise stall_s or fps"),
    (CAMERA.format(url="rtsp://x/").replace('"rtsp"', '"webcam"'), "neither built in"),
    (CAMERA.format(url="rtsp://x/") + 'password = "s3cr3t"', "a password without username"),
    (CAMERA.format(url="rtsp://x/") + 'watch = "eyes"\nwatch_options = { models = "/nowhere" }', "the model yunet is not here"),
    (CAMERA.format(url="rtsp://x/") + 'watch = "eyes"\nwatch_options = { galery = "x" }', "watch_options.galery"),
    ('camera = "rtsp://u:s3cr3t@x/"', "camera"),
]


@pytest.mark.parametrize(("cameras", "words"), BAD)
def test_bad_cameras_are_one_sentence_without_their_password(cameras: str, words: str, tmp_path: Path) -> None:
    file = a_file(tmp_path, cameras)
    if cameras.startswith("camera"):
        file.write_text(cameras + "\n" + file.read_text(encoding="utf-8"), encoding="utf-8")

    ended = subprocess.run(command(file), capture_output=True, text=True, timeout=60, check=False, env=os.environ | {"WARDROOM_LANG": "en"})

    assert ended.returncode == 2
    assert words in ended.stderr
    assert "s3cr3t" not in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1


def test_where_the_libraries_are_missing_it_says_how_to_install_them(tmp_path: Path) -> None:
    file = a_file(tmp_path, CAMERA.format(url="rtsp://x/"))
    without = "import sys; sys.modules['av'] = None; from wardroom.cli import main; main()"

    ended = subprocess.run(
        [sys.executable, "-c", without, "edge", "--config", str(file)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=os.environ | {"WARDROOM_LANG": "en"},
    )

    assert ended.returncode == 2
    assert "run pip install 'wardroom[vision]'" in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1
