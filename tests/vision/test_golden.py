import numpy as np
import pytest

from vision import golden
from vision.engine import FaceEngine


def test_the_drawing_is_the_same_every_time() -> None:
    assert np.array_equal(golden.drawn(), golden.drawn())
    assert golden.drawn().shape == (golden.SIDE, golden.SIDE, 3)
    assert golden.drawn().dtype == np.uint8


@pytest.mark.parametrize("palette", [golden.NATURAL, golden.TELLTALE])
def test_both_engines_find_one_face_where_it_was_drawn(engine: FaceEngine, palette: dict[str, golden.Colour]) -> None:
    (face,) = engine.detect(golden.drawn(palette))

    assert face.score > 0.7
    assert np.abs(face.landmarks_xy - golden.LANDMARKS_XY).max() < 5


def test_with_red_and_blue_exchanged_neither_engine_finds_the_telltale_face(engine: FaceEngine) -> None:
    assert not engine.detect(golden.swapped(golden.drawn(golden.TELLTALE)))


def test_tones_are_cut_off_at_black_and_white() -> None:
    values = np.array([[[0, 100, 255]]], dtype=np.uint8)

    assert golden.toned(values, 2, -50).tolist() == [[[0, 150, 255]]]
    assert golden.swapped(values).tolist() == [[[255, 100, 0]]]
