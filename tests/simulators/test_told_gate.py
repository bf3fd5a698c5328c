import hashlib
from pathlib import Path

import numpy as np
import pytest

from edge.camera_settings import CameraSettings
from edge.captures import loading
from simulators import schedule
from simulators.attendance import Told
from simulators.blank import Blank
from simulators.told_gate import REASON, ToldGate, noted
from tests.edge.shows import ONLINE, shown
from vision.frames import Frame
from wardroom.admission import Direction, Method
from wardroom.clock import SystemClock
from wardroom.errors import ConfigError
from wardroom.messages import Name
from wardroom.sight_events import CodeReadData, FaceRecognizedData, FaceUnknownData

IDS = [f"0199999{number}-0000-7000-8000-000000000000" for number in range(4)]
STORY = (
    Told(id=IDS[0], at_us=10, gate="main", direction=Direction.IN, method=Method.FACE, delegate=1, person="somebody"),
    Told(id=IDS[1], at_us=20, gate="side", direction=Direction.IN, method=Method.FACE, delegate=2, person="another"),
    Told(id=IDS[2], at_us=20, gate="main", direction=Direction.IN, method=Method.CODE, delegate=2, code="WR1:ab"),
    Told(id=IDS[3], at_us=30, gate="main", direction=Direction.IN, method=Method.FACE, stranger=1),
)


def camera(folder: Path, **options: object) -> CameraSettings:
    given = {"schedule": str(folder / "told.jsonl"), "notes": str(folder / "notes")} | options
    source, watch = "simulators.blank:Blank", "simulators.told_gate:ToldGate"
    return CameraSettings(id="main", name=Name("Cổng", "Gate"), source=source, fps=50.0, watch=watch, watch_options=given)


@pytest.fixture
def gate(tmp_path: Path) -> ToldGate:
    schedule.write(STORY, tmp_path / "told.jsonl")
    return ToldGate(camera(tmp_path), SystemClock())


def frame(at_us: int) -> Frame:
    return Frame(np.zeros((2, 2, 3), np.uint8), at_us, at_us / 1e6, at_us)


def test_a_gate_tells_its_own_part_when_it_is_due_and_says_that_it_is_simulated(gate: ToldGate) -> None:
    first, second, third = gate.look(frame(15)), gate.look(frame(20)), gate.look(frame(99))

    (face,), (code,), (stranger,) = first, second, third
    assert isinstance(face, FaceRecognizedData)
    assert (face.person, face.visit, face.reason, face.camera) == ("somebody", IDS[0], REASON, "main")
    assert isinstance(code, CodeReadData)
    assert code.digest == hashlib.sha256(b"WR1:ab").hexdigest()
    assert isinstance(stranger, FaceUnknownData)
    assert (stranger.reason, stranger.nearest) == (REASON, None)
    assert len(gate) == 0 == len(gate.gone())


def test_what_is_told_is_noted_and_told_again_after_a_restart(gate: ToldGate, tmp_path: Path) -> None:
    assert noted(tmp_path / "notes") == set()
    gate.look(frame(20))
    assert noted(tmp_path / "notes") == {IDS[0], IDS[2]}

    again = ToldGate(camera(tmp_path), SystemClock()).look(frame(30))

    assert [getattr(one, "visit", None) for one in again] == [IDS[0], IDS[2], IDS[3]]
    assert noted(tmp_path / "notes") == {IDS[0], IDS[2], IDS[3]}


def test_a_mistake_in_the_options_names_the_camera(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="main"):
        ToldGate(camera(tmp_path, other=1), SystemClock())


async def test_a_blank_camera_shows_nothing_at_its_pace(tmp_path: Path) -> None:
    settings = camera(tmp_path)
    assert isinstance(loading.made(settings, SystemClock()), Blank)
    async with shown(settings, tmp_path) as show:
        frames = [await show.frame() for _ in range(5)]

    assert show.states[0] == ONLINE
    assert {frame.size for frame in frames} == {(320, 180)}
    assert len({frame.number for frame in frames}) == 5
