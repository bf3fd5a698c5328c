import numpy as np
import pytest
from numpy.typing import NDArray

from vision.alignment import TEMPLATE_XY
from vision.pose import _HEAD, pose


def seen(yaw: float = 0.0, pitch: float = 0.0, roll: float = 0.0) -> NDArray[np.float32]:
    """The landmarks of an average head turned so, 100 pixels wide, somewhere in a picture."""
    y, p, r = np.radians((yaw, pitch, -roll))
    turn = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    nod = np.array([[1, 0, 0], [0, np.cos(p), np.sin(p)], [0, -np.sin(p), np.cos(p)]])
    tilt = np.array([[np.cos(r), np.sin(r), 0], [-np.sin(r), np.cos(r), 0], [0, 0, 1]])
    points = _HEAD @ (tilt @ nod @ turn).T
    found: NDArray[np.float32] = (points[:, :2] * 1.6 + (300, 200)).astype(np.float32)
    return found


def test_the_template_of_the_alignment_looks_straight_ahead() -> None:
    found = pose(TEMPLATE_XY.astype(np.float32))

    assert max(map(abs, (found.yaw, found.pitch, found.roll))) < 3


@pytest.mark.parametrize("yaw", [-60, -30, 0, 20, 60])
@pytest.mark.parametrize("pitch", [-30, 0, 30])
@pytest.mark.parametrize("roll", [-40, 0, 15])
def test_a_turned_head_is_measured(yaw: float, pitch: float, roll: float) -> None:
    found = pose(seen(yaw, pitch, roll))

    assert found.pitch == pytest.approx(pitch, abs=1)
    assert found.yaw == pytest.approx(yaw, abs=1)
    assert found.roll == pytest.approx(roll, abs=1)


def test_signs_are_those_a_viewer_sees() -> None:
    right, down, clockwise = seen(yaw=30), seen(pitch=30), seen(roll=30)

    assert right[2, 0] > right[:2, 0].mean()  # the nose points to the viewer's right
    assert down[2, 1] - down[:2, 1].mean() > seen()[2, 1] - seen()[:2, 1].mean()  # it is lower in the face
    assert clockwise[1, 1] > clockwise[0, 1]  # the right eye is lower


def test_landmarks_on_one_point_have_some_pose_and_raise_nothing() -> None:
    assert np.isfinite(pose(np.zeros((5, 2), np.float32)).yaw)
