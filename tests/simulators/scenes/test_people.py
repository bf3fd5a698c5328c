from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

from simulators.scenes.cutout import FACE_M, PPM, head
from simulators.scenes.people import Drawn, Folder
from vision.errors import PictureError
from vision.faces import Face
from vision.frames import Image
from wardroom.errors import ConfigError


class Seeing:
    """A detector that says what it is told to."""

    def __init__(self, *found: tuple[tuple[float, float, float, float], float]) -> None:
        self._found = found

    def detect(self, _image: Image) -> Sequence[Face]:
        return [Face(np.array(box, np.float32), score, np.zeros((5, 2), np.float32)) for box, score in self._found]


def drawn(file: Path, person: int, photo: int = 0) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    image = Drawn(9).portrait(f"drawn-{person}", str(photo)).image
    file.write_bytes(cv2.imencode(".png", image)[1].tobytes())


def test_folders_are_people_and_so_are_single_pictures(tmp_path: Path) -> None:
    drawn(tmp_path / "lan" / "b.png", 1)
    drawn(tmp_path / "lan" / "a.png", 1, 2)
    drawn(tmp_path / "minh.png", 2)
    (tmp_path / "lan" / "notes.txt").write_text("no picture")
    (tmp_path / "empty").mkdir()
    people = Folder(tmp_path).people

    assert {name: person.pictures for name, person in people.items()} == {"lan": ("a.png", "b.png"), "minh": ("minh.png",)}


def test_without_a_detector_the_face_is_taken_to_be_in_the_middle(tmp_path: Path) -> None:
    drawn(tmp_path / "lan.png", 1)
    portrait = Folder(tmp_path).portrait("lan", "lan.png")
    true = Drawn(9).portrait("drawn-1", "0").face
    near = np.abs(portrait.face.box_xyxy - true.box_xyxy)

    assert near.max() < 30


def test_of_several_faces_the_largest_of_the_sure_ones_counts(tmp_path: Path) -> None:
    drawn(tmp_path / "lan.png", 1)
    detector = Seeing(((0, 0, 20, 20), 0.95), ((50, 50, 150, 170), 0.9), ((0, 0, 400, 400), 0.5))

    assert Folder(tmp_path, detector).portrait("lan", "lan.png").face.size == (100, 120)


def test_a_folder_without_portraits_or_a_portrait_without_a_face_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="has no portraits"):
        Folder(tmp_path)
    with pytest.raises(ConfigError, match="none"):
        Folder(tmp_path / "none")
    drawn(tmp_path / "lan.png", 1)
    with pytest.raises(ConfigError, match=r"lan\.png: no face is found"):
        Folder(tmp_path, Seeing()).portrait("lan", "lan.png")


def test_a_picture_that_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "lan.jpg").write_bytes(b"no picture")

    with pytest.raises(PictureError, match=r"lan\.jpg"):
        Folder(tmp_path).portrait("lan", "lan.jpg")


def test_a_drawn_person_is_the_same_in_each_photo_and_no_two_are_alike() -> None:
    people = Drawn(3)
    first, again, other = (people.portrait(name, photo).image for name, photo in (("drawn-1", "1"), ("drawn-1", "1"), ("drawn-2", "1")))

    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_head_is_cut_out_at_one_size_with_its_surroundings_gone() -> None:
    made = head(Drawn(1).portrait("drawn-1", "1"))
    left, top, right, bottom = (int(value) for value in made.box_xyxy)
    middle = (left + right) // 2
    face = made.alpha[top + 10 : bottom - 18, middle - 20 : middle + 20]

    assert bottom - top == pytest.approx(FACE_M * PPM, abs=2)
    assert face.min() > 0.8
    assert made.alpha[:20].max() == 0
    assert made.alpha[:, :8].max() == 0
    assert made.alpha[-5:].max() < 0.05
