"""Real people, both engines: each enrolled from one photograph is known in all others, nobody else is taken for them."""

from collections.abc import Mapping
from itertools import combinations, product
from pathlib import Path

import cv2
import insightface.data
import numpy as np
import pytest
import skimage

from vision import pictures
from vision.engine import FaceEngine
from vision.faces import Embeddings

SAME = 0.5
"""Cosine, for MobileFaceNet: same person 0.57 and more, different persons 0.43 and less in everything below."""
STRANGERS = (
    Path(insightface.data.__file__).parent / "images" / "Tom_Hanks_54745.png",
    Path(insightface.data.__file__).parent / "images" / "t1.jpg",
    Path(skimage.__file__).parent / "data" / "astronaut.png",
)


def rows(engine: FaceEngine, file: Path) -> Embeddings:
    image = pictures.opened(file)
    return engine.embed(image, engine.detect(image))


def by_person(engine: FaceEngine, folder: Path) -> Mapping[str, Embeddings]:
    """One row a photograph, of its surest face."""
    return {name: np.stack([rows(engine, file)[0] for file in sorted((folder / name).glob("*.jpg"))]) for name in ("biden", "obama")}


@pytest.fixture(scope="module")
def known(engine: FaceEngine, testdata: Path) -> Mapping[str, Embeddings]:
    return by_person(engine, testdata / "faces")


def test_each_photograph_is_enough_to_know_the_person_in_every_other(known: Mapping[str, Embeddings]) -> None:
    same = [float(one @ other) for photos in known.values() for one, other in combinations(photos, 2)]

    assert len(same) == 7
    assert min(same) > SAME


def test_two_people_are_never_taken_for_each_other(known: Mapping[str, Embeddings]) -> None:
    assert max(float(one @ other) for one, other in product(known["biden"], known["obama"])) < 0.2


def test_both_are_known_in_one_picture_and_the_child_with_them_is_nobody(
    engine: FaceEngine, known: Mapping[str, Embeddings], testdata: Path
) -> None:
    faces = rows(engine, testdata / "faces" / "scenes" / "obama_and_biden.jpg")
    scores = {name: sorted((float((photos @ face).max()) for face in faces), reverse=True) for name, photos in known.items()}
    nearest = [max(float((photos @ face).max()) for photos in known.values()) for face in faces]

    assert len(faces) == 3
    assert all(best > SAME > 0.2 > second for best, second, _ in scores.values())
    assert min(nearest) < 0.1


@pytest.mark.parametrize("number", [1, 2])
def test_a_face_cut_by_the_edge_never_gets_the_wrong_name(
    engine: FaceEngine, known: Mapping[str, Embeddings], testdata: Path, number: int
) -> None:
    (face,) = rows(engine, testdata / "faces" / "scenes" / f"obama_partial_{number}.jpg")

    assert float((known["obama"] @ face).min()) > SAME
    assert float((known["biden"] @ face).max()) < 0.2


def test_every_other_face_at_hand_is_a_stranger(engine: FaceEngine, known: Mapping[str, Embeddings]) -> None:
    strangers = np.concatenate([rows(engine, file) for file in STRANGERS])
    everybody = np.concatenate(list(known.values()))

    assert len(strangers) == 8
    assert float((strangers @ everybody.T).max()) < 0.3


def test_six_people_in_one_picture_are_found_and_told_apart(engine: FaceEngine) -> None:
    faces = rows(engine, STRANGERS[1])

    assert len(faces) == 6
    assert max(float(one @ other) for one, other in combinations(faces, 2)) < SAME


@pytest.mark.parametrize("margin", [0.5, 0.0])
def test_a_face_that_fills_the_picture_is_found(engine: FaceEngine, portraits: list[Path], margin: float) -> None:
    image = pictures.opened(portraits[2])
    face = engine.detect(image)[0]
    border = face.size[0] * margin
    left, top, right, bottom = (face.box_xyxy + border * np.array([-1, -1, 1, 1])).clip(0).astype(int)
    close = np.asarray(cv2.resize(image[top:bottom, left:right], None, fx=4, fy=4), dtype=np.uint8)

    assert len(engine.detect(close)) == 1
    assert float(engine.embed(close, engine.detect(close))[0] @ engine.embed(image, [face])[0]) > SAME
