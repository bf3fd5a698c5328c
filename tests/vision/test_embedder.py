from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from tests.vision.conftest import MOBILEFACENET, SCRFD, YUNET
from vision import catalogue, embedder
from vision.catalogue import Preprocessing
from vision.errors import ModelError
from vision.sessions import Runtime

ONE = Runtime(threads=1)


def crops(count: int) -> list[np.ndarray]:
    chance = np.random.default_rng(3)
    return [chance.integers(0, 256, (112, 112, 3), dtype=np.uint8) for _ in range(count)]


def summing(file: Path, batch: int | str, factor: float = 1.0) -> Path:
    """A model that gives the mean of each colour: three numbers that show what it was fed."""
    wide = helper.make_tensor_value_info("image", TensorProto.FLOAT, [batch, 3, 112, 112])
    row = helper.make_tensor_value_info("row", TensorProto.FLOAT, [batch, 3])
    nodes = [
        helper.make_node("GlobalAveragePool", ["image"], ["mean"]),
        helper.make_node("Flatten", ["mean"], ["flat"]),
        helper.make_node("Mul", ["flat", "factor"], ["row"]),
    ]
    scale = helper.make_tensor("factor", TensorProto.FLOAT, [1], [factor])
    graph = helper.make_graph(nodes, "summing", [wide], [row], [scale])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), str(file))
    return file


def test_embeddings_have_length_one_and_do_not_depend_on_their_neighbours(models_folder: Path) -> None:
    file = models_folder / MOBILEFACENET
    recogniser = embedder.opened(file, catalogue.ARCFACE, model="mine:0:1", runtime=ONE)

    rows = recogniser.embed(crops(3))

    assert rows.shape == (3, 128)
    assert rows.dtype == np.float32
    assert np.linalg.norm(rows, axis=1) == pytest.approx(1)
    assert np.array_equal(recogniser.embed(crops(1)), rows[:1])
    assert recogniser.embed([]).shape == (0, 128)
    assert recogniser.dimensions == 128
    assert recogniser.model == "mine:0:1"


@pytest.mark.parametrize("batch", [1, "batch"])
@pytest.mark.parametrize("count", [1, 2, 17, 40])
def test_a_fixed_and_an_open_batch_give_the_same_rows(tmp_path: Path, batch: int | str, count: int) -> None:
    file = summing(tmp_path / "model.onnx", batch)
    recogniser = embedder.opened(file, catalogue.RAW_BGR, model="sum:0:1", runtime=ONE)
    wanted = np.array([crop.mean(axis=(0, 1)) for crop in crops(count)])

    assert recogniser.embed(crops(count)) == pytest.approx(wanted / np.linalg.norm(wanted, axis=1, keepdims=True), abs=1e-5)


@pytest.mark.parametrize(
    ("preprocessing", "wanted"),
    [
        (Preprocessing("bgr", 0, 1), (200, 100, 50)),
        (Preprocessing("rgb", 0, 1), (50, 100, 200)),
        (Preprocessing("rgb", 100, 50), (-1, 0, 2)),
    ],
)
def test_colours_and_normalisation_are_those_asked_for(preprocessing: Preprocessing, wanted: tuple[float, ...]) -> None:
    crop = np.full((112, 112, 3), (200, 100, 50), dtype=np.uint8)

    assert embedder.blob([crop], preprocessing)[0, :, 7, 7] == pytest.approx(wanted)


@pytest.mark.parametrize("file", [SCRFD, YUNET])
def test_a_detector_is_no_recogniser(models_folder: Path, file: str) -> None:
    with pytest.raises(ModelError, match="this model finds faces, it does not tell them apart"):
        embedder.opened(models_folder / file, catalogue.ARCFACE, model="x:0:1", runtime=ONE)


@pytest.mark.parametrize("factor", [0.0, float("nan"), float("inf")])
def test_a_model_that_answers_with_nothing_is_refused(tmp_path: Path, factor: float) -> None:
    file = summing(tmp_path / "model.onnx", 1, factor)
    recogniser = embedder.opened(file, catalogue.RAW_BGR, model="blind:0:1", runtime=ONE)

    with pytest.raises(ModelError, match="blind:0:1 answers with nothing that can be compared"):
        recogniser.embed(crops(1))
