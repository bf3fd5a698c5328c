from pathlib import Path

import numpy as np

from vision import alignment, exposure, pictures
from vision.engine import FaceEngine


def test_a_lit_face_is_left_as_it_is_and_one_in_the_dark_is_more_like_itself(testdata: Path, engine: FaceEngine) -> None:
    image = pictures.opened(testdata / "faces" / "obama" / "2.jpg")
    crop = alignment.aligned(image, engine.detect(image)[0].landmarks_xy)
    grain = np.random.default_rng(1).normal(0, 6, crop.shape)
    dark = np.asarray((crop * 0.2 + grain).clip(0, 255).round(), np.uint8)
    whole, as_it_is, lit = engine.embedder.embed([crop, dark, exposure.lightened(dark)])

    assert exposure.lightened(crop) is crop
    assert float(whole @ lit) > float(whole @ as_it_is) + 0.05
    assert float(whole @ lit) > 0.7


def test_a_black_crop_stays_dark() -> None:
    black = np.zeros((112, 112, 3), np.uint8)

    assert exposure.lightened(black).max() == 0
