"""What a wrong setting does to real models, and which of them the self-test finds out: the table in docs/vision.md."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.vision.conftest import ENGINES, MOBILEFACENET
from vision import alignment, catalogue, embedder, golden, insight, self_test, sessions
from vision.catalogue import Preprocessing
from vision.engine import Choice, FaceEngine, opened_engine
from vision.errors import ModelError
from vision.faces import Crop, Embeddings, Face, FaceEmbedder
from vision.frames import Image
from vision.sessions import Runtime

ONE = Runtime(threads=1)


class Seeing:
    """A detector that is handed something else than the picture."""

    def __init__(self, engine: FaceEngine, change: Callable[[Image], Image]) -> None:
        self._engine, self._change = engine, change

    def detect(self, image: Image) -> Sequence[Face]:
        return self._engine.detect(self._change(image))


class Fed:
    """A recogniser that is handed something else than the crop."""

    def __init__(self, inner: FaceEmbedder, change: Callable[[Image], Image]) -> None:
        self._inner, self._change = inner, change
        self.model, self.dimensions = inner.model, inner.dimensions

    def embed(self, crops: Sequence[Crop]) -> Embeddings:
        return self._inner.embed([self._change(crop) for crop in crops])


def scaled(factor: float, offset: float) -> Callable[[Image], Image]:
    return lambda image: golden.toned(image, factor, offset)


@pytest.fixture(scope="module")
def plainly(models_folder: Path) -> Callable[[Crop], Embeddings]:
    """MobileFaceNet's row of a crop, step by step."""
    return partial(embedder.plainly, sessions.opened(models_folder / MOBILEFACENET, ONE), catalogue.ARCFACE)


def refused(act: Callable[[], Any]) -> str:
    with pytest.raises(ModelError) as error:
        act()
    assert "\n" not in str(error.value)
    return error.value.key


def test_the_right_engines_pass(engine: FaceEngine, plainly: Callable[[Crop], Embeddings]) -> None:
    self_test.check(engine.detector, engine.embedder, plainly)


# What a detector is handed, and why that is refused
@pytest.mark.parametrize(
    ("change", "key"),
    [
        (golden.swapped, "swapped_detector"),  # red for blue
        (scaled(1 / 255, 0), "blind_detector"),  # 0 to 1 where 0 to 255 is wanted
        (scaled(1, -128), "blind_detector"),  # the mean taken off twice
    ],
)
def test_a_detector_that_is_handed_the_wrong_picture_is_refused(engine: FaceEngine, change: Callable[[Image], Image], key: str) -> None:
    assert refused(lambda: self_test.check_detector(Seeing(engine, change))) == key


# SCRFD's mean and deviation, right ones first
@pytest.mark.parametrize(("mean", "deviation"), [(0, 1), (127.5, 1)])
def test_scrfd_with_the_wrong_normalisation_is_refused(models_folder: Path, mean: float, deviation: float) -> None:
    detector = insight.opened(models_folder / ENGINES["insightface"], runtime=ONE).detector
    detector._net.input_mean, detector._net.input_std = mean, deviation

    assert refused(lambda: self_test.check_detector(detector)) == "blind_detector"


@pytest.mark.parametrize(("mean", "deviation"), [(127.5, 127.5), (0, 255), (0, 128), (127.5, 255)])
def test_scrfd_does_not_mind_these_numbers_and_they_cannot_be_told_apart(models_folder: Path, mean: float, deviation: float) -> None:
    detector = insight.opened(models_folder / ENGINES["insightface"], runtime=ONE).detector
    detector._net.input_mean, detector._net.input_std = mean, deviation

    self_test.check_detector(detector)


def test_a_detector_that_mirrors_its_landmarks_is_refused(engine: FaceEngine) -> None:
    class Mirrored:
        def detect(self, image: Image) -> Sequence[Face]:
            return [Face(face.box_xyxy, face.score, face.landmarks_xy[[1, 0, 2, 4, 3]]) for face in engine.detect(image)]

    assert refused(lambda: self_test.check_detector(Mirrored())) == "blind_detector"


# What a recogniser whose needs are known is fed instead of RGB, (value − 127.5) / 127.5
@pytest.mark.parametrize(
    ("colours", "mean", "deviation"),
    [("bgr", 127.5, 127.5), ("rgb", 0, 1), ("rgb", 0, 255), ("rgb", 0, 127.5), ("rgb", 127.5, 1), ("bgr", 0, 1)],
)
def test_a_known_recogniser_that_is_fed_otherwise_is_refused(
    engine: FaceEngine, models_folder: Path, plainly: Callable[[Crop], Embeddings], colours: Any, mean: float, deviation: float
) -> None:
    wrong = embedder.opened(models_folder / MOBILEFACENET, Preprocessing(colours, mean, deviation), model="x:0:1", runtime=ONE)

    assert refused(lambda: self_test.check(engine.detector, wrong, plainly)) == "other_preprocessing"


@pytest.mark.parametrize("change", [golden.swapped, scaled(0.5, 64)])
def test_a_known_recogniser_that_is_handed_another_crop_is_refused(
    engine: FaceEngine, plainly: Callable[[Crop], Embeddings], change: Callable[[Image], Image]
) -> None:
    assert refused(lambda: self_test.check(engine.detector, Fed(engine.embedder, change), plainly)) == "other_preprocessing"


# A recogniser nobody knows: what it is told to need is all there is
@pytest.mark.parametrize(("colours", "mean", "deviation"), [("rgb", 0, 1), ("bgr", 0, 1), ("rgb", 127.5, 1), ("bgr", 127.5, 1)])
@pytest.mark.parametrize("name", sorted(ENGINES))
def test_an_unknown_recogniser_with_the_wrong_scale_is_refused(
    models_folder: Path, name: str, colours: Any, mean: float, deviation: float
) -> None:
    choice = Choice(models_folder, ENGINES[name], preprocessing=Preprocessing(colours, mean, deviation), runtime=ONE)

    assert refused(lambda: opened_engine(choice)) == "unsteady_recogniser"


@pytest.mark.parametrize(("colours", "mean", "deviation"), [("bgr", 127.5, 127.5), ("rgb", 0, 127.5), ("rgb", 0, 255)])
def test_an_unknown_recognisers_colours_and_offset_cannot_be_told_apart(
    models_folder: Path, colours: Any, mean: float, deviation: float
) -> None:
    other = embedder.opened(models_folder / MOBILEFACENET, Preprocessing(colours, mean, deviation), model="x:0:1", runtime=ONE)

    self_test.check_recogniser(other, alignment.aligned(golden.drawn(), golden.LANDMARKS_XY))


def test_a_recogniser_that_sees_nothing_is_refused(engine: FaceEngine) -> None:
    blind = Fed(engine.embedder, lambda crop: np.full_like(crop, 90))
    crop = alignment.aligned(golden.drawn(), golden.LANDMARKS_XY)

    assert refused(lambda: self_test.check_recogniser(blind, crop)) == "unsteady_recogniser"
