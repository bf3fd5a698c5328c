import shutil
from pathlib import Path

import numpy as np
import pytest
from insightface.app import FaceAnalysis

from tests.vision.conftest import ENGINES, MOBILEFACENET, SCRFD
from vision import insight, pictures
from vision.engine import Choice, opened_engine
from vision.errors import ModelError
from vision.sessions import Runtime

ONE = Runtime(threads=1)


@pytest.mark.filterwarnings("ignore:`estimate` is deprecated:FutureWarning")
def test_faces_and_embeddings_are_those_of_insightface_itself(testdata: Path, models_folder: Path) -> None:
    image = pictures.opened(testdata / "faces" / "scenes" / "obama_and_biden.jpg")
    theirs = FaceAnalysis(name=str(models_folder / ENGINES["insightface"]), providers=["CPUExecutionProvider"])
    theirs.prepare(ctx_id=0, det_size=(640, 640))
    ours = opened_engine(Choice(models_folder, ENGINES["insightface"], runtime=ONE))

    wanted = sorted(theirs.get(image), key=lambda face: float(face.bbox[0]))
    faces = sorted(ours.detect(image), key=lambda face: face.box_xyxy[0])
    rows = ours.embed(image, faces)

    assert len(faces) == len(wanted) == 3
    for face, row, other in zip(faces, rows, wanted, strict=True):
        assert np.abs(face.box_xyxy - other.bbox).max() < 12  # they shrink without averaging
        assert np.abs(face.landmarks_xy - other.kps).max() < 6
        assert float(row @ other.normed_embedding) > 0.95
    assert ours.embedder.embed([]).shape == (0, 128)


def test_a_folder_without_a_pack_is_refused_and_nothing_is_fetched(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "gone"):
        with pytest.raises(ModelError, match=f"there is no model in {folder}"):
            insight.opened(folder, runtime=ONE)

    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("files", [[SCRFD], [MOBILEFACENET]])
def test_half_a_pack_is_refused_in_one_line(tmp_path: Path, models_folder: Path, files: list[str]) -> None:
    for file in files:
        shutil.copy(models_folder / file, tmp_path)

    with pytest.raises(ModelError) as refused:
        insight.opened(tmp_path, runtime=ONE)

    assert refused.value.key == "unusable_pack"
    assert "\n" not in str(refused.value)


def test_a_damaged_pack_is_refused_in_one_line(tmp_path: Path, models_folder: Path) -> None:
    shutil.copy(models_folder / SCRFD, tmp_path)
    (tmp_path / "recogniser.onnx").write_bytes((models_folder / MOBILEFACENET).read_bytes()[:100_000])

    with pytest.raises(ModelError) as refused:
        insight.opened(tmp_path, runtime=ONE)

    assert refused.value.key == "unusable_pack"


def test_opening_a_pack_says_nothing(models_folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    insight.opened(models_folder / ENGINES["insightface"], runtime=ONE)

    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("size", [(0, 0), (1, 1), (3, 5000), (33, 31)])
def test_a_picture_too_small_for_a_face_has_none(models_folder: Path, size: tuple[int, int]) -> None:
    detector = insight.opened(models_folder / ENGINES["insightface"], runtime=ONE).detector

    assert not detector.detect(np.zeros((*size, 3), dtype=np.uint8))
