import pytest

from vision.errors import OptionError
from vision.liveness import OFF, Liveness, Policy


def test_nothing_is_checked_unless_a_place_says_so() -> None:
    assert OFF.policy is Policy.OFF
    assert Policy("required") is Policy.REQUIRED


@pytest.mark.parametrize("least", [0.0, 1.1, float("nan")])
def test_a_bound_that_lets_everything_or_nothing_pass_is_refused(least: float) -> None:
    with pytest.raises(OptionError, match=r"liveness\.least"):
        Liveness(Policy.REQUIRED, least=least)
