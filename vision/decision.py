"""usable faces of a track, frame by frame → who it is, if that is beyond doubt; else unknown, never the nearest name.

A decision is of a track, never of a frame. It begins `pending`, becomes `known` when the profile is met, and `unknown` when enough frames
were seen and it is not. Unknown is not final: somebody who comes nearer may be named later.

A name is kept while the person turns or is hidden: a name that flickers embarrasses a delegate. It is taken back only on stronger contrary
evidence: another person has the votes that a name needs and more than this one, or none of a window's worth of frames speaks for it. Then
all votes are void, the next name needs twice as many, and there is no third: such a track is not one person. A door looks at
`voted_seconds`, the frame time of the last vote for the name, and at `contrary`, and refuses what is old or contested.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from statistics import fmean
from typing import Final

from vision.gallery import NO_SCORE, NOBODY, Match
from vision.liveness import OFF, Liveness, Policy
from vision.profile import Profile
from vision.track_memory import LIMIT, MAX_AGE_S, TrackMemory
from vision.votes import Reason, Sight, Tally, tallied, voted

REVISIONS: Final = 2
"""A track whose name was taken back so often is named no more."""


class Verdict(StrEnum):
    """What is known of a track."""

    PENDING = "pending"
    KNOWN = "known"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Decision:
    """Who a track is. `person` only where the verdict is `known`; `score` is then the mean cosine of the votes for that person.

    `votes` of `frames` in the window speak for the leading person, `contrary` for others. `nearest`: the best match of the window, for
    explaining, whether it was believed or not. `voted_seconds`: frame time of the last vote for `person`; `liveness`: mean score of those
    votes, None without a check. `revision`: how often a name was taken back.
    """

    track: int
    verdict: Verdict
    reason: Reason
    person: str | None = None
    score: float = NO_SCORE
    votes: int = 0
    frames: int = 0
    contrary: int = 0
    nearest: Match = NOBODY
    first_seconds: float = 0.0
    last_seconds: float = 0.0
    voted_seconds: float | None = None
    liveness: float | None = None
    revision: int = 0


@dataclass(slots=True)
class _Track:
    sights: deque[Sight] = field(default_factory=deque)
    votes: dict[str, list[Sight]] = field(default_factory=dict)
    person: str | None = None
    reason: Reason = Reason.FEW
    revision: int = 0
    first_seconds: float = 0.0
    last_seconds: float = 0.0

    def void(self) -> None:
        """Drop all votes."""
        self.sights.clear()
        self.votes = {}


class Decisions:
    """The tracks of one camera. Bounded: a track is forgotten when it ends, unseen for `max_age_s`, or beyond `limit` tracks."""

    def __init__(self, profile: Profile, liveness: Liveness = OFF, *, max_age_s: float = MAX_AGE_S, limit: int = LIMIT) -> None:
        self._chosen = profile
        self._profile = profile
        self._liveness = liveness
        self._tracks: TrackMemory[_Track] = TrackMemory(_Track, max_age_s=max_age_s, limit=limit)

    def __len__(self) -> int:
        """Return how many tracks are remembered."""
        return len(self._tracks)

    def among(self, people: int) -> None:
        """Decide as it takes in a gallery of so many people, from the next frame on: see `Profile.among`."""
        self._profile = self._chosen.among(people)

    def add(self, track: int, sight: Sight) -> Decision:
        """Count one frame. A second face of the same frame replaces the first where it is nearer to somebody; an older frame is ignored."""
        new = self._tracks.get(track) is None
        kept = self._tracks.seen(track, sight.seconds)
        if new:
            kept.first_seconds = kept.last_seconds = sight.seconds
        kept.last_seconds = max(kept.last_seconds, sight.seconds)
        last = kept.sights[-1] if kept.sights else None
        if last is None or sight.frame > last.frame:
            kept.sights.append(sight)
        elif sight.frame == last.frame and sight.match.score > last.match.score:
            kept.sights[-1] = sight
        while len(kept.sights) > self._profile.window or kept.sights[-1].seconds - kept.sights[0].seconds > self._profile.window_s:
            kept.sights.popleft()
        self._weigh(kept)
        return self._told(track, kept)

    def jumped(self, track: int) -> Decision | None:
        """Drop everything counted so far: the track's box jumped, it may be on somebody else now."""
        kept = self._tracks.get(track)
        if kept is None:
            return None
        kept.void()
        kept.person, kept.reason = None, Reason.FEW
        return self._told(track, kept)

    def ended(self, track: int) -> Decision | None:
        """Forget a track; return the last word on it, `unknown` where it was still pending."""
        kept = self._tracks.ended(track)
        return None if kept is None else _final(self._told(track, kept))

    def expired(self, seconds: float) -> list[Decision]:
        """Forget the tracks not seen for too long before `seconds`; return the last word on each."""
        return [_final(self._told(track, kept)) for track, kept in self._tracks.expired(seconds)]

    def forget(self, person: str) -> list[Decision]:
        """Drop what was counted for somebody who was removed from the gallery; return the decisions that changed by it.

        Frames that showed that person now show nobody and go on counting against everybody else: who leaves hands the name to no one.
        """
        changed = []
        for track, kept in self._tracks:
            rest = [_without(sight, person) for sight in kept.sights if sight.match.person == person or sight.match.runner_up != person]
            if rest == list(kept.sights) and kept.person != person:
                continue
            kept.sights = deque(rest)
            forgotten = kept.person == person
            kept.person = None if forgotten else kept.person
            self._weigh(kept)
            kept.reason = Reason.FORGOTTEN if forgotten and kept.person is None else kept.reason
            changed.append(self._told(track, kept))
        return changed

    def _weigh(self, kept: _Track) -> None:
        """Give, keep or take back the name."""
        votes = kept.votes = voted(kept.sights, self._profile)
        tally = tallied(kept.sights, votes, self._profile, self._profile.votes * (1 + kept.revision))
        if kept.person is not None:
            if contrary(kept.person, tally, votes, full=self._full(kept.sights)):
                kept.person, kept.reason, kept.revision = None, Reason.CONTRADICTED, kept.revision + 1
                kept.void()
            elif (alive := self._alive(votes.get(kept.person, ()), 1)) is Reason.NOT_LIVE:
                kept.person, kept.reason = None, alive
        elif kept.revision >= REVISIONS:
            kept.reason = Reason.CONTRADICTED
        elif tally.person is None or tally.reason is not Reason.NAMED:
            kept.reason = tally.reason
        else:
            kept.reason = self._alive(votes[tally.person], self._profile.votes)
            kept.person = tally.person if kept.reason is Reason.NAMED else None

    def _full(self, sights: Sequence[Sight]) -> bool:
        """Return whether these are a window's worth, by number, or by time where looks are rare: enough for two names, over half of it."""
        span = sights[-1].seconds - sights[0].seconds if sights else 0.0
        often = len(sights) >= 2 * self._profile.votes and span >= self._profile.window_s / 2
        return len(sights) >= self._profile.window or often

    def _alive(self, votes: Sequence[Sight], least: int) -> Reason:
        """Return `NAMED` where the policy lets these votes name somebody, else why not."""
        scores = _scores(votes)
        if self._liveness.policy is not Policy.REQUIRED:
            return Reason.NAMED
        if len(scores) < least:
            return Reason.NO_LIVENESS
        return Reason.NAMED if fmean(scores) >= self._liveness.least else Reason.NOT_LIVE

    def _told(self, track: int, kept: _Track) -> Decision:
        votes = kept.votes
        leader = kept.person or max(votes, key=lambda person: len(votes[person]), default=None)
        own = votes.get(leader, []) if leader is not None else []
        scores = _scores(own)
        return Decision(
            track=track,
            verdict=self._verdict(kept),
            reason=kept.reason,
            person=kept.person,
            score=fmean(sight.match.score for sight in own) if own else NO_SCORE,
            votes=len(own),
            frames=len(kept.sights),
            contrary=sum(map(len, votes.values())) - len(own),
            nearest=max((sight.match for sight in kept.sights), key=lambda match: match.score, default=NOBODY),
            first_seconds=kept.first_seconds,
            last_seconds=kept.last_seconds,
            voted_seconds=own[-1].seconds if own else None,
            liveness=fmean(scores) if scores else None,
            revision=kept.revision,
        )

    def _verdict(self, kept: _Track) -> Verdict:
        if kept.person is not None:
            return Verdict.KNOWN
        if kept.reason in {Reason.FEW, Reason.SHORT}:
            return Verdict.PENDING
        span = kept.sights[-1].seconds - kept.sights[0].seconds if kept.sights else 0.0
        early = len(kept.sights) < self._profile.votes or span < self._profile.span_s
        return Verdict.PENDING if early and kept.revision == 0 else Verdict.UNKNOWN


def contrary(person: str, tally: Tally, votes: Mapping[str, Sequence[Sight]], *, full: bool) -> bool:
    """Return whether a track's frames speak against its name strongly enough to take it back. `full`: they are a window's worth."""
    own = len(votes.get(person, ()))
    if tally.person not in {None, person}:
        return tally.reason is Reason.NAMED and tally.votes > own
    return own == 0 and full


def _without(sight: Sight, person: str) -> Sight:
    return replace(sight, match=NOBODY) if sight.match.person == person else sight


def _scores(votes: Sequence[Sight]) -> list[float]:
    return [sight.liveness for sight in votes if sight.liveness is not None]


def _final(decision: Decision) -> Decision:
    return replace(decision, verdict=Verdict.UNKNOWN) if decision.verdict is Verdict.PENDING else decision
