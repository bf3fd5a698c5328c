from pathlib import Path

import numpy as np
import pytest
from structlog.testing import capture_logs

from edge.enrolled import EVERY_S, Enrolled
from tests.vision.staged import DIMENSIONS, MODEL
from vision import gallery_contents, gallery_file
from vision.errors import GalleryError
from vision.gallery import Gallery
from vision.gallery_entries import Person
from vision.gallery_key import new_key


def a_gallery(*people: str, gallery_id: str = "g1", model: str = MODEL) -> Gallery:
    made = Gallery(gallery_contents.nothing(gallery_id, model, DIMENSIONS))
    for place, person in enumerate(people):
        row = np.zeros((1, DIMENSIONS), np.float32)
        row[0, place] = 1
        made.change([Person(person, row)])
    return made


@pytest.fixture
def key(tmp_path: Path) -> bytes:
    return new_key(tmp_path / "key")


def enrolled(folder: Path) -> Enrolled:
    return Enrolled(folder / "people", folder / "key", model=MODEL, dimensions=DIMENSIONS)


def people(watched: Enrolled) -> list[str]:
    return list(watched.gallery.contents.persons.ids)


def test_who_is_taken_out_of_the_file_is_unknown_within_seconds(tmp_path: Path, key: bytes) -> None:
    known = a_gallery("an", "binh")
    gallery_file.write(known.contents, tmp_path / "people", key)
    watched = enrolled(tmp_path)
    watched.follow(0.0)
    assert people(watched) == ["an", "binh"]

    gallery_file.write(known.change(remove=["an"]), tmp_path / "people", key)
    watched.follow(EVERY_S - 0.1)
    assert len(watched.gallery) == 2
    watched.follow(EVERY_S)
    assert people(watched) == ["binh"]
    (tmp_path / "people").unlink()
    watched.follow(2 * EVERY_S)
    assert len(watched.gallery) == 0


def test_without_a_file_nobody_is_known_until_there_is_one(tmp_path: Path, key: bytes) -> None:
    watched = enrolled(tmp_path)
    assert len(watched.gallery) == 0

    gallery_file.write(a_gallery("an").contents, tmp_path / "people", key)
    watched.follow(0.0)
    assert len(watched.gallery) == 1


@pytest.mark.parametrize("spoilt", ["older", "damaged", "model"])
def test_a_file_that_cannot_be_used_is_said_once_and_everybody_stays(spoilt: str, tmp_path: Path, key: bytes) -> None:
    known = a_gallery("an")
    older = known.contents
    gallery_file.write(known.change([Person("binh", np.eye(1, DIMENSIONS, 3, dtype=np.float32))]), tmp_path / "people", key)
    watched = enrolled(tmp_path)

    if spoilt == "older":
        gallery_file.write(older, tmp_path / "people", key)
    elif spoilt == "damaged":
        (tmp_path / "people").write_bytes(b"nonsense")
    else:
        gallery_file.write(a_gallery("chi", gallery_id="g2", model="another").contents, tmp_path / "people", key)
    with capture_logs() as logs:
        for look in range(3):
            watched.follow(look * EVERY_S)

    assert len(watched.gallery) == 2
    assert [log["event"] for log in logs] == ["the gallery stays as it was"]


def test_at_start_a_gallery_of_another_model_is_refused(tmp_path: Path, key: bytes) -> None:
    gallery_file.write(a_gallery("an", model="another").contents, tmp_path / "people", key)
    with pytest.raises(GalleryError, match="enrol everybody again"):
        enrolled(tmp_path)
