"""From a camera of the network to names: real faces walk through a drawn entrance, in three lights.

A wrong name is a failure in any light. Of the visits that could be recognised one may be missed: on a busy machine most frames are skipped.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from simulators.scenes.script import Level
from tests.vision import entrance
from tests.vision.entrance import Watching
from vision.engine import Choice, FaceEngine, opened_engine
from vision.sessions import Runtime

SECONDS = 15.5


@pytest.fixture(scope="module")
def yunet(testdata: Path) -> FaceEngine:
    """The engine an authority may use, as far as its models are here."""
    name = "yunet+insightface/models/wardpack/mobilefacenet.onnx"
    return opened_engine(Choice(testdata / "models", name, runtime=Runtime(threads=1)))


@pytest.mark.parametrize("level", [Level.BRIGHT, Level.NORMAL, Level.DIM])
async def test_who_walks_in_is_known_by_the_right_name_or_none(
    testdata: Path, tmp_path: Path, yunet: FaceEngine, level: Level, record_property: Callable[[str, object], None]
) -> None:
    (tmp_path / "people").mkdir()
    people = entrance.folder(testdata, tmp_path / "people")
    place = entrance.scene(people, testdata / "models", level, SECONDS)
    watching = Watching(entrance.pipeline(yunet, entrance.gallery(people, yunet)))
    await entrance.over_the_network(place, watching, tmp_path)
    score = watching.score(place)
    record_property("score", str(score))

    assert score.visits == 3
    assert score.precision == 1.0
    assert score.strangers_named == score.strays == 0
    assert score.right >= score.due - 1
    assert score.due == 2
