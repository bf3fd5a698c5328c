"""The scene is fair: what its truth calls usable, real models find where it says and know, and who is not there they do not see."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from simulators.scenes.people import Folder
from simulators.scenes.scene import Composed, prepared
from simulators.scenes.script import Arrival, Level, LightChange, SceneScript
from simulators.scenes.truth import Box, FaceTruth
from vision.engine import Choice, FaceEngine, opened_engine
from vision.faces import Face
from vision.sessions import Runtime

SAME = 0.37
"""The cosine above which MobileFaceNet means one person."""


@pytest.fixture(scope="module")
def engine(testdata: Path) -> FaceEngine:
    return opened_engine(Choice(testdata / "models", "yunet+insightface/models/wardpack/mobilefacenet.onnx", runtime=Runtime(threads=1)))


@pytest.fixture(scope="module")
def people(testdata: Path, engine: FaceEngine, tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """Two people of the test data, linked into a folder of their own: there are groups beside them."""
    folder = tmp_path_factory.mktemp("people")
    for name in ("obama", "biden"):
        (folder / name).symlink_to(testdata / "faces" / name)
    return Folder(folder, engine.detector)


def composed(people: Folder, level: Level) -> list[Composed]:
    script = SceneScript(
        seconds=9.5,
        fps=3.0,
        arrivals=(
            Arrival(person="obama", picture="2.jpg", at_s=0, path=((-0.5, 6.0), (-0.4, 1.75), (-1.5, 1.0))),
            Arrival(person="biden", picture="2.jpg", at_s=0.5, path=((0.8, 6.0), (0.4, 1.75), (1.5, 1.0))),
        ),
        light=(LightChange(from_s=0, level=level),),
    )
    return list(prepared(script, people).all())


def iou(found: Face, box: Box) -> float:
    a, b = found.box_xyxy, np.array(box)
    corner = np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2])
    common = float(np.prod(np.clip(corner, 0, None)))
    return common / (float(np.prod(a[2:] - a[:2])) + float(np.prod(b[2:] - b[:2])) - common)


def usable(frame: Composed) -> Sequence[FaceTruth]:
    return [face for person in frame.truth.people for face in person.faces if face.usable]


@pytest.mark.parametrize(("level", "known"), [(Level.BRIGHT, 0.95), (Level.NORMAL, 0.95), (Level.BACKLIT, 0.9), (Level.DIM, 0.5)])
def test_usable_faces_are_found_where_the_truth_has_them_and_known(level: Level, known: float, people: Folder, engine: FaceEngine) -> None:
    enrolled = {name: people.portrait(name, person.pictures[0]) for name, person in people.people.items()}
    rows = {name: engine.embed(portrait.image, [portrait.face])[0] for name, portrait in enrolled.items()}
    fits: list[float] = []
    names: list[bool] = []
    for frame in composed(people, level):
        found = engine.detect(frame.image) if usable(frame) else ()
        for face in usable(frame):
            best = max(found, key=lambda one: iou(one, face.box))
            fits.append(iou(best, face.box))
            cosines = {name: float(engine.embed(frame.image, [best])[0] @ row) for name, row in rows.items()}
            names.append(cosines[face.person] >= SAME)
            assert max(value for name, value in cosines.items() if name != face.person) < SAME

    assert len(fits) > 15
    assert np.median(fits) > 0.8
    assert min(fits) > 0.6
    assert np.mean(names) >= known


def test_where_nobody_is_nothing_is_found(people: Folder, engine: FaceEngine) -> None:
    for level in Level:
        scene = prepared(SceneScript(seconds=1, fps=2, light=(LightChange(from_s=0, level=level),)), people)
        assert not [face for frame in scene.all() for face in engine.detect(frame.image)]
