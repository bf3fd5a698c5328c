from pathlib import Path

import pytest

from tests.vision.exports import DETECTOR, exported
from vision import export, sessions
from vision.errors import ModelError
from vision.export import Export
from vision.sessions import Runtime


def read(file: Path) -> Export:
    return export.read(sessions.opened(file, Runtime(threads=1)), file)


@pytest.mark.parametrize(
    ("about", "given", "expected"),
    [
        ({}, (1, 3, 32, 64), Export(("person", "car"), (64, 32), 32, dynamic=False, half=False)),
        ({"imgsz": "64"}, ("batch", 3, "height", "width"), Export(("person", "car"), (64, 64), 32, dynamic=True, half=False)),
        ({"names": "['person']", "stride": "8"}, (1, 3, 32, 64), Export(("person",), (64, 32), 8, dynamic=False, half=False)),
    ],
)
def test_what_the_export_says_is_read(about: dict[str, str], given: tuple[str | int | None, ...], expected: Export, tmp_path: Path) -> None:
    assert read(exported(tmp_path / "m.onnx", DETECTOR | about, given=given)) == expected


@pytest.mark.parametrize(
    ("about", "sentence"),
    [
        ({"task": "segment"}, "this model was exported for the task 'segment'; export one for the task 'detect'"),
        ({"task": "pose"}, "exported for the task 'pose'"),
        ({"names": "{0: 'person', 2: 'car'}"}, "damaged"),  # a hole in the classes
        ({"names": "{}"}, "damaged"),
        ({"names": "__import__('os').system('true')"}, "damaged"),  # words, never a program
        ({"names": "[" * 5000}, "damaged"),
        ({"imgsz": "[32]"}, "damaged"),
        ({"imgsz": "[0, 64]"}, "damaged"),
        ({"imgsz": "[64, 64]"}, "damaged"),  # not what the input takes
        ({"stride": "many"}, "damaged"),
    ],
)
def test_another_task_or_damage_is_one_sentence(about: dict[str, str], sentence: str, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=sentence) as caught:
        read(exported(tmp_path / "m.onnx", DETECTOR | about))

    assert "\n" not in str(caught.value)
    assert caught.value.sentence("vi") != str(caught.value)


def test_a_model_that_nobody_exported_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="was not exported by Ultralytics"):
        read(exported(tmp_path / "m.onnx", {}))


def test_an_input_that_is_no_picture_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"an input of shape \[1, 6\]"):
        read(exported(tmp_path / "m.onnx", DETECTOR, given=(1, 6)))


def test_a_model_for_several_pictures_at_once_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="takes 4 pictures at once; export it again with batch=1"):
        read(exported(tmp_path / "m.onnx", DETECTOR, given=(4, 3, 32, 64)))


@pytest.mark.parametrize("name", ["opencv/face_detection_yunet_2023mar.onnx", "insightface/models/wardpack/mobilefacenet.onnx"])
def test_a_model_for_faces_is_refused_by_name(models_folder: Path, name: str) -> None:
    with pytest.raises(ModelError, match="this model is for faces"):
        read(models_folder / name)
