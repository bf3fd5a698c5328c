import os
import re
import socket
import subprocess
import sys
from pathlib import Path
from subprocess import PIPE, Popen

import av
import cv2
import numpy as np
import pytest

from simulators.scenes import stamp, truth
from simulators.scenes.people import Drawn
from wardroom.cli import main

SCENE = (str(Path(sys.executable).with_name("wardroom")), "simulate", "scene")
SMALL = """
seconds = 3.0
fps = 5.0
width = 640
height = 360

[[arrivals]]
person = "drawn-1"
at_s = 0.0
"""


@pytest.fixture
def script(tmp_path: Path) -> Path:
    file = tmp_path / "scene.toml"
    file.write_text(SMALL)
    return file


def run(*words: str | Path) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["simulate", "scene", *map(str, words)])
    assert isinstance(ended.value.code, int)
    return ended.value.code


def test_a_scene_is_written_as_pictures_with_its_truth(script: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--script", script, "--frames", tmp_path / "out", "--truth", tmp_path / "t.jsonl") == 0
    files = sorted((tmp_path / "out").glob("*.png"))
    numbers = [stamp.read(np.asarray(image, np.uint8)) for file in files if (image := cv2.imread(str(file))) is not None]

    assert numbers == list(range(15))
    assert len(truth.read(tmp_path / "t.jsonl").frames) == 15
    assert "15 " in capsys.readouterr().out


def test_a_scene_is_filmed_in_the_light_and_length_asked_for(script: Path, tmp_path: Path) -> None:
    asked = ("--script", script, "--light", "dim", "--seconds", "1", "--to", tmp_path / "s.mp4", "--truth", tmp_path / "t.jsonl")
    assert run(*asked) == 0

    told = truth.read(tmp_path / "t.jsonl")
    assert {frame.level for frame in told.frames} == {"dim"}
    assert told.scene.frames == 5
    assert (tmp_path / "s.mp4").stat().st_size > 1_000


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), r"exactly one of --to FILE, --rtsp :PORT and --frames"),
        (("--to", "a.mp4", "--rtsp", ":8554"), r"exactly one of"),
        (("--rtsp", "camera"), r"--rtsp 'camera' is no port"),
        (("--rtsp", "10.0.0.1:8554"), r"--rtsp '10\.0\.0\.1:8554' is no port of this machine"),
        (("--people", "FOLDER/none", "--to", "a.mp4"), r"FOLDER/none: there is no such folder"),
        (("--people", "FOLDER/empty", "--to", "a.mp4"), r"FOLDER/empty has no portraits"),
        (("--people", "FOLDER/broken", "--to", "a.mp4"), r"lan\.jpg: this is no"),
        (("--script", "FOLDER/none.toml", "--to", "a.mp4"), r"none\.toml"),
        (("--script", "FOLDER/nobody.toml", "--to", "a.mp4"), r"arrivals\[0\]\.person: 'lan' is not among"),
        (("--light", "gloomy", "--to", "a.mp4"), r"--light"),
        (("--models", "FOLDER/empty", "--people", "FOLDER/people", "--to", "a.mp4"), r"yunet"),
        (("--script", "FOLDER/scene.toml", "--to", "FOLDER/no/a.mp4"), r"FOLDER/no/a\.mp4 cannot be written"),
        (("--to", "FOLDER/a.mp4", "--truth", "FOLDER/no/t.jsonl"), r"FOLDER/no/t\.jsonl cannot be written: No such"),
    ],
)
def test_what_cannot_be_shown_is_one_sentence(
    words: tuple[str, ...], sentence: str, script: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WARDROOM_LANG", "en")
    folder = script.parent
    for name in ("empty", "broken", "people"):
        (folder / name).mkdir()
    (folder / "broken" / "lan.jpg").write_bytes(b"\xff\xd8\xffnot a picture")
    (folder / "people" / "lan.png").write_bytes(cv2.imencode(".png", Drawn(1).portrait("drawn-1", "1").image)[1].tobytes())
    (folder / "nobody.toml").write_text(SMALL.replace("drawn-1", "lan"))

    status = run(*(word.replace("FOLDER", str(folder)) for word in words))
    said = capsys.readouterr().err

    assert status in (1, 2)
    assert re.search(sentence.replace("FOLDER", re.escape(str(folder))), said)
    assert "Traceback" not in said
    assert len(said.strip().splitlines()) == 1


@pytest.mark.processes
def test_a_scene_is_a_camera_of_the_network_until_it_is_told_to_stop(script: Path, tmp_path: Path) -> None:
    port = free_port()
    command = [
        *SCENE,
        "--script",
        str(script),
        "--rtsp",
        f":{port}",
        "--truth",
        str(tmp_path / "t.jsonl"),
    ]
    with Popen(command, stdout=PIPE, text=True, env=os.environ | {"WARDROOM_LANG": "en"}) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        try:
            numbers = seen(f"rtsp://127.0.0.1:{port}/scene", 20)
        finally:
            process.terminate()

    assert f"rtsp://127.0.0.1:{port}/scene" in said
    assert process.returncode == 0
    assert [(number - numbers[0]) % 15 for number in numbers] == [number % 15 for number in range(20)]
    assert len(truth.read(tmp_path / "t.jsonl").frames) == 15


@pytest.mark.processes
def test_where_the_libraries_are_missing_it_says_how_to_install_them(tmp_path: Path) -> None:
    without = "import sys; sys.modules['cv2'] = None; from wardroom.cli import main; main()"
    command = [sys.executable, "-c", without, "simulate", "scene", "--to", str(tmp_path / "a.mp4")]

    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=os.environ | {"WARDROOM_LANG": "en"})

    assert ended.returncode == 2
    assert "run: pip install 'wardroom[vision]'" in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1


@pytest.mark.processes
def test_a_port_that_is_taken_is_one_sentence(script: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        command = [*SCENE, "--script", str(script), "--rtsp", f":{taken.getsockname()[1]}"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, env=os.environ | {"WARDROOM_LANG": "en"})

    assert done.returncode == 2
    assert re.fullmatch(r"wardroom: --rtsp: port \d+ cannot be used \(.*\); choose another\n", done.stderr)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


def seen(url: str, count: int) -> list[int]:
    """Return the numbers in the first pictures of a camera."""
    with av.open(url, options={"rtsp_transport": "tcp"}, timeout=(10.0, 10.0)) as container:
        frames = (np.asarray(frame.to_ndarray(format="bgr24"), np.uint8) for frame in container.decode(video=0))
        return [number for _ in range(count) if (number := stamp.read(next(frames))) is not None]
