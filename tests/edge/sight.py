"""People with real photos, enrolled as a person at the command line does it, and a scene in which they walk in."""

from pathlib import Path
from typing import Any, Final

from typer.testing import CliRunner

from edge.vision_cli import cli
from simulators.scenes.people import Folder
from simulators.scenes.scene import Scene, prepared
from simulators.scenes.script import Arrival, Level, LightChange, PathName, SceneScript
from vision import yunet

ENGINE: Final = "yunet+insightface/models/wardpack/mobilefacenet.onnx"
YUNET: Final = "opencv/face_detection_yunet_2023mar.onnx"
FPS: Final = 8.0
SECONDS: Final = 6.0


def enrolled(testdata: Path, folder: Path) -> dict[str, Any]:
    """Enrol one person from one photo; return the options of eyes that know that person."""
    person = folder / "enrolled" / "obama"
    person.mkdir(parents=True)
    (person / "1.jpg").symlink_to(testdata / "faces" / "obama" / "1.jpg")
    file, key, models = folder / "people.gallery", folder / "people.key", testdata / "models"
    words = ["gallery", person.parent, "--to", file, "--key", key, "--models", models, "--engine", ENGINE]
    done = CliRunner().invoke(cli, [*map(str, words)])
    assert done.exit_code == 0, done.output
    return {"models": str(models), "engine": ENGINE, "threads": 1, "gallery": str(file), "gallery_key": str(key)}


def scene(testdata: Path, folder: Path) -> Scene:
    """Return a scene in which the enrolled person comes in, on another photo, and somebody who is not enrolled."""
    people = folder / "people"
    for person in ("obama", "biden"):
        (people / person).mkdir(parents=True)
        (people / person / "2.jpg").symlink_to(testdata / "faces" / person / "2.jpg")
    arrivals = (
        Arrival(person="obama", at_s=0.2, path=PathName.LEFT, picture="2.jpg", speed_mps=2.0, pause_s=1.0),
        Arrival(person="biden", at_s=0.2, path=PathName.RIGHT, picture="2.jpg", speed_mps=2.0, pause_s=1.0),
    )
    light = (LightChange(from_s=0, level=Level.NORMAL),)
    script = SceneScript(seconds=SECONDS, fps=FPS, light=light, enrolled=("obama",), arrivals=arrivals)
    return prepared(script, Folder(people, yunet.opened(testdata / "models" / YUNET)))
