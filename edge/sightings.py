"""what eyes found out → event data: visits, zones and decisions on faces, their times as instants. Pure; ids come from the caller.

`Moment` ties the two clocks of a frame: vision counts in seconds that never jump, people in instants.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec

from edge.wire_clock import instant
from vision.decision import Decision, Verdict
from vision.visits import Visit, VisitEvent
from vision.zones import Crowded, Dispersed, Entered, Left, ZoneEvent
from wardroom.sight_events import (
    Change,
    FaceRecognizedData,
    FaceUnknownData,
    ObjectEnteredData,
    ObjectLeftData,
    ObjectLoiteringData,
    ObjectVisitData,
    SightData,
    ZoneCrowdedData,
)

FaceData = FaceRecognizedData | FaceUnknownData


def _no_evidence(track: int) -> None:  # noqa: ARG001 - where no pictures are kept
    return None


@dataclass(frozen=True, slots=True)
class Moment:
    """When a frame was caught, by both clocks."""

    at_us: int
    seconds: float

    def instant(self, seconds: float) -> datetime:
        """Return the instant of frame time `seconds`."""
        return instant(self.at_us + round((seconds - self.seconds) * 1_000_000))


def visit(camera: str, event: VisitEvent, moment: Moment) -> ObjectVisitData:
    """Return what is told of somebody's or something's visit."""
    after = event.after
    return ObjectVisitData(
        camera=camera,
        visit=after.id,
        change=Change(event.type.value),
        label=after.label,
        score=min(1.0, round(after.top_score, 4)),
        began=moment.instant(after.start),
        seen=moment.instant(after.seconds),
        zones=",".join(after.current_zones),
        stationary=after.stationary,
    )


def zone(camera: str, event: ZoneEvent, about: Visit | None, moment: Moment) -> SightData:
    """Return what is told of a zone; `about`: what is known of the track the event is about, where it is about one."""
    at = moment.instant(event.seconds)
    if isinstance(event, Crowded | Dispersed):
        return ZoneCrowdedData(camera=camera, zone=event.zone, crowded=isinstance(event, Crowded), count=event.count, at=at)
    label = "something" if about is None else about.label
    told = None if about is None or about.false_positive else about.id
    if isinstance(event, Entered):
        return ObjectEnteredData(camera=camera, zone=event.zone, label=label, at=moment.instant(event.since), visit=told)
    kind = ObjectLeftData if isinstance(event, Left) else ObjectLoiteringData
    return kind(camera=camera, zone=event.zone, label=label, at=at, visit=told, stayed_s=event.stayed_s)


class FaceVisits:
    """The faces of one camera: who a track is, told when that is decided, when it changes, and when the track ends.

    Remembers one word for each track that was told of; it goes when the track ends. `evidence`: the digest of a track's picture.
    """

    def __init__(self, camera: str, new_id: Callable[[], str], evidence: Callable[[int], str | None] = _no_evidence) -> None:
        self._camera: Final = camera
        self._new_id = new_id
        self._evidence = evidence
        self._told: dict[int, FaceData] = {}

    def __len__(self) -> int:
        """Return how many tracks are remembered."""
        return len(self._told)

    def update(
        self, decisions: Iterable[Decision], ended: Iterable[Decision], moment: Moment, gone: Iterable[int] = ()
    ) -> Iterator[FaceData]:
        """Yield what there is to tell after a frame: `decisions` on living tracks, and the last ones on tracks that ended.

        `gone`: all tracks that ended; on one that was lost out of sight for too long nothing may be decided any more.
        """
        for decision in decisions:
            before = self._told.get(decision.track)
            if decision.verdict is Verdict.PENDING:
                continue
            if before is None or _who(before) != decision.person:
                change = Change.NEW if before is None else Change.UPDATE
                said = self._told[decision.track] = self._data(decision, before, change, moment)
                yield said
        for decision in ended:
            last = self._told.pop(decision.track, None)
            if last is not None:
                yield self._data(decision, last, Change.END, moment)
        for track in gone:
            if (told := self._told.pop(track, None)) is not None:
                yield msgspec.structs.replace(told, change=Change.END)

    def close(self) -> Iterator[FaceData]:
        """Yield the ends of all visits: the camera is gone."""
        ended = [msgspec.structs.replace(told, change=Change.END) for told in self._told.values()]
        self._told.clear()
        yield from ended

    def _data(self, decision: Decision, before: FaceData | None, change: Change, moment: Moment) -> FaceData:
        shared: dict[str, object] = {
            "camera": self._camera,
            "visit": self._new_id() if before is None else before.visit,
            "change": change,
            "at": moment.instant(decision.last_seconds if decision.voted_seconds is None else decision.voted_seconds),
            "reason": decision.reason.value,
            "votes": decision.votes,
            "frames": decision.frames,
            "liveness": _score(decision.liveness),
            "evidence": self._evidence(decision.track),
        }
        if decision.person is None:
            return msgspec.convert(shared | _nearest(decision), FaceUnknownData)
        return msgspec.convert(shared | _person(decision), FaceRecognizedData)


def _person(decision: Decision) -> dict[str, object]:
    nearest = decision.nearest
    other, score = (nearest.person, nearest.score) if nearest.person != decision.person else (nearest.runner_up, nearest.runner_up_score)
    second = {} if other is None else {"runner_up": other, "runner_up_score": _score(score)}
    return {"person": decision.person, "score": _score(decision.score), **second}


def _nearest(decision: Decision) -> dict[str, object]:
    nearest = decision.nearest
    return {} if nearest.person is None else {"nearest": nearest.person, "nearest_score": _score(nearest.score)}


def _score(cosine: float | None) -> float | None:
    """Return a score as it travels: four digits, and no cosine a hair above 1."""
    return None if cosine is None else max(-1.0, min(1.0, round(cosine, 4)))


def _who(told: FaceData) -> str | None:
    return told.person if isinstance(told, FaceRecognizedData) else None
