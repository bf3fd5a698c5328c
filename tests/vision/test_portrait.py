from pathlib import Path

import numpy as np
import pytest

from vision import pictures, portrait
from vision.engine import FaceEngine
from vision.errors import PictureError
from vision.gates import ENROLMENT


def refused(engine: FaceEngine, image: np.ndarray) -> PictureError:
    with pytest.raises(PictureError) as caught:
        portrait.only(portrait.judged(image, engine, ENROLMENT), "photo.jpg")
    assert "\n" not in caught.value.sentence("en") + caught.value.sentence("vi")
    return caught.value


def test_a_group_photo_is_nobodys_and_says_how_many_are_in_it(engine: FaceEngine, testdata: Path) -> None:
    error = refused(engine, pictures.opened(testdata / "faces" / "scenes" / "obama_and_biden.jpg"))

    assert error.key == "several_faces"
    assert error.data == {"file": "photo.jpg", "count": 3}


def test_a_picture_without_a_face_says_so(engine: FaceEngine) -> None:
    assert refused(engine, np.full((480, 640, 3), 128, np.uint8)).key == "no_face"


def test_a_face_that_is_cut_off_says_why_it_is_of_no_use(engine: FaceEngine, testdata: Path) -> None:
    assert refused(engine, pictures.opened(testdata / "faces" / "scenes" / "obama_partial_1.jpg")).key.startswith("face_")
