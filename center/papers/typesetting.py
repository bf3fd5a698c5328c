"""a text and a width → its lines, and the largest size at which it fits: nothing is cut off while a smaller size shows all of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from center.papers.fonts import Face, width

_MORE: Final = "…"


@dataclass(frozen=True, slots=True)
class Fitted:
    """A text in lines at a size in points; `cut`: its end is missing, or a word of it is broken."""

    lines: Sequence[str]
    size: float
    cut: bool = False


def wrapped(text: str, face: Face, size: float, room: float) -> list[str]:
    """Return a text's lines of at most `room` points; only a word that is wider alone is broken."""
    lines: list[str] = []
    for word in _pieces(text, face, size, room):
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and width(joined, face, size) <= room:
            lines[-1] = joined
        else:
            lines.append(word)
    return lines


def fitted(text: str, face: Face, sizes: Sequence[float], room: float, lines: int) -> Fitted:
    """Return the text at the first of `sizes` at which it takes no more than `lines`; at the last its end may be missing."""
    words = set(text.split())
    found: list[str] = []
    for size in sizes:
        found = wrapped(text, face, size, room)
        if len(found) <= lines and words.issuperset(word for line in found for word in line.split()):
            return Fitted(found, size)
    if len(found) > lines:
        found = [*found[: lines - 1], _ended(found[lines - 1], face, sizes[-1], room)]
    return Fitted(found, sizes[-1], cut=True)


def _pieces(text: str, face: Face, size: float, room: float) -> Iterator[str]:
    for word in text.split():
        rest = word
        while width(rest, face, size) > room and len(rest) > 1:
            cut = max((n for n in range(1, len(rest)) if width(rest[:n], face, size) <= room), default=1)
            yield rest[:cut]
            rest = rest[cut:]
        yield rest


def _ended(line: str, face: Face, size: float, room: float) -> str:
    while line and width(line + _MORE, face, size) > room:
        line = line[:-1]
    return line.rstrip() + _MORE
