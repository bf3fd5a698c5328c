"""frame → faces followed, and who they are: found, tracked, judged by quality, a few of them embedded, looked up, and decided per track."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from vision import alignment, quality
from vision.attention import Attention, Candidate
from vision.best_shot import BestShots, Shot, worth
from vision.decision import Decision, Decisions, Verdict
from vision.detections import Detections
from vision.engine import FaceEngine
from vision.faces import Crop, Face
from vision.frames import Frame, Image
from vision.gallery import Gallery, Match
from vision.gates import Gates, Refusal
from vision.liveness import LivenessCheck
from vision.quality import Quality
from vision.stopwatch import Stopwatch
from vision.tracking import Tracker
from vision.visits import VisitEvent, Visits
from vision.votes import Sight

CLEARER: Final = 0.1
"""By how much a face must be more like somebody than another one in the same picture that has the name already."""
SETTLED_S: Final = 0.5
"""How often the face of somebody decided is measured, for a better picture of it."""


@dataclass(frozen=True, slots=True)
class FaceParts:
    """What faces are watched with. All but `engine`, `gallery` and `liveness` remember this one stream and belong to it alone."""

    engine: FaceEngine
    gallery: Gallery
    gates: Gates
    tracker: Tracker
    attention: Attention
    decisions: Decisions
    shots: BestShots
    visits: Visits
    liveness: LivenessCheck | None = None


@dataclass(frozen=True, slots=True)
class SeenFace:
    """A face of this frame.

    `quality`: as measured last, up to half a second ago; `refusals`: the gates it failed, none if it is usable. `looked`: whether it was
    embedded and voted now. `decision`: on its track so far, None before the first look. `shot`: a new best picture of
    its track, if this frame brought one.
    """

    track: int
    face: Face
    quality: Quality
    refusals: tuple[Refusal, ...]
    looked: bool
    decision: Decision | None
    shot: Shot | None = None

    @property
    def open(self) -> bool:
        """Return whether another look could decide who it is."""
        return not self.refusals and (self.decision is None or self.decision.verdict is Verdict.PENDING)


@dataclass(frozen=True, slots=True)
class FacesSeen:
    """What one frame brought. `found`: how many faces, new ones that are not followed yet counted.

    `unseen`: tracks still followed that no face belongs to. `ended`: ids that never come again; `last_words`: what was decided on them.
    """

    faces: tuple[SeenFace, ...] = ()
    found: int = 0
    unseen: tuple[int, ...] = ()
    ended: tuple[int, ...] = ()
    last_words: tuple[Decision, ...] = ()
    visits: tuple[VisitEvent, ...] = ()


@dataclass(frozen=True, slots=True)
class _Measured:
    track: int
    face: Face
    crop: Crop
    quality: Quality
    refusals: tuple[Refusal, ...]
    seconds: float


class FaceWatch:
    """Watches the faces of one stream. What it remembers of a track leaves when the track ends."""

    def __init__(self, parts: FaceParts, stopwatch: Stopwatch) -> None:
        self._parts = parts
        self._time = stopwatch
        self._decisions: dict[int, Decision] = {}
        self._measures: dict[int, _Measured] = {}
        self._persons: Mapping[str, int] = {}
        self._heed_gallery()

    def __len__(self) -> int:
        """Return how many tracks are remembered."""
        return max(len(self._decisions), len(self._measures), len(self._parts.attention), len(self._parts.decisions))

    def look(self, frame: Frame) -> FacesSeen:
        """Return the faces of a frame; whoever was removed from the gallery since the last one is nobody from here on."""
        self._heed_gallery()
        with self._time("detect faces"):
            faces = self._parts.engine.detect(frame.image)
        with self._time("track faces"):
            tracked = self._parts.tracker.update(_detections(faces), frame.seconds, frame.size)
        for track in tracked.tracks:
            if track.jumped:
                self._begin_anew(track.id)
                self._measures.pop(track.id, None)
        seen = {track.id: faces[track.row] for track in tracked.tracks}
        with self._time("quality"):
            fresh = [self._measured(frame, track, face) for track, face in seen.items() if self._stale(track, frame.seconds)]
        looked = self._look_closer(frame, fresh, seen.keys())
        with self._time("best shot"):
            shots = {each.track: self._shot(frame, each) for each in fresh if not each.refusals}
        with self._time("visits"):
            visits = self._parts.visits.update(tracked, frame.size, frame.number)
        return FacesSeen(
            faces=tuple(self._seen(track, face, shots.get(track), looked=track in looked) for track, face in seen.items()),
            found=len(faces),
            unseen=tracked.unseen,
            ended=tracked.ended,
            last_words=tuple(self._forget(tracked.ended)),
            visits=visits,
        )

    def close(self) -> FacesSeen:
        """End all tracks and visits: the stream is gone."""
        ended = self._parts.tracker.close().ended
        return FacesSeen(ended=ended, last_words=tuple(self._forget(ended)), visits=self._parts.visits.close())

    def _look_closer(self, frame: Frame, found: Sequence[_Measured], here: Collection[int]) -> frozenset[int]:
        """Embed the few faces that are worth it, and let them vote; return their tracks. `here`: the tracks of all faces in the picture."""
        usable = [each for each in found if not each.refusals]
        candidates = [self._candidate(each) for each in usable]
        chosen = [usable[index] for index in self._parts.attention.chosen(candidates, frame.seconds)]
        if not chosen:
            return frozenset()
        with self._time("embed"):
            embeddings = self._parts.engine.recognise([each.crop for each in chosen])
        with self._time("search"):
            matches = self._parts.gallery.search(embeddings, self._parts.engine.model)
        with self._time("decide"):
            for each, match in self._each_once(list(zip(chosen, matches, strict=True)), here):
                alive = self._alive(frame.image, each)
                if self._parts.attention.first(each.track) and not self._settled(each.track):
                    self._parts.decisions.jumped(each.track)  # what was seen from far away counts no longer, for or against
                sight = Sight(frame.seconds, frame.number, match, alive)
                self._decide(self._parts.decisions.add(each.track, sight))
        return frozenset(each.track for each in chosen)

    def _each_once(self, looks: Sequence[tuple[_Measured, Match]], here: Collection[int]) -> Iterator[tuple[_Measured, Match]]:
        """Yield faces and matches, the surest first; nobody is in one picture twice, so a second face has no vote for the same person.

        Whose track has the name already keeps it, unless the other face is `CLEARER`: then it was the wrong one.
        """
        holders = {self._decisions[track].person: track for track in here if self._settled(track)}
        taken: set[str] = set()
        for each, match in sorted(looks, key=lambda look: -look[1].score):
            holder = holders.get(match.person, each.track)
            clearer = holder != each.track and match.score > self._decisions[holder].score + CLEARER
            if clearer:
                self._begin_anew(holder)
            if match.person is not None and (match.person in taken or (holder != each.track and not clearer)):
                match = replace(match, runner_up=match.person, runner_up_score=match.score)  # noqa: PLW2901 - as near to another face
            elif match.person is not None:
                taken.add(match.person)
            yield each, match

    def _decide(self, decision: Decision) -> None:
        self._decisions[decision.track] = decision
        self._parts.visits.recognise(decision.track, decision.person, decision.score)

    def _candidate(self, found: _Measured) -> Candidate:
        return Candidate(found.track, worth(found.quality), self._settled(found.track), self._doubted(found.track))

    def _doubted(self, track: int) -> bool:
        """Return whether the last look at somebody decided did not confirm it."""
        decision = self._decisions.get(track)
        return decision is not None and decision.verdict is Verdict.KNOWN and decision.voted_seconds != decision.last_seconds

    def _settled(self, track: int) -> bool:
        decision = self._decisions.get(track)
        return decision is not None and decision.verdict is Verdict.KNOWN

    def _begin_anew(self, track: int) -> None:
        """Drop what was concluded about a track, its picture too: it may be somebody else from here on."""
        self._parts.attention.again(track)
        self._parts.shots.ended(track)
        if (decision := self._parts.decisions.jumped(track)) is not None:
            self._decide(decision)

    def _heed_gallery(self) -> None:
        """Ask for as much as it takes among so many people, and forget whoever was removed."""
        persons = self._parts.gallery.contents.persons.positions
        if persons is self._persons:
            return
        self._parts.decisions.among(len(persons))
        gone, self._persons = self._persons.keys() - persons.keys(), persons
        for person in gone:
            for decision in self._parts.decisions.forget(person):
                self._decide(decision)

    def _forget(self, tracks: Sequence[int]) -> Iterator[Decision]:
        self._parts.attention.ended(tracks)
        for track in tracks:
            self._parts.shots.ended(track)
            self._measures.pop(track, None)
            self._decisions.pop(track, None)
            if (decision := self._parts.decisions.ended(track)) is not None:
                yield decision

    def _shot(self, frame: Frame, found: _Measured) -> Shot | None:
        return self._parts.shots.offer(found.track, frame, found.face, found.crop, found.quality)

    def _seen(self, track: int, face: Face, shot: Shot | None, *, looked: bool) -> SeenFace:
        last = self._measures[track]
        return SeenFace(track, face, last.quality, last.refusals, looked, self._decisions.get(track), shot)

    def _stale(self, track: int, seconds: float) -> bool:
        """Return whether a face is to be measured again: measuring costs a tenth of finding, and there is no look without it."""
        last = self._measures.get(track)
        calm = self._settled(track) and not self._doubted(track)
        pause = SETTLED_S if calm else self._parts.attention.budget.again_s
        return last is None or seconds - last.seconds >= pause

    def _measured(self, frame: Frame, track: int, face: Face) -> _Measured:
        crop = alignment.aligned(frame.image, face.landmarks_xy)
        measures = quality.measured(frame.image, face, crop)
        found = _Measured(track, face, crop, measures, self._parts.gates.refusals(measures), frame.seconds)
        self._measures[track] = found
        return found

    def _alive(self, image: Image, found: _Measured) -> float | None:
        check = self._parts.liveness
        return None if check is None else check.score(image, found.face, found.crop)


def _detections(faces: Sequence[Face]) -> Detections:
    boxes = np.array([face.box_xyxy for face in faces], np.float32).reshape(-1, 4)
    scores = np.array([face.score for face in faces], np.float32)
    return Detections(boxes, scores, np.zeros(len(faces), np.int32))
