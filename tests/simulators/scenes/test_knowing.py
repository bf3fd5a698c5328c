import numpy as np
import pytest

from simulators.scenes.knowing import Errors, Knowing, KnowingObjects
from simulators.scenes.scene import Scene
from simulators.scenes.script import Arrival, PathName
from simulators.scenes.truth import FrameTruth
from tests.simulators.scenes import small
from vision.alignment import aligned
from vision.detections import ObjectDetector
from vision.faces import FaceDetector, FaceEmbedder


@pytest.fixture(scope="module")
def scene() -> Scene:
    return small.scene(Arrival(person="drawn-1", at_s=0, path=PathName.LEFT), Arrival(person="drawn-2", at_s=0.5, path=PathName.RIGHT))


@pytest.fixture(scope="module")
def truths(scene: Scene) -> dict[int, FrameTruth]:
    return {composed.truth.number: composed.truth for composed in scene.all()}


def test_it_is_a_detector_and_an_embedder_of_vision(truths: dict[int, FrameTruth]) -> None:
    knowing = Knowing(truths.get)
    detector: FaceDetector = knowing
    embedder: FaceEmbedder = knowing
    objects: ObjectDetector = KnowingObjects(truths.get)

    assert detector.detect(np.zeros((small.HEIGHT, small.WIDTH, 3), np.uint8)) == ()
    assert embedder.embed([]).shape == (0, embedder.dimensions)
    assert objects.labels == ("person",)


def test_it_finds_every_face_where_it_is(scene: Scene, truths: dict[int, FrameTruth]) -> None:
    frame = scene.composed(26)
    faces = Knowing(truths.get, Errors(smallest_px=5)).detect(frame.image)

    assert len(faces) == 2
    expected = {face.box for person in frame.truth.people for face in person.faces}
    assert {tuple(round(float(value), 2) for value in face.box_xyxy) for face in faces} == expected


def test_embeddings_of_one_person_are_alike_and_of_two_are_not(scene: Scene, truths: dict[int, FrameTruth]) -> None:
    knowing = Knowing(truths.get, Errors(smallest_px=5))
    rows, names = [], []
    for number in (24, 26, 28):
        image = scene.composed(number).image
        faces = sorted(knowing.detect(image), key=lambda face: float(face.box_xyxy[0]))
        rows.append(knowing.embed([aligned(image, face.landmarks_xy) for face in faces]))
        names += ["left", "right"]
    cosines = np.vstack(rows) @ np.vstack(rows).T
    same = np.array([[a == b for b in names] for a in names])

    assert np.allclose(np.diag(cosines), 1, atol=1e-5)
    assert cosines[same].min() > 0.75
    assert np.abs(cosines[~same]).max() < 0.4


def test_a_crop_it_never_gave_is_like_nobody(truths: dict[int, FrameTruth]) -> None:
    knowing = Knowing(truths.get)
    crops = [np.full((112, 112, 3), grey, np.uint8) for grey in (1, 2, 3)]
    rows = knowing.embed(crops)

    assert np.abs(rows @ rows.T - np.eye(3)).max() < 0.4


def test_it_overlooks_and_misplaces_as_much_as_it_is_told_and_always_the_same(scene: Scene, truths: dict[int, FrameTruth]) -> None:
    images = [composed.image for composed in scene.all()]
    every = [Knowing(truths.get, Errors(smallest_px=5)).detect(image) for image in images]
    some = [Knowing(truths.get, Errors(smallest_px=5, misses=0.4, jitter=0.1)).detect(image) for image in images]
    again = [Knowing(truths.get, Errors(smallest_px=5, misses=0.4, jitter=0.1)).detect(image) for image in images]
    total, found = sum(map(len, every)), sum(map(len, some))

    assert 0.45 * total < found < 0.75 * total
    assert [[face.box_xyxy.tolist() for face in faces] for faces in some] == [[face.box_xyxy.tolist() for face in faces] for faces in again]


def test_small_and_hidden_faces_are_not_found(scene: Scene, truths: dict[int, FrameTruth]) -> None:
    far = scene.composed(3).image

    assert Knowing(truths.get, Errors(smallest_px=20)).detect(far) == ()
    assert len(Knowing(truths.get, Errors(smallest_px=3)).detect(far)) == len(truths[3].people)


def test_persons_are_found_as_objects(scene: Scene, truths: dict[int, FrameTruth]) -> None:
    found = KnowingObjects(truths.get).detect(scene.composed(20).image)

    assert len(found) == len(truths[20].people) == 2
    assert np.allclose(found.xyxy, [person.box for person in truths[20].people])


def test_what_it_remembers_of_crops_does_not_grow(scene: Scene, truths: dict[int, FrameTruth]) -> None:
    knowing = Knowing(truths.get, Errors(smallest_px=3))
    image = scene.composed(20).image
    for shift in range(700):
        moved = image.copy()
        moved[100:, :4] = shift % 256
        moved[200:, 4:8] = shift // 256
        knowing.detect(moved)

    assert len(knowing._known) <= 512
