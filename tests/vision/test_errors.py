import ast
import string
import tomllib
from collections.abc import Iterator

import pytest

from tests.project import tree
from vision import errors
from vision.errors import PictureError, VisionError

FOLDER = tree.ROOT / "vision" / "texts"
ENGLISH, VIETNAMESE = (tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8")) for language in ("en", "vi"))
ERRORS = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, VisionError)}


def places(sentence: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(sentence) if field is not None}


def raised() -> Iterator[tuple[str, str, set[str | None]]]:
    """Yield where an error is made, its key and the names of its data."""
    for path in tree.sources():
        for node in ast.walk(tree.parsed(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ERRORS and node.args:
                key = node.args[0]
                if isinstance(key, ast.Constant):
                    yield f"{tree.name(path)}:{node.lineno}", str(key.value), {keyword.arg for keyword in node.keywords}


def test_both_languages_have_the_same_sentences_with_the_same_places() -> None:
    assert ENGLISH.keys() == VIETNAMESE.keys()
    assert not {key for key in ENGLISH if places(ENGLISH[key]) != places(VIETNAMESE[key])}


@pytest.mark.parametrize("made", list(raised()), ids=lambda made: made[0])
def test_an_error_has_its_sentence_and_fills_its_places(made: tuple[str, str, set[str | None]]) -> None:
    _, key, data = made

    assert key in ENGLISH
    assert None in data or places(ENGLISH[key]) <= data


def test_a_sentence_is_one_line_whatever_its_data_holds() -> None:
    error = PictureError("unreadable_picture", file="a\nb\x1b[31m.jpg", detail="x")

    assert "\n" not in str(error)
    assert "\x1b" not in error.sentence("vi")
