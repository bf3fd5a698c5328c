"""the nearest persons of a track's last frames → how many frames speak for whom. Pure.

One vote a frame, for the nearest person or for nobody: a frame that names nobody counts against everybody.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from vision.gallery import Match
from vision.profile import Profile


class Reason(StrEnum):
    """Why a name was given, or was not."""

    NAMED = "named"
    NOBODY = "nobody"
    """Nobody is enrolled, or who was nearest has been removed since."""
    LOW = "low"
    """The nearest person is below `unknown`."""
    DOUBTFUL = "doubtful"
    """The nearest person is between `unknown` and `accept`."""
    CLOSE = "close"
    """The second person is within the margin."""
    BARRED = "barred"
    """An anchor says that this is not that person."""
    FEW = "few"
    """Too few votes so far."""
    SHORT = "short"
    """The votes are too close in time."""
    TIED = "tied"
    """Two persons have as many votes."""
    OUTVOTED = "outvoted"
    """Too many frames say something else."""
    CONTRADICTED = "contradicted"
    """A name was given and taken back: the track is not one person."""
    FORGOTTEN = "forgotten"
    """The person was removed."""
    NO_LIVENESS = "no_liveness"
    """A liveness check is required and none gave a score."""
    NOT_LIVE = "not_live"
    """A liveness check is required and its score is too low."""


@dataclass(frozen=True, slots=True)
class Sight:
    """One usable face of a track in one frame. `liveness`: a check's score of it, None where none looked."""

    seconds: float
    frame: int
    match: Match
    liveness: float | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """How a track's frames voted. `person`: who leads, None where nobody does or two lead together."""

    frames: int
    person: str | None
    votes: int
    reason: Reason


def judged(match: Match, profile: Profile) -> Reason:
    """Return `NAMED` where one frame may vote for the nearest person, or why it may not; a score that is no number never may."""
    if match.person is None:
        return Reason.NOBODY
    if not match.score >= profile.unknown:
        return Reason.LOW
    if not match.score >= profile.accept:
        return Reason.DOUBTFUL
    if match.anchor is not None and not match.anchor_score < match.score - profile.anchor_margin:
        return Reason.BARRED
    if match.runner_up is not None and not match.score - match.runner_up_score >= profile.margin:
        return Reason.CLOSE
    return Reason.NAMED


def voted(sights: Iterable[Sight], profile: Profile) -> dict[str, list[Sight]]:
    """Return each person's votes."""
    votes: dict[str, list[Sight]] = {}
    for sight in sights:
        if sight.match.person is not None and judged(sight.match, profile) is Reason.NAMED:
            votes.setdefault(sight.match.person, []).append(sight)
    return votes


def tallied(sights: Sequence[Sight], votes: Mapping[str, Sequence[Sight]], profile: Profile, least: int) -> Tally:
    """Return how the frames voted; `least`: votes that are needed. The reason is `NAMED` only where all of the profile is met."""
    if not votes:
        return Tally(len(sights), None, 0, _commonest(sights, profile))
    (person, own), *others = sorted(votes.items(), key=lambda each: -len(each[1]))
    if others and len(others[0][1]) == len(own):
        return Tally(len(sights), None, len(own), Reason.TIED)
    span = own[-1].seconds - own[0].seconds
    return Tally(len(sights), person, len(own), _verdict(len(sights), len(own), span, profile, least))


def _verdict(frames: int, votes: int, span: float, profile: Profile, least: int) -> Reason:
    if votes <= profile.share * frames:
        return Reason.OUTVOTED
    if votes < least:
        return Reason.FEW
    return Reason.NAMED if span >= profile.span_s else Reason.SHORT


def _commonest(sights: Sequence[Sight], profile: Profile) -> Reason:
    reasons = [judged(sight.match, profile) for sight in sights]
    return max(reasons, key=reasons.count) if reasons else Reason.FEW
