from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.vision.conftest import MOBILEFACENET, SCRFD, YUNET
from vision import pictures, yunet
from vision.errors import ModelError
from vision.yunet import YuNet


@pytest.fixture(scope="module")
def detector(models_folder: Path) -> YuNet:
    return yunet.opened(models_folder / YUNET)


def test_boxes_and_landmarks_are_in_the_pictures_own_pixels(detector: YuNet, testdata: Path) -> None:
    image = pictures.opened(testdata / "faces" / "scenes" / "obama_and_biden.jpg")

    quarter = np.asarray(cv2.resize(image, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    small, large = detector.detect(quarter), detector.detect(image)

    assert len(small) == len(large) == 3
    for one, other in zip(sorted(small, key=lambda face: face.box_xyxy[0]), sorted(large, key=lambda face: face.box_xyxy[0]), strict=True):
        assert np.abs(one.box_xyxy * 4 - other.box_xyxy).max() < 16
        assert np.abs(one.landmarks_xy * 4 - other.landmarks_xy).max() < 16


def test_landmarks_come_in_the_viewers_order(detector: YuNet, portraits: list[Path]) -> None:
    for file in portraits:
        face = detector.detect(pictures.opened(file))[0]
        left_eye, right_eye, nose, left_mouth, right_mouth = face.landmarks_xy
        assert left_eye[0] < nose[0] < right_eye[0]
        assert left_mouth[0] < right_mouth[0]
        assert max(left_eye[1], right_eye[1]) < nose[1] < min(left_mouth[1], right_mouth[1])
        assert (face.box_xyxy[:2] < face.landmarks_xy.min(axis=0)).all()
        assert (face.box_xyxy[2:] > face.landmarks_xy.max(axis=0)).all()


def test_the_surest_face_comes_first(detector: YuNet, testdata: Path) -> None:
    faces = detector.detect(pictures.opened(testdata / "faces" / "scenes" / "obama_and_biden.jpg"))

    assert [face.score for face in faces] == sorted((face.score for face in faces), reverse=True)


@pytest.mark.parametrize("size", [(0, 0), (1, 1), (9, 300), (300, 9), (5, 4000), (10, 10)])
def test_a_picture_too_small_for_a_face_has_none(detector: YuNet, size: tuple[int, int]) -> None:
    assert not detector.detect(np.zeros((*size, 3), dtype=np.uint8))


def test_cameras_of_different_sizes_share_one_detector_from_their_own_threads(detector: YuNet, portraits: list[Path]) -> None:
    images = [pictures.opened(file) for file in portraits] * 2
    alone = [detector.detect(image)[0].score for image in images]

    with ThreadPoolExecutor(4) as threads:
        together = [faces[0].score for faces in threads.map(detector.detect, images)]

    assert together == pytest.approx(alone, abs=1e-4)


@pytest.mark.parametrize(("file", "key"), [(MOBILEFACENET, "recogniser_as_detector"), (SCRFD, "not_yunet")])
def test_another_model_is_refused_by_what_it_is(models_folder: Path, file: str, key: str) -> None:
    with pytest.raises(ModelError) as refused:
        yunet.opened(models_folder / file)

    assert refused.value.key == key


def test_loading_it_says_nothing(models_folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    yunet.opened(models_folder / YUNET)

    assert capfd.readouterr() == ("", "")
