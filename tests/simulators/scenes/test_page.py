import re
import tomllib
from typing import Any

import msgspec

from edge.camera_settings import CameraSettings
from edge.captures.loading import made
from simulators.scenes.script import Arrival, PathName, SceneScript
from tests.project import tree
from wardroom.clock import SystemClock

PAGE = (tree.ROOT / "docs" / "scenes.md").read_text(encoding="utf-8")
BLOCKS = [tomllib.loads(block) for block in re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)]


def test_the_script_of_the_page_is_a_script() -> None:
    script = msgspec.convert(next(block for block in BLOCKS if "seconds" in block), SceneScript)

    assert [arrival.person for arrival in script.arrivals] == ["lan", "minh", "hoa"]
    assert isinstance(script.arrivals[1], Arrival)


def test_the_page_names_every_path() -> None:
    assert not [path for path in PathName if not re.search(rf"\b{path.value}\b", PAGE)]


def test_the_camera_of_the_page_is_a_camera() -> None:
    tables: list[dict[str, Any]] = next(block for block in BLOCKS if "camera" in block)["camera"]

    assert made(msgspec.convert(tables[0], CameraSettings), SystemClock()).place == "portraits"
