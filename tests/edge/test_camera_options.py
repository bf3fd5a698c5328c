import pytest
from msgspec import Struct

from edge.camera_options import checked
from wardroom.errors import ConfigError


class Part(Struct, frozen=True, forbid_unknown_fields=True):
    name: str


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    seconds: float = 1.0
    parts: tuple[Part, ...] = ()


def test_options_are_what_they_should_be() -> None:
    assert checked("gate", "options", {"seconds": 2, "parts": [{"name": "a"}]}, Options) == Options(seconds=2.0, parts=(Part("a"),))


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"second": 2}, "watch_options.second"),
        ({"seconds": "x"}, "watch_options.seconds"),
        ({"parts": [{}]}, r"watch_options.parts\[0\].name"),
    ],
)
def test_a_wrong_option_is_told_with_its_camera_and_no_variable(given: dict[str, object], named: str) -> None:
    with pytest.raises(ConfigError, match=named) as refused:
        checked("gate", "watch_options", given, Options)

    assert "camera 'gate'" in str(refused.value)
    assert "WARDROOM__" not in str(refused.value)
