"""text as somebody writes it → how it is kept; small letters without diacritics; the patterns that find it so, in any order of words.

Vietnamese is written composed or decomposed (NFC, NFD), with or without its marks, in capitals or not; all of it is one text here. Signs
that cannot be seen (a zero-width space, a soft hyphen) come along with what is copied from elsewhere, and are no part of a text.
"""

import unicodedata
from typing import Final

_STROKE: Final = str.maketrans({"đ": "d", "ð": "d"})
"""What Unicode does not decompose; the second is what some fonts and keyboards give for the first."""

_FORMAT: Final = "Cf"
"""Unicode's category of signs that are there and not seen."""


def plain(text: str) -> str:
    """Return `text` as it is kept for search: words of letters and digits with one space between."""
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).lower()).translate(_STROKE)
    kept = (letter for letter in letters if not _is_mark(letter))
    return " ".join("".join(letter if letter.isalnum() else " " for letter in kept).split())


def written(text: str) -> str:
    """Return `text` as it is kept for people: composed, one space between words, nothing that cannot be seen."""
    seen = "".join(letter for letter in text if unicodedata.category(letter) != _FORMAT)
    return unicodedata.normalize("NFC", " ".join(seen.split()))


def patterns(query: str) -> list[str]:
    """Return what ``' ' || plain LIKE ALL (…)`` finds where each word of `query` begins a word, in any order; an empty one finds all."""
    return [f"% {word}%" for word in plain(query).split()]


def _is_mark(letter: str) -> bool:
    category = unicodedata.category(letter)
    return category == _FORMAT or category.startswith("M")
