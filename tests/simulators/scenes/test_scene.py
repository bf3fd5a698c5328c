import hashlib
from itertools import pairwise

import cv2
import numpy as np
import pytest

from simulators.scenes import stamp
from simulators.scenes.people import Drawn
from simulators.scenes.scene import Composed, Scene, prepared
from simulators.scenes.script import Arrival, Defocus, Level, LightChange, PathName, SceneScript
from simulators.scenes.truth import FrameTruth, Presence
from tests.simulators.scenes import small
from wardroom.errors import ConfigError

WAY = ((0.0, 8.0), (0.0, 2.2), (0.0, 1.8))


def digest(scene: Scene, numbers: tuple[int, ...]) -> str:
    whole = hashlib.sha256()
    for number in numbers:
        whole.update(scene.composed(number).image.tobytes())
    return whole.hexdigest()


def arrivals() -> tuple[Arrival, ...]:
    return (
        Arrival(person="drawn-1", at_s=0, path=PathName.CROSS_LEFT, badge="WR1:42"),
        Arrival(person="drawn-2", at_s=0.3, path=PathName.CENTRE, covers="mask"),
        Arrival(person="drawn-3", at_s=1.0, path=PathName.RIGHT, shows="drawn-4"),
        Arrival(person="drawn-4", at_s=1.4, path=PathName.AWAY),
    )


def one(truth: FrameTruth, visit: str = "v1") -> Presence:
    return next(presence for presence in truth.people if presence.visit == visit)


def gate_frames(scene: Scene) -> list[Composed]:
    """Return the frames in which the first visitor is near enough to be recognised."""
    found = [scene.composed(number) for number in range(scene.script.frames)]
    return [frame for frame in found if any(p.visit == "v1" and p.distance_m < 2.2 for p in frame.truth.people)]


def test_the_same_seed_gives_the_same_bytes_in_whatever_order_they_are_asked_for() -> None:
    first = digest(small.scene(*arrivals()), (0, 20, 31, 40))
    again = small.scene(*arrivals())
    again.composed(40)

    assert digest(again, (0, 20, 31, 40)) == first


def test_another_seed_gives_other_bytes() -> None:
    assert digest(small.scene(*arrivals()), (31,)) != digest(small.scene(*arrivals(), seed=2), (31,))


def test_an_empty_entrance_changes_by_no_more_than_the_cameras_noise() -> None:
    scene = small.scene(stamp=False)
    a, b = (scene.composed(number).image.astype(np.int16) for number in (3, 4))

    assert 0.5 < np.abs(a - b).mean() < 6


def test_who_comes_nearer_gets_larger_and_moves_by_parts_of_a_pixel() -> None:
    scene = small.scene(Arrival(person="drawn-1", at_s=0, path=WAY, pause_s=0), fps=20.0)
    boxes = [one(scene.composed(number).truth).faces[0].box for number in range(80)]
    widths = [right - left for left, _, right, _ in boxes]

    assert all(a <= b + 0.02 for a, b in pairwise(widths))
    assert widths[-1] > 2.3 * widths[0]
    assert len({round(box[0] % 1, 2) for box in boxes}) > 20


def test_the_number_is_in_the_picture_if_asked_for() -> None:
    assert stamp.read(small.scene(seconds=40.0).composed(123).image) == 123
    assert stamp.read(small.scene(stamp=False).composed(5).image) is None


def test_a_nearer_person_hides_the_one_behind_and_the_truth_says_how_much() -> None:
    ahead = Arrival(person="drawn-1", at_s=0, path=((0.0, 3.0), (0.0, 2.9), (0.0, 2.8)), speed_mps=0.2, pause_s=60)
    behind = Arrival(person="drawn-2", at_s=0, path=((0.0, 6.0), (0.0, 5.9), (0.0, 5.8)), speed_mps=0.2, pause_s=60)
    beside = Arrival(person="drawn-3", at_s=0, path=((1.5, 6.0), (1.5, 5.9), (1.5, 5.8)), speed_mps=0.2, pause_s=60)
    truth = small.scene(ahead, behind, beside).composed(10).truth

    assert [presence.visit for presence in truth.people][-1] == "v1"
    assert one(truth, "v1").faces[0].visible > 0.99
    assert one(truth, "v2").visible < 0.5
    assert one(truth, "v3").faces[0].visible > 0.99


def test_a_face_at_the_pictures_edge_is_partly_visible_and_not_usable() -> None:
    scene = small.scene(Arrival(person="drawn-1", at_s=0, path=PathName.EDGE_LEFT, pause_s=2))
    faces = [one(frame.truth).faces[0] for frame in gate_frames(scene)]
    stopped = [face for face in faces if face.blur_px == 0]

    assert stopped
    assert all(0.2 < face.visible < 0.8 and not face.usable for face in stopped)


@pytest.mark.parametrize("covers", ["mask", "hand"])
def test_a_covered_face_is_not_usable(covers: str) -> None:
    scene = prepared(small.script(Arrival(person="drawn-1", at_s=0, covers=covers), width=1280, height=720), small.people())  # type: ignore[arg-type]
    faces = [one(frame.truth).faces[0] for frame in gate_frames(scene)]

    assert 0.3 < max(face.visible for face in faces) < 0.8
    assert not any(face.usable for face in faces)


def test_a_picture_held_up_is_another_persons_face_that_does_not_live() -> None:
    scene = small.scene(Arrival(person="drawn-3", at_s=0, shows="drawn-4", pause_s=3))
    shown = [one(frame.truth).faces for frame in gate_frames(scene)]
    held = [faces for faces in shown if len(faces) == 2]

    assert len(held) > 5
    assert all((own.person, picture.person) == ("drawn-3", "drawn-4") for own, picture in held)
    assert all(own.live and not picture.live and not picture.usable for own, picture in held)
    assert min(own.visible for own, _ in held) < 0.2


def test_a_badge_is_read_from_the_frame() -> None:
    text = "WR1:0b9f42c1d7:7f3a"
    script = small.script(Arrival(person="drawn-1", at_s=0, badge=text, pause_s=3), width=1280, height=720)
    scene = prepared(script, small.people())
    read = [cv2.QRCodeDetector().detectAndDecode(frame.image)[0] for frame in gate_frames(scene)]
    codes = [code for frame in gate_frames(scene) if (code := one(frame.truth).code) is not None and code.visible > 0.99]

    assert len(codes) >= 8
    assert read.count(text) >= 8
    assert set(read) <= {text, ""}


def test_a_dim_scene_is_darker_and_against_the_light_faces_are_darker_than_the_room() -> None:
    changes = tuple(LightChange(from_s=float(second), level=level) for second, level in enumerate(Level))
    scene = small.scene(Arrival(person="drawn-1", at_s=0, path=WAY, speed_mps=0.5), light=changes, fps=2.0)
    frames = {frame.truth.level: frame for frame in (scene.composed(number) for number in (1, 3, 5, 7))}
    means = {level: float(frame.image.mean()) for level, frame in frames.items()}

    def face(level: Level) -> float:
        left, top, right, bottom = (int(value) for value in one(frames[level].truth).faces[0].box)
        return float(frames[level].image[top:bottom, left:right].mean())

    assert means[Level.BRIGHT] > means[Level.NORMAL] > 2 * means[Level.DIM]
    assert face(Level.NORMAL) > 0.9 * means[Level.NORMAL] - 20
    assert face(Level.BACKLIT) < 0.75 * means[Level.BACKLIT]


def test_out_of_focus_the_picture_has_no_edges_and_the_face_is_not_usable() -> None:
    arrival = Arrival(person="drawn-1", at_s=0, path=((0.0, 1.9), (0.0, 1.8), (0.0, 1.7)), speed_mps=0.2, pause_s=20)
    scene = prepared(small.script(arrival, defocus=(Defocus(from_s=2, to_s=4, sigma_px=4),), width=1280, height=720), small.people())
    sharp, soft = (scene.composed(number) for number in (7, 12))
    edges = [float(cv2.Laplacian(frame.image[100:600], cv2.CV_64F).var()) for frame in (sharp, soft)]

    assert edges[1] < 0.7 * edges[0]
    assert one(sharp.truth).faces[0].usable
    assert not one(soft.truth).faces[0].usable


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"arrivals": (Arrival(person="lan", at_s=0),)}, r"arrivals\[0\]\.person: 'lan' is not among the people .* drawn-1, drawn-2"),
        ({"arrivals": (Arrival(person="drawn-1", at_s=0, shows="minh"),)}, r"arrivals\[0\]\.shows: 'minh'"),
        ({"arrivals": (Arrival(person="drawn-1", at_s=0, picture="9.jpg"),)}, r"arrivals\[0\]\.picture: '9.jpg' is no picture"),
        ({"enrolled": ("drawn-1", "hoa")}, r"enrolled\[1\]: 'hoa'"),
        ({"arrivals": (Arrival(person="drawn-1", at_s=0, shows="drawn-2", badge="x"),)}, r"arrivals\[0\]: badge and shows"),
    ],
)
def test_a_script_that_names_nobody_is_refused_in_one_sentence(more: dict[str, object], sentence: str) -> None:
    fields: dict[str, object] = {"seconds": 5.0}
    with pytest.raises(ConfigError, match=sentence):
        prepared(SceneScript(**(fields | more)), Drawn(2))  # type: ignore[arg-type]
