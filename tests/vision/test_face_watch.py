from collections.abc import Mapping, Sequence
from typing import Final

import pytest

from tests.vision import staged
from vision import assembly
from vision.assembly import Options
from vision.engine import FaceEngine
from vision.faces import Crop, Embeddings
from vision.pipeline import Pipeline
from vision.profile import check_in

AN: Final = {"an": (100, 100)}
ALIKE: Final = {"stranger": (300, 120)}


class Lookalike(staged.Colours):
    """Takes the stranger for an, as far as that goes."""

    def embed(self, crops: Sequence[Crop]) -> Embeddings:
        rows = super().embed(crops)
        rows[rows[:, staged.DIRECTIONS["stranger"]] == 1] = 0.6 * staged.row("an") + 0.8 * staged.row("stranger")
        return rows


def watching() -> Pipeline:
    engine = FaceEngine(staged.Squares(), Lookalike())
    return assembly.pipeline(engine, staged.gallery("an", "binh"), Options(check_in(0.4), motion=None), str)


def named(pipeline: Pipeline, faces: Mapping[str, tuple[int, int]], frames: range) -> list[set[str]]:
    """Return where faces named an stand, frame by frame."""
    places = {100: "an", 300: "stranger"}
    seen = [pipeline.look(staged.frame(number, faces)).faces for number in frames]
    return [
        {places[int(face.face.box_xyxy[0])] for face in each if face.decision is not None and face.decision.person == "an"} for each in seen
    ]


def test_a_lookalike_alone_is_taken_for_the_person_and_beside_the_person_is_not() -> None:
    assert named(watching(), ALIKE, range(30))[-1] == {"stranger"}

    together = named(watching(), {**AN, **ALIKE}, range(100))

    assert together[-1] == {"an"}
    assert {"stranger"} not in together
    assert {"an", "stranger"} not in together


@pytest.mark.parametrize("before", [30, 300])
def test_when_the_person_comes_a_lookalike_loses_the_name_and_never_has_it_back(before: int) -> None:
    pipeline = watching()
    assert named(pipeline, ALIKE, range(before))[-1] == {"stranger"}

    together = named(pipeline, {**AN, **ALIKE}, range(before, before + 200))

    assert {"an", "stranger"} not in together
    assert all(each == {"an"} for each in together[20:])


def test_a_person_who_is_known_already_is_not_doubted_for_a_lookalike() -> None:
    pipeline = watching()
    named(pipeline, AN, range(30))

    assert {frozenset(each) for each in named(pipeline, {**AN, **ALIKE}, range(30, 300))} == {frozenset({"an"})}
