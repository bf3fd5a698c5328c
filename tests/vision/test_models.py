import shutil
from pathlib import Path

import pytest

from tests.vision.conftest import MOBILEFACENET, YUNET
from vision import catalogue, models
from vision.errors import ModelError


def test_a_listed_model_is_known_by_its_bytes(models_folder: Path) -> None:
    found = models.found(models_folder, "yunet")

    assert found.name == "yunet"
    assert found.file == models_folder / YUNET
    assert found.known is not None
    assert found.licence is catalogue.MIT
    assert found.file.stat().st_size == found.known.size


def test_a_listed_model_is_known_under_any_file_name(models_folder: Path, tmp_path: Path) -> None:
    shutil.copy(models_folder / YUNET, tmp_path / "mine.onnx")

    assert models.found(tmp_path, "mine.onnx").name == "yunet"


def test_another_model_has_its_files_name_no_known_licence_and_the_usual_preprocessing(models_folder: Path) -> None:
    found = models.found(models_folder, MOBILEFACENET)

    assert found.name == "mobilefacenet"
    assert found.licence is catalogue.UNKNOWN
    assert found.preprocessing is catalogue.ARCFACE


def test_a_listed_model_with_other_bytes_is_refused(tmp_path: Path) -> None:
    file = tmp_path / YUNET
    file.parent.mkdir()
    file.write_bytes(b"something else")

    with pytest.raises(ModelError, match="these are not the bytes of yunet"):
        models.found(tmp_path, "yunet")


def test_a_listed_model_that_is_missing_says_what_to_fetch_and_where_to_put_it(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as refused:
        models.found(tmp_path, "sface")

    assert "https://" in str(refused.value)
    assert str(tmp_path / "opencv") in str(refused.value)


def test_another_model_that_is_missing_names_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"the model file mine.onnx is not in"):
        models.found(tmp_path, "mine.onnx")
