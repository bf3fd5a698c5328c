import re
from urllib.parse import urlsplit

import pytest

from vision import catalogue
from vision.catalogue import MODELS, Model, Task


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_an_entry_is_complete(model: Model) -> None:
    assert re.fullmatch(r"[0-9a-f]{64}", model.sha256)
    assert re.fullmatch(r"[0-9a-f]{64}", model.source.sha256)
    assert urlsplit(model.source.url).scheme == "https"
    assert model.size > 200_000
    assert model.source.member or (model.source.sha256, model.source.size) == (model.sha256, model.size)
    assert model.source.member.endswith(model.file.rpartition("/")[2] if model.source.member else "")
    assert (model.same_above is None) == (model.task is Task.DETECTOR)


def test_names_are_unique_and_equal_hashes_are_equal_models() -> None:
    assert len({model.name for model in MODELS}) == len(MODELS)
    assert len({model.file for model in MODELS}) == len(MODELS)
    for model in MODELS:
        known = catalogue.by_sha256(model.sha256)
        assert known is not None
        assert (known.preprocessing, known.licence, known.size) == (model.preprocessing, model.licence, model.size)


def test_a_pack_has_a_detector_and_a_recogniser_and_is_for_research_only() -> None:
    for pack in ("buffalo_l", "buffalo_s", "antelopev2"):
        models = catalogue.named(pack)
        assert [model.task for model in models] == [Task.DETECTOR, Task.RECOGNISER]
        assert all(model.licence.research_only for model in models)


def test_what_an_authority_may_use_is_there_whole() -> None:
    free = [model for model in MODELS if not model.licence.research_only]

    assert {model.task for model in free} == set(Task)
    assert catalogue.named("nothing of this name") == ()
    assert catalogue.by_sha256("0" * 64) is None
