"""a photo's file name + everybody it may be of → whom it is of; never a guess: where two could be meant, nobody is. Pure.

A name means somebody by what the workbook calls their photo, by id, by the text of their badge, by seat, or by their plain name (of several
by its marks); else the folder it lies in does (``nguyen-van-an/2.jpg``), and a number at its end is left out (``nguyen-van-an-2.jpg``).
"""

import hashlib
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from center.plain import plain
from wardroom.errors import PeopleError


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Somebody a photo may be of. `delegate`, `person`: their ids, as far as they are one. `face`: their last word on being recognised.

    `photos`: how many are kept of them. `over`: their time is over.
    """

    name: str
    delegate: str | None = None
    person: str | None = None
    seat: str = ""
    photo_file: str = ""
    badge: bytes | None = None
    face: bool | None = None
    photos: int = 0
    over: bool = False

    @property
    def id(self) -> str:
        return self.delegate or self.person or ""


class Matching:
    """Everybody by everything a file name may call them."""

    def __init__(self, candidates: Iterable[Candidate]) -> None:
        self._badges: dict[bytes, Candidate] = {}
        self._words: tuple[dict[str, list[Candidate]], ...] = ({}, {}, {}, {})
        for candidate in candidates:
            if candidate.badge is not None:
                self._badges[candidate.badge] = candidate
            for place, words in enumerate(_called(candidate)):
                for word in words:
                    self._words[place].setdefault(word, []).append(candidate)

    def find(self, path: str) -> Candidate:
        """Return whom a photo at `path` is of; raises PeopleError where that is nobody, or more than one."""
        for word in _spoken(path):
            badge = self._badges.get(_digest(word))
            if badge is not None:
                return badge
            for words in self._words:
                if found := words.get(_key(word)):
                    found = _as_written(word, found)
                    if len(found) > 1:
                        raise PeopleError("people.file_ambiguous", file=path, count=len(found), name=found[0].name)
                    return found[0]
        raise PeopleError("people.file_unknown", file=path)


def says_badge(path: str, candidate: Candidate) -> bool:
    """Return whether a photo's name holds the text of the person's badge, which is kept nowhere in clear."""
    return candidate.badge is not None and any(_digest(word) == candidate.badge for word in _spoken(path))


def _digest(word: str) -> bytes:
    return hashlib.sha256(word.encode()).digest()


def _called(candidate: Candidate) -> tuple[set[str], ...]:
    """Return what a file name may call somebody, the surest first."""
    files = {_key(candidate.photo_file), _key(_stem(candidate.photo_file))}
    ids = {_key(one) for one in (candidate.delegate, candidate.person) if one}
    return tuple(words - {""} for words in (files, ids, {_key(candidate.seat)}, {_key(candidate.name)}))


def _spoken(path: str) -> Iterator[str]:
    """Yield what a path may mean, the most exact first."""
    folder, _, base = unicodedata.normalize("NFC", path).rpartition("/")
    stem = _stem(base)
    yield from (path, base, stem)
    words = _spelled(stem).split()
    if len(words) > 1 and words[-1].isdecimal() and len(words[-1]) <= 3:
        yield " ".join(words[:-1])
    if folder:
        yield folder.rpartition("/")[2]


def _stem(name: str) -> str:
    base = name.rpartition("/")[2]
    stem, dot, ending = base.rpartition(".")
    return stem if dot and stem and len(ending) <= 5 else base


def _as_written(word: str, found: list[Candidate]) -> list[Candidate]:
    """Return whom of several a name with its marks means to the letter: An is not Ân. Without marks it means them all."""
    exact = [] if word.isascii() else [one for one in found if _spelled(one.name) == _spelled(word)]
    return exact or found


def _spelled(word: str) -> str:
    """Return a name's words in small letters with their marks."""
    return " ".join("".join(letter if letter.isalnum() else " " for letter in unicodedata.normalize("NFC", word).casefold()).split())


def _key(word: str) -> str:
    return plain(word).replace(" ", "")
