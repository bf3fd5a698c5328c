import numpy as np

from edge import explanation_picture
from edge.explanation_picture import Card, Mark
from vision.faces import Face


def face(left: float, top: float) -> Face:
    landmarks = np.array([[10, 10], [30, 10], [20, 20], [12, 30], [28, 30]], np.float32) + np.array([left, top])
    return Face(np.array([left, top, left + 40, top + 40], np.float32), 0.9, landmarks.astype(np.float32))


def test_every_face_has_its_box_in_the_colour_of_what_it_came_to() -> None:
    image = np.full((200, 300, 3), 255, np.uint8)
    cards = [Card(face(20, 60), Mark.NAMED, "An", ["0.71"]), Card(face(200, 60), Mark.UNUSABLE, "nobody", ["too small"])]
    sheet = np.asarray(explanation_picture.drawn(image, cards, "two faces"))

    assert sheet.shape[1] > 300
    assert tuple(sheet[80, 20]) == (0x00, 0x72, 0xB2)
    assert tuple(sheet[80, 200]) == (0x6B, 0x6B, 0x6B)
    assert (sheet[:, 320:] < 100).all(axis=2).any()


def test_a_large_picture_is_made_smaller_and_its_boxes_with_it() -> None:
    sheet = np.asarray(
        explanation_picture.drawn(np.full((3000, 2200, 3), 255, np.uint8), [Card(face(1000, 1500), Mark.NAMED, "An", [])], "")
    )

    assert sheet.shape[0] == 1100
    assert tuple(sheet[560, 367]) == (0x00, 0x72, 0xB2)


def test_long_findings_make_the_sheet_longer_than_the_picture() -> None:
    lines = ["a sentence that is long enough to need a second line in the panel beside the picture"] * 12
    sheet = explanation_picture.drawn(np.zeros((50, 50, 3), np.uint8), [Card(face(0, 0), Mark.UNKNOWN, "An", lines)], "one face")

    assert sheet.height > 600
