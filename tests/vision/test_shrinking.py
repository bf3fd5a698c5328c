import numpy as np
import pytest

from vision.shrinking import shrunk


# width, height of the picture; of what is seen
@pytest.mark.parametrize(
    ("size", "seen"),
    [
        ((640, 480), (640, 480)),  # just right
        ((100, 50), (100, 50)),  # smaller stays
        ((3840, 2160), (640, 360)),  # 4K
        ((1080, 1920), (360, 640)),  # upright
        ((10_000, 3), (640, 1)),  # never nothing
    ],
)
def test_the_longer_side_is_bounded_and_the_way_back_is_known(size: tuple[int, int], seen: tuple[int, int]) -> None:
    result = shrunk(np.zeros((size[1], size[0], 3), dtype=np.uint8), 640)

    assert result.image.shape == (seen[1], seen[0], 3)
    assert (result.across * seen[0], result.down * seen[1]) == pytest.approx(size)
