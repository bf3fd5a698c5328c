from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.vision.conftest import ENGINES, MOBILEFACENET, SCRFD, YUNET
from vision import alignment, catalogue, models, sessions
from vision.catalogue import Preprocessing
from vision.engine import Choice, FaceEngine, _tested, opened_engine
from vision.errors import ModelError, OptionError, PictureError
from vision.faces import Face
from vision.sessions import Runtime


def test_both_engines_call_the_same_recogniser_the_same(engine: FaceEngine) -> None:
    assert engine.model == "mobilefacenet:e72a5710cce378dc:1"


@pytest.mark.parametrize("shape", [(90, 160), (90, 160, 1), (90, 160, 4)])
def test_what_is_no_picture_in_colours_is_one_sentence_and_an_empty_one_has_no_faces(engine: FaceEngine, shape: tuple[int, ...]) -> None:
    grey = np.zeros(shape, np.uint8)
    face = Face(np.zeros(4, np.float32), 0.9, alignment.TEMPLATE_XY.astype(np.float32))

    for ask in (lambda: engine.detect(grey), lambda: engine.embed(grey, [face])):
        with pytest.raises(PictureError, match=r"a picture of shape \(90, 160.*\) and type uint8"):
            ask()
    assert engine.detect(np.zeros((0, 0, 3), np.uint8)) == ()


def test_a_research_pack_and_an_unknown_licence_are_said(models_folder: Path) -> None:
    (pack,) = opened_engine(Choice(models_folder, ENGINES["insightface"])).notices
    (unknown,) = opened_engine(Choice(models_folder, ENGINES["yunet"])).notices

    assert "wardpack is for non-commercial research only" in str(pack)
    assert "nobody has said on which terms mobilefacenet may be used" in str(unknown)


# An engine's name, and what is wrong with it
@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("yunet+sface", "model_missing"),  # listed, but not here
        ("buffalo_l", "model_missing"),
        ("nothing", "no_pack"),
        (f"yunet+{YUNET}", "detector_as_recogniser"),
        (f"{MOBILEFACENET}+{MOBILEFACENET}", "recogniser_as_detector"),
        (f"{SCRFD}+{MOBILEFACENET}", "not_yunet"),
        ("yunet+gone.onnx", "no_model_file"),
        ("+", "no_model_file"),
    ],
)
def test_a_choice_that_cannot_be_is_refused_in_one_line(models_folder: Path, name: str, key: str) -> None:
    with pytest.raises(ModelError) as refused:
        opened_engine(Choice(models_folder, name))

    assert refused.value.key == key
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("options", [{"longest": 159}, {"longest": 4097}, {"score": 0.05}, {"score": 0.85}])
def test_options_outside_their_bounds_are_refused(models_folder: Path, options: dict[str, Any]) -> None:
    with pytest.raises(OptionError, match="is not between"):
        Choice(models_folder, **options)


def test_what_the_catalogue_does_not_know_of_a_recogniser_can_be_said_and_makes_another_model(models_folder: Path) -> None:
    said = opened_engine(Choice(models_folder, ENGINES["yunet"], preprocessing=Preprocessing("bgr", 127.5, 128)))

    assert said.model == "mobilefacenet:e72a5710cce378dc:1-bgr-127.5-128"


def test_what_the_catalogue_says_of_a_recogniser_holds_against_a_choice(models_folder: Path, engine: FaceEngine) -> None:
    file = models_folder / MOBILEFACENET
    sha256 = models.sha256(file)
    entry = replace(catalogue.named("sface")[0], name="listed", sha256=sha256, preprocessing=catalogue.ARCFACE)
    listed = models.Found("listed", file, sha256, known=entry)
    session = sessions.opened(file, Runtime(threads=1))
    choice = Choice(models_folder)

    right = _tested(choice, engine.detector, session, listed, ())
    assert right.model == f"listed:{sha256[:16]}:1"
    with pytest.raises(ModelError, match=r"the recogniser listed:.* is not fed as it must be"):
        _tested(replace(choice, preprocessing=catalogue.RAW_RGB), engine.detector, session, listed, ())
