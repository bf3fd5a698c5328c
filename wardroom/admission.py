"""what is known of a delegate, and everything of theirs that was seen at a list's gates, in any order → what each of it counts for.

Pure, and the same at a gate that is alone and at the center: results are found anew from all passages whenever one more is known, in the
order in which they were seen. So it does not matter in which order they arrive, nor how often; of two at the same instant exactly one
counts. Validity comes before repetition: who is not valid is told so, however often they came.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final


class Direction(StrEnum):
    """Which way a gate leads."""

    IN = "in"
    OUT = "out"


class Method(StrEnum):
    """By what somebody is known: their face, the code on their badge, their name searched at the desk, or by hand with a reason."""

    FACE = "face"
    CODE = "code"
    NAME = "name"
    HAND = "hand"


class Result(StrEnum):
    """What a passage counts for. `unknown`: nobody on record; `undone`: taken back by a person."""

    CHECKED_IN = "checked_in"
    RE_ENTERED = "re_entered"
    LEFT = "left"
    ALREADY = "already"
    NOT_ON_LIST = "not_on_list"
    REVOKED = "revoked"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    WRONG_EVENT = "wrong_event"
    UNKNOWN = "unknown"
    UNDONE = "undone"


ADMITTED: Final = frozenset({Result.CHECKED_IN, Result.RE_ENTERED})
"""Whoever is welcomed."""
COUNTED: Final = ADMITTED | {Result.LEFT}
"""What changes who is inside."""

_BARRED: Final = frozenset({Result.WRONG_EVENT, Result.REVOKED, Result.NOT_ON_LIST})
"""What keeps somebody from coming in, and nobody who is inside from leaving; a face that must not be known is not known on its way out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is known of a delegate and a list. `revoked`, `consent_withdrawn`: since when, None where that is not so.

    `occasion`: whether they belong to the list's occasion at all; `listed`: to this list of it.
    """

    occasion: bool = True
    listed: bool = True
    revoked: datetime | None = None
    consent_withdrawn: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A delegate seen at a list's gate or desk. `overridden`: somebody with a name and a reason let them in against their standing."""

    id: str
    at: datetime
    direction: Direction
    method: Method
    overridden: bool = False
    undone: bool = False


def refusal(standing: Standing, passage: Passage) -> Result | None:
    """Return why the delegate is not valid for this passage, None where they are. A badge needs no consent to recognition."""
    if passage.overridden:
        return None
    if not standing.occasion:
        return Result.WRONG_EVENT
    if standing.revoked is not None and standing.revoked <= passage.at:
        return Result.REVOKED
    if passage.method is Method.FACE and standing.consent_withdrawn is not None and standing.consent_withdrawn <= passage.at:
        return Result.CONSENT_WITHDRAWN
    return None if standing.listed else Result.NOT_ON_LIST


def results(standing: Standing, passages: Iterable[Passage]) -> dict[str, Result]:
    """Return what each passage counts for, by its id; all must be of one delegate and one list.

    In: the first is the check-in, one after an exit a re-entry, every other one `already`. Out: `left` for who is inside, else `already`;
    who is inside leaves, valid or not.
    """
    found: dict[str, Result] = {}
    inside = entered = False
    for passage in sorted({one.id: one for one in passages}.values(), key=lambda one: (one.at, one.id)):
        result = Result.UNDONE if passage.undone else refusal(standing, passage)
        if result is None or (result in _BARRED and inside and passage.direction is Direction.OUT):
            result = _counted(passage.direction, inside=inside, entered=entered)
        if result in COUNTED:
            inside = result is not Result.LEFT
            entered = entered or inside
        found[passage.id] = result
    return found


def _counted(direction: Direction, *, inside: bool, entered: bool) -> Result:
    if inside == (direction is Direction.IN):
        return Result.ALREADY
    if direction is Direction.OUT:
        return Result.LEFT
    return Result.RE_ENTERED if entered else Result.CHECKED_IN
