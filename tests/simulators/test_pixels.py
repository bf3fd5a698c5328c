from pathlib import Path

import pytest

from simulators.pixels import Pixels, missing
from wardroom.errors import ConfigError


@pytest.fixture
def people(tmp_path: Path) -> Path:
    for name in ("lan/1.jpg", "lan/2.jpg", "minh.png"):
        file = tmp_path / "people" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    return tmp_path / "people"


def test_the_first_picture_of_each_is_the_one_to_enrol(people: Path, tmp_path: Path) -> None:
    assert Pixels(people, tmp_path).photos() == {"lan": people / "lan" / "1.jpg", "minh": people / "minh.png"}


def test_what_is_missing_is_named_with_how_to_get_it(people: Path, tmp_path: Path) -> None:
    assert missing(tmp_path) == ["yunet", "sface"]
    assert missing(tmp_path, "yunet+mine.onnx") == ["yunet", "mine.onnx"]
    with pytest.raises(ConfigError, match="wardroom models pull yunet --folder"):
        Pixels(people, tmp_path).check()
    (tmp_path / "nobody").mkdir()
    with pytest.raises(ConfigError, match="no portraits"):
        Pixels(tmp_path / "nobody", tmp_path).check()


def test_models_that_are_there_are_found_by_name_or_file(people: Path, testdata: Path) -> None:
    pixels = Pixels(people, testdata / "models", "yunet+insightface/models/wardpack/mobilefacenet.onnx")

    pixels.check()
    assert missing(pixels.models, pixels.engine) == []
