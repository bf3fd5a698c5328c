from pathlib import Path

import pytest

from edge.camera_settings import CameraSettings
from edge.captures import loading
from simulators.scenes import stamp
from simulators.scenes.capture import SceneCamera
from tests.edge.shows import ONLINE, shown
from wardroom.clock import SystemClock
from wardroom.errors import CameraError, ConfigError
from wardroom.messages import Name

SMALL = """
seconds = 0.5
fps = 20.0
width = 640
height = 360

[[arrivals]]
person = "drawn-1"
at_s = 0.0
"""


@pytest.fixture
def script(tmp_path: Path) -> str:
    file = tmp_path / "scene.toml"
    file.write_text(SMALL)
    return str(file)


def camera(*, repeat: bool = True, **options: object) -> CameraSettings:
    return CameraSettings(
        id="gate", name=Name("Cổng", "Gate"), source="simulators.scenes.capture:SceneCamera", repeat=repeat, fps=20.0, options=options
    )


def source(settings: CameraSettings) -> SceneCamera:
    made = loading.made(settings, SystemClock())
    assert isinstance(made, SceneCamera)
    return made


async def test_the_edge_shows_a_scene_as_it_shows_any_camera(script: str, tmp_path: Path) -> None:
    async with shown(camera(script=script), tmp_path) as show:
        frames = [await show.frame() for _ in range(15)]

    numbers = [stamp.read(frame.image) for frame in frames]
    assert show.states[0] == ONLINE
    assert None not in numbers
    assert {frame.size for frame in frames} == {(640, 360)}


def test_a_scene_begins_anew_at_its_end_unless_told_otherwise(script: str) -> None:
    again = source(camera(script=script)).pictures()
    taken = [picture for picture in (next(again) for _ in range(60)) if picture is not None]
    once = source(camera(script=script, repeat=False)).pictures()

    assert stamp.read(taken[10].image()) == 0
    with pytest.raises(CameraError):
        list(once)


def test_a_scene_that_cannot_be_made_fails_as_a_camera_does(tmp_path: Path) -> None:
    with pytest.raises(CameraError, match="no portraits"):
        next(source(camera(people=str(tmp_path))).pictures())


@pytest.mark.parametrize(
    ("options", "sentence"), [({"colour": "red"}, "colour"), ({"light": "gloom"}, "gloom"), ({"seconds": -1.0}, "seconds")]
)
def test_a_wrong_option_is_one_sentence_before_anything_is_made(options: dict[str, object], sentence: str) -> None:
    with pytest.raises(ConfigError, match=sentence):
        source(camera(**options))  # type: ignore[arg-type]
