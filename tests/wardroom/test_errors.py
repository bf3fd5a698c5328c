import re

import pytest

from wardroom import errors
from wardroom.errors import ConfigError, InvalidTopic, WardroomError

KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, WardroomError)]


def test_the_tree_in_the_docstring_is_the_tree_of_the_code() -> None:
    drawn: dict[str, str] = {}
    above = {0: "WardroomError"}
    for line in (errors.__doc__ or "").splitlines():
        if match := re.match(r"^((?:│   |    )*)[├└]── (\w+)", line):
            depth = len(match[1]) // 4
            drawn[match[2]] = above[depth]
            above[depth + 1] = match[2]

    assert drawn == {kind.__name__: kind.__bases__[0].__name__ for kind in KINDS if kind is not WardroomError}


def test_an_error_says_one_sentence_per_language() -> None:
    error = ConfigError("config.no_file", file="x.toml")

    assert str(error) == error.sentence("en")
    assert "x.toml" in str(error)
    assert "không có tệp này" in error.sentence("vi")
    assert error.data == {"file": "x.toml"}


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_is_caught_as_a_wardroom_error(kind: type[WardroomError]) -> None:
    with pytest.raises(WardroomError, match="the pack has no records"):
        raise kind("wire.empty")


def test_an_error_in_an_error_is_said_in_the_same_language() -> None:
    error = ConfigError("edge.eyes_unusable", camera="gate", detail=ConfigError("config.no_file", file="x.toml"))

    assert "x.toml: there is no" in error.sentence("en")
    assert "không có tệp này" in error.sentence("vi")


def test_a_sentence_is_one_line_whatever_the_value_holds() -> None:
    error = ConfigError("config.no_file", file="a\nwardroom: all is well\u202e\x1b[2J")

    assert str(error).startswith(r"a\nwardroom: all is well\u202e\x1b[2J: there is no such file")
    assert error.sentence("vi").isprintable()


def test_a_key_without_a_sentence_still_says_what_it_knows() -> None:
    assert str(InvalidTopic("nowhere.nothing", value=5)) == "nowhere.nothing {'value': 5}"
