from pathlib import Path

import av
import numpy as np
import pytest

from simulators.scenes import playing, stamp
from simulators.scenes.film import filmed
from simulators.scenes.scene import Scene
from simulators.scenes.script import Arrival
from tests.simulators.scenes import small
from vision.frames import Image
from wardroom.errors import ConfigError


def scene() -> Scene:
    return small.scene(Arrival(person="drawn-1", at_s=0), seconds=4.0)


def read(file: Path) -> tuple[list[Image], list[float]]:
    with av.open(str(file)) as container:
        frames = list(container.decode(video=0))
    return [np.asarray(frame.to_ndarray(format="bgr24"), dtype=np.uint8) for frame in frames], [float(frame.time or 0) for frame in frames]


def test_the_film_has_every_frame_with_its_number_at_its_instant(tmp_path: Path) -> None:
    made = scene()
    file = tmp_path / "scene.mp4"
    count = filmed((played.frame for played in playing.at_once(made)), file, size=(small.WIDTH, small.HEIGHT), fps=5.0)
    images, times = read(file)

    assert count == len(images) == made.script.frames
    assert [stamp.read(image) for image in images] == list(range(count))
    assert times == pytest.approx([number / 5 for number in range(count)])
    assert np.abs(images[7].astype(np.int16) - made.composed(7).image).mean() < 8


def test_a_film_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"x\.mp4 cannot be written"):
        filmed((played.frame for played in playing.at_once(scene())), tmp_path / "no" / "x.mp4", size=(640, 360), fps=5.0)
