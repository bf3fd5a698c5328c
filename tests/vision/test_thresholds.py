import pytest

from vision import thresholds


@pytest.mark.parametrize(
    ("model", "threshold"),
    [
        ("sface:0ba9fbfa01b5270c:1", 0.363),  # as OpenCV Zoo publishes it
        ("mine:0123456789abcdef:1", thresholds.ASSUMED),  # nobody has
        ("sface", thresholds.ASSUMED),  # no name of embeddings
    ],
)
def test_a_model_brings_its_own_threshold(model: str, threshold: float) -> None:
    assert thresholds.same_above(model) == threshold
