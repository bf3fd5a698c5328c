from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from edge import evaluation_plot
from vision.identification import Limits
from vision.verification import Pairs


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("other", [[0.4, 0.1, -0.3], []], ids=["some", "one person alone"])
def test_the_plot_is_a_picture_whatever_the_pairs(tmp_path: Path, language: str, other: list[float]) -> None:
    file = tmp_path / "plot.png"
    evaluation_plot.write(Pairs(np.array([0.9, 0.6], np.float32), np.array(other, np.float32)), Limits(0.37, 0.05), file, language)

    with Image.open(file) as picture:
        assert picture.format == "PNG"
        assert picture.width >= 1200
        assert len(set(picture.convert("L").resize((64, 32)).get_flattened_data())) > 10
