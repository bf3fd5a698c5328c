from dataclasses import replace
from typing import Final

import cv2
import numpy as np
import pytest

from vision.best_shot import LARGEST, SIDE, BestShots, worth
from vision.faces import Face
from vision.frames import Frame
from vision.pose import Pose
from vision.quality import Quality

GOOD: Final = Quality(150, 0.9, 1.0, Pose(0, 5, 0), 0.4, 0.5, 0.15, 0.0, 0.0)
CROP: Final = np.full((112, 112, 3), 90, np.uint8)


def frame(number: int, side: int = 600) -> Frame:
    return Frame(np.full((side, side, 3), number, np.uint8), 1_000_000 * number, number / 5, number)


def face(left: float = 100, top: float = 100, side: float = 200) -> Face:
    return Face(np.array([left, top, left + side, top + side], np.float32), 0.9, np.zeros((5, 2), np.float32))


@pytest.mark.parametrize(
    "change",
    [
        {"size_px": 50.0},
        {"pose": Pose(35, 0, 0)},
        {"pose": Pose(0, -35, 0)},
        {"sharpness": 0.2},
        {"contrast": 0.05},
        {"bright": 0.5},
        {"visible": 0.8},
    ],
)
def test_each_flaw_makes_a_picture_worth_less(change: dict[str, object]) -> None:
    assert worth(replace(GOOD, **change)) < 0.8 * worth(GOOD) <= 0.8  # type: ignore[arg-type]


def test_only_a_clearly_better_picture_replaces_the_best() -> None:
    shots = BestShots()
    first = shots.offer(1, frame(1), face(), CROP, replace(GOOD, sharpness=0.2))

    assert first is not None
    assert shots.offer(1, frame(2), face(), CROP, replace(GOOD, sharpness=0.22)) is None
    assert shots.best(1) is first
    second = shots.offer(1, frame(3), face(), CROP, GOOD)
    assert second is not None
    assert (second.at_us, second.seconds) == (3_000_000, 0.6)
    assert shots.ended(1) is second
    assert shots.best(1) is None


def test_pictures_that_are_worth_nothing_do_not_replace_each_other() -> None:
    shots, turned = BestShots(), replace(GOOD, pose=Pose(90, 0, 0))

    assert [shots.offer(1, frame(number), face(), CROP, turned) is not None for number in range(3)] == [True, False, False]


@pytest.mark.parametrize("where", [face(), face(-50, -80), face(500, 550), face(0, 0, 600), face(1000, 1000), face(10, 10, 1)])
def test_a_shot_is_a_small_jpeg_wherever_the_face_is(where: Face) -> None:
    shot = BestShots().offer(1, frame(1), where, CROP, GOOD)

    assert shot is not None
    picture = cv2.imdecode(np.frombuffer(shot.jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    assert 0 < max(picture.shape[:2]) <= SIDE


def test_a_shot_keeps_nothing_of_the_frame_alive() -> None:
    crop = CROP.copy()
    shot = BestShots().offer(1, frame(1), face(), crop, GOOD)
    crop[:] = 0

    assert shot is not None
    assert shot.crop.base is None
    assert shot.crop.max() == 90


def test_shots_are_bounded_over_100_000_tracks() -> None:
    shots, small = BestShots(limit=20), frame(1, side=40)
    for track in range(100_000):
        if track % 100 == 0:
            shots.offer(track, replace(small, seconds=track / 5), face(5, 5, 20), CROP, GOOD)
        shots.expired(track / 5)
        assert len(shots) <= 20

    assert len(shots) == 1


def test_beyond_the_limit_the_track_not_seen_for_longest_loses_its_shot() -> None:
    shots = BestShots(limit=2)
    for track in (1, 2, 3):
        shots.offer(track, frame(track, side=40), face(5, 5, 20), CROP, GOOD)

    assert [shots.best(track) is None for track in (1, 2, 3)] == [True, False, False]


def test_even_a_picture_of_noise_is_small_enough_to_be_sent() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (600, 600, 3)).astype(np.uint8)
    shot = BestShots().offer(1, Frame(noise, 0, 0.0, 0), face(50, 50, 500), CROP, GOOD)

    assert shot is not None
    assert 0 < len(shot.jpeg) <= LARGEST
