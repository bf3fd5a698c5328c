import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.vision.exports import DETECTOR, exported
from tests.vision.pictures import bundled, decoded, synthetic
from vision.errors import ModelError, OptionError
from vision.frames import Image
from vision.objects import ObjectOptions, opened_detector
from vision.sessions import Runtime

DATA = Path(__file__).parent / "data"
ONE = Runtime(threads=1)
FORMS = ("end_to_end", "raw")


def reference(form: str) -> dict[str, Any]:
    """Return what Ultralytics' own package found with a model of `DATA`."""
    found: dict[str, Any] = json.loads((DATA / f"{form}.json").read_text(encoding="utf-8"))
    return found


def picture(name: str) -> Image:
    return synthetic() if name == "synthetic" else decoded(bundled()[name])


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", ["synthetic", "astronaut", "t1"])
def test_boxes_are_those_that_ultralytics_finds(form: str, name: str) -> None:
    about = reference(form)
    image = picture(name)
    if hashlib.sha256(image.tobytes()).hexdigest() != about["pictures"][name]["sha256"]:
        pytest.skip(f"may be skipped: {name} is decoded to other pixels on this machine")
    expected = np.array(about["pictures"][name]["found"], dtype=np.float32)

    found = opened_detector(DATA / f"{form}.onnx", ObjectOptions(about["score"], overlap=about["overlap"], runtime=ONE)).detect(image)

    assert len(found) == len(expected) >= 20
    assert found.xyxy == pytest.approx(expected[:, :4], abs=0.02)
    assert found.scores == pytest.approx(expected[:, 4], abs=0.001)
    assert found.classes.tolist() == expected[:, 5].astype(int).tolist()


@pytest.mark.parametrize("form", FORMS)
def test_only_the_labels_asked_for_are_found(form: str) -> None:
    every = opened_detector(DATA / f"{form}.onnx", ObjectOptions(runtime=ONE)).detect(synthetic())
    detector = opened_detector(DATA / f"{form}.onnx", ObjectOptions(labels=("car", "dog"), runtime=ONE))

    found = detector.detect(synthetic())

    assert detector.labels == ("person", "bicycle", "car", "dog")
    assert set(found.classes.tolist()) <= {2, 3}
    assert len(found) == np.isin(every.classes, [2, 3]).sum() > 0


def test_a_label_that_the_model_does_not_know_is_named() -> None:
    with pytest.raises(OptionError, match="label 'cat': the model does not know it; it knows person, bicycle, car, dog"):
        opened_detector(DATA / "raw.onnx", ObjectOptions(labels=("cat",)))


@pytest.mark.parametrize(("name", "value"), [("score", 1.5), ("score", -0.1), ("overlap", 2.0), ("score", float("nan"))])
def test_a_share_out_of_its_bounds_is_named(name: str, value: float) -> None:
    with pytest.raises(OptionError, match=rf"objects\.{name}: {value} is outside 0 to 1"):
        ObjectOptions(**{name: value})  # type: ignore[arg-type]


def test_a_file_that_is_no_onnx_is_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / "yolo26n.pt"
    file.write_bytes(b"PK\x03\x04 no model at all")

    with pytest.raises(ModelError, match="this model cannot be used"):
        opened_detector(file)


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"the model file nothing\.onnx is not in"):
        opened_detector(tmp_path / "nothing.onnx")


def test_an_answer_of_an_unknown_form_is_one_sentence(tmp_path: Path) -> None:
    detector = opened_detector(exported(tmp_path / "m.onnx", DETECTOR, answer=[[0.0] * 9] * 5))

    with pytest.raises(ModelError, match=r"an answer of shape \(1, 5, 9\)"):
        detector.detect(synthetic())


def test_boxes_come_back_in_pixels_of_the_picture(tmp_path: Path) -> None:
    detector = opened_detector(exported(tmp_path / "m.onnx", DETECTOR, answer=[[16, 0, 48, 32, 0.9, 1]]))

    found = detector.detect(np.zeros((100, 100, 3), dtype=np.uint8))  # 100 × 100 lies in the middle of 64 × 32

    assert found.xyxy.tolist() == [[0, 0, 100, 100]]
    assert [detector.labels[label] for label in found.classes] == ["car"]
