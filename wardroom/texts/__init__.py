"""key + data → the sentence a person reads, Vietnamese first, English second.

A key is ``room.name``; its sentences stand in ``{room}.vi.toml`` and ``{room}.en.toml`` beside this file, with `str.format` places.
"""

import tomllib
from functools import cache
from importlib import resources

LANGUAGES: tuple[str, ...] = ("vi", "en")


@cache
def catalogue(room: str, language: str) -> dict[str, str]:
    """Return the sentences of one room in one language; an unknown room has none."""
    file = resources.files(__package__).joinpath(f"{room}.{language}.toml")
    if not file.is_file():
        return {}
    return {key: str(sentence) for key, sentence in tomllib.loads(file.read_text(encoding="utf-8")).items()}


def say(key: str, language: str, /, **data: object) -> str:
    """Return the sentence of `key` in `language`, its places filled from `data`.

    A key without a sentence falls back to itself and its data, so that an error never hides another; a test keeps the catalogues complete.
    """
    room, _, name = key.partition(".")
    sentence = catalogue(room, language).get(name)
    if sentence is None:
        return f"{key} {data}" if data else key
    try:
        return sentence.format(**data)
    except (KeyError, IndexError, ValueError):
        return f"{sentence} {data}"
