import ast
import re
import string
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.project import tree
from wardroom import errors, texts

FOLDER = tree.ROOT / "wardroom" / "texts"
CATALOGUES = sorted(FOLDER.glob("*.en.toml"))
ROOMS = [path.name.split(".")[0] for path in CATALOGUES]
ERRORS = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, errors.WardroomError)}


class Use(NamedTuple):
    """A sentence asked for in the code; `given` is None where the data is not written out."""

    place: str
    key: str
    given: frozenset[str] | None


def places(sentence: str) -> set[str]:
    return {field.split(".")[0].split("[")[0] for _, field, _, _ in string.Formatter().parse(sentence) if field is not None}


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


@cache
def uses() -> tuple[Use, ...]:
    return tuple(found for path in tree.sources() for found in uses_in(path))


def uses_in(path: Path) -> Iterator[Use]:
    for node in ast.walk(tree.parsed(path)):
        if isinstance(node, ast.Call) and called(node) in ERRORS | {"say"} and node.args and isinstance(node.args[0], ast.Constant):
            names = [keyword.arg for keyword in node.keywords]
            given = None if None in names else frozenset(name for name in names if name)
            yield Use(f"{tree.name(path)}:{node.lineno}", str(node.args[0].value), given)


def written() -> Iterator[str]:
    """Yield a pattern for every text of the code that could be a key: some are kept in tables, some are put together from parts."""
    for path in tree.sources():
        for node in ast.walk(tree.parsed(path)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and "." in node.value:
                yield re.escape(node.value)
            elif isinstance(node, ast.JoinedStr):
                parts = [re.escape(str(part.value)) if isinstance(part, ast.Constant) else "[a-z0-9_]*" for part in node.values]
                yield from (["".join(parts)] if re.match(r"[a-z]+\\?\.", parts[0]) else [])


@pytest.mark.parametrize("room", ROOMS)
def test_both_languages_have_the_same_keys_and_places(room: str) -> None:
    vietnamese, english = texts.catalogue(room, "vi"), texts.catalogue(room, "en")

    assert vietnamese.keys() == english.keys()
    assert not {key for key in english if places(vietnamese[key]) != places(english[key])}


@pytest.mark.parametrize("room", ROOMS)
def test_a_catalogue_is_flat_text(room: str) -> None:
    for language in texts.LANGUAGES:
        raw = tomllib.loads((FOLDER / f"{room}.{language}.toml").read_text(encoding="utf-8"))
        assert all(isinstance(sentence, str) and sentence.strip() for sentence in raw.values())


def test_every_catalogue_has_both_languages() -> None:
    names = {path.name for path in FOLDER.glob("*.toml")}

    assert names == {f"{room}.{language}.toml" for room in ROOMS for language in texts.LANGUAGES}


def test_every_key_in_the_code_has_its_sentence() -> None:
    missing = [use for use in uses() if texts.catalogue(use.key.split(".")[0], "en").get(use.key.partition(".")[2]) is None]

    assert not missing


def test_every_place_of_a_sentence_is_filled_where_it_is_asked_for() -> None:
    empty = {
        use.place: sorted(lacking)
        for use in uses()
        if use.given is not None
        and (lacking := places(texts.catalogue(use.key.split(".")[0], "en").get(use.key.partition(".")[2], "")) - use.given)
    }

    assert not empty


def test_no_sentence_is_kept_that_nobody_says() -> None:
    said = re.compile("|".join(sorted({pattern for pattern in written() if pattern.split("\\.")[0] in ROOMS})))
    unused = [f"{room}.{key}" for room in ROOMS for key in texts.catalogue(room, "en") if not said.fullmatch(f"{room}.{key}")]

    assert not unused
