"""Frames of a track written as letters: what the tests of decisions are made of.

A capital letter is a sure frame of that person, a small one a doubtful frame, `.` a stranger's, `~` one where two persons are equally near,
`!` one that an anchor bars, `-` a frame without a usable face.
"""

from collections.abc import Iterator
from typing import Final

from vision.decision import Decision, Decisions
from vision.gallery import NOBODY, Match
from vision.profile import Profile
from vision.votes import Sight

DESK: Final = Profile(accept=0.45, unknown=0.3, margin=0.06, votes=3, span_s=0.3, share=0.6, window=10, window_s=10.0)
PERIOD_S: Final = 0.2


def match(letter: str) -> Match:
    """Return what a search would have said."""
    name = letter.lower()
    return {
        ".": Match("a", 0.1, "b", 0.05),
        "~": Match("a", 0.6, "b", 0.59),
        "!": Match("a", 0.6, "b", 0.1, "m1", 0.65),
        "0": NOBODY,
    }.get(letter) or Match(name, 0.7 if letter.isupper() else 0.4, "other", 0.1)


def sights(letters: str, first: int = 0, liveness: float | None = None) -> Iterator[Sight]:
    """Yield the frames that show a usable face, five a second."""
    for frame, letter in enumerate(letters, first):
        if letter != "-":
            yield Sight(frame * PERIOD_S, frame, match(letter), liveness)


def told(letters: str, decisions: Decisions | None = None, first: int = 0, liveness: float | None = None) -> list[Decision]:
    decisions = Decisions(DESK) if decisions is None else decisions
    return [decisions.add(7, sight) for sight in sights(letters, first, liveness)]
