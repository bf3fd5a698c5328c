from pathlib import Path

import cv2
import numpy as np
import pytest
from insightface.utils import face_align

from tests.vision.conftest import MOBILEFACENET
from vision import alignment, pictures
from vision.engine import FaceEngine
from vision.errors import PictureError


def test_a_face_on_the_template_stays_where_it_is() -> None:
    image = np.random.default_rng(1).integers(0, 256, (112, 112, 3), dtype=np.uint8)

    assert np.array_equal(alignment.aligned(image, alignment.TEMPLATE_XY.astype(np.float32)), image)


def test_a_turned_scaled_and_moved_template_is_brought_back() -> None:
    factor = 2.5 * np.exp(1j * np.deg2rad(25))
    moved = (alignment.TEMPLATE_XY @ (1, 1j)) * factor + (100 - 40j)
    landmarks = np.stack([moved.real, moved.imag], axis=1).astype(np.float32)

    matrix = alignment.similarity(landmarks)

    assert np.abs(landmarks @ matrix[:, :2].T + matrix[:, 2] - alignment.TEMPLATE_XY).max() < 1e-3


@pytest.mark.filterwarnings("ignore:`estimate` is deprecated:FutureWarning")
def test_the_crop_is_that_of_insightface_and_of_opencv(engine: FaceEngine, testdata: Path, models_folder: Path) -> None:
    image = pictures.opened(testdata / "faces" / "scenes" / "obama_and_biden.jpg")
    opencv = cv2.FaceRecognizerSF.create(str(models_folder / MOBILEFACENET), "")
    faces = engine.detect(image)

    for face in faces:
        crop = alignment.aligned(image, face.landmarks_xy).astype(int)
        row = np.concatenate([face.box_xyxy, face.landmarks_xy.ravel(), [face.score]]).astype(np.float32)[None]
        assert np.abs(crop - face_align.norm_crop(image, face.landmarks_xy)).max() <= 1
        assert np.abs(crop - opencv.alignCrop(image, row)).max() <= 1
    assert len(faces) == 3


@pytest.mark.parametrize("value", [7.0, np.nan, np.inf])
def test_landmarks_in_one_point_or_nowhere_are_refused(value: float) -> None:
    with pytest.raises(PictureError, match="five landmarks"):
        alignment.aligned(np.zeros((20, 20, 3), dtype=np.uint8), np.full((5, 2), value, dtype=np.float32))


def test_what_lies_beyond_the_pictures_edge_is_black() -> None:
    white = np.full((112, 112, 3), 255, dtype=np.uint8)

    crop = alignment.aligned(white, (alignment.TEMPLATE_XY - (60, 0)).astype(np.float32))

    assert crop[:, :50].max() == 0
    assert crop[:, 70:].min() == 255
