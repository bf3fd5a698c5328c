from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count

import uuid6

from edge.sightings import FaceVisits, Moment, visit, zone
from tests.edge.factories import GATEWAY, NOW_US
from tests.vision.sights import DESK, sights
from tests.vision.tracks import SIZE, at
from vision.decision import Decisions
from vision.visits import Visits
from vision.zones import Zone, Zones
from wardroom import messages
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

BEGAN = datetime.fromtimestamp(NOW_US / 1e6, UTC)
YARD = Zone("yard", ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0)), loiter_s=1.0, crowd=1)
INSIDE, OUTSIDE = (0.25, 0.5), (0.75, 0.5)


def moment(seconds: float) -> Moment:
    return Moment(NOW_US + round(seconds * 1e6), seconds)


def after(seconds: float) -> datetime:
    return BEGAN + timedelta(seconds=seconds)


def travelled(data: SightData) -> SightData:
    """Return what comes out of ingest's end of the wire."""
    sent = messages.enveloped(data, id=str(uuid6.uuid7()), source=GATEWAY.prefix, time=BEGAN, offline=False, subject=data.camera)
    event = messages.decode_event(messages.encode(sent), GATEWAY)
    assert event == sent
    return data


def seen(places: list[tuple[float, float]]) -> Iterator[SightData]:
    """Yield what is told of one person who stands at `places`, five frames a second, and ends with the last one."""
    zones, visits = Zones([YARD]), Visits(("person",), lambda: str(uuid6.uuid7()))
    for number, place in enumerate([*places, None]):
        now = number / 5
        tracked = at(now, {}, ended=(1,)) if place is None else at(now, {1: place})
        about = visits.visit(1)
        happened = zones.update(tracked, SIZE, now)
        told = visits.update(tracked, SIZE, number, zones.inside)
        yield from (travelled(visit("gate", event, moment(now))) for event in told)
        yield from (travelled(zone("gate", event, about or visits.visit(1), moment(now))) for event in happened)


def test_a_visit_and_its_zones_are_told_as_they_were_with_instants() -> None:
    told = list(seen([OUTSIDE] * 5 + [INSIDE] * 20))

    visits = [one for one in told if isinstance(one, ObjectVisitData)]
    assert visits[0].change is Change.NEW
    assert visits[-1].change is Change.END
    assert len({one.visit for one in visits}) == 1
    assert "yard" in {one.zones for one in visits}
    assert visits[-1].seen == after(24 / 5)
    entered = next(one for one in told if isinstance(one, ObjectEnteredData))
    loiters = next(one for one in told if isinstance(one, ObjectLoiteringData))
    left = next(one for one in told if isinstance(one, ObjectLeftData))
    crowd = [one.crowded for one in told if isinstance(one, ZoneCrowdedData)]
    assert (entered.zone, entered.label, entered.visit) == ("yard", "person", visits[0].visit)
    assert entered.at == after(1.0)
    assert loiters.stayed_s > 1.0
    assert left.stayed_s > loiters.stayed_s
    assert crowd[0]


def faces(*tracks: str) -> list[SightData]:
    """Return what is told of tracks whose frames are written as letters, each ended after its last one."""
    decisions, numbers = Decisions(DESK), count(1)
    visits = FaceVisits("gate", lambda: f"019aaea4-7f40-7c3d-9b1e-{next(numbers):012x}")
    told: list[SightData] = []
    for track, letters in enumerate(tracks, 1):
        for sight in sights(letters):
            told += visits.update([decisions.add(track, sight)], [], moment(sight.seconds))
        last = decisions.ended(track)
        told += visits.update([], [last] if last else [], moment(len(letters) / 5))
    assert len(visits) == 0
    return [travelled(data) for data in told]


def test_somebody_known_is_told_when_it_is_decided_and_when_the_track_ends() -> None:
    new, end = faces("AAAAAA")

    assert isinstance(new, FaceRecognizedData)
    assert isinstance(end, FaceRecognizedData)
    assert (new.change, new.person, new.votes, new.score) == (Change.NEW, "a", 3, 0.7)
    assert (new.runner_up, new.runner_up_score) == ("other", 0.1)
    assert new.at == after(0.4)
    assert (end.change, end.visit, end.votes) == (Change.END, new.visit, 6)


def test_a_track_that_ends_without_a_last_word_ends_its_visit_all_the_same() -> None:
    decisions, visits = Decisions(DESK), FaceVisits("gate", lambda: str(uuid6.uuid7()))
    told = [one for sight in sights("AAAA") for one in visits.update([decisions.add(1, sight)], [], moment(sight.seconds))]
    ends = list(visits.update([], [], moment(9.0), gone=(1, 2)))

    assert [(one.visit, one.change) for one in (*told, *ends)] == [(told[0].visit, Change.NEW), (told[0].visit, Change.END)]
    assert len(visits) == 0


def test_a_stranger_is_nobody_known_and_the_nearest_name_is_kept_for_explaining() -> None:
    new, end = faces(".....")

    assert isinstance(new, FaceUnknownData)
    assert (new.change, new.nearest, new.nearest_score) == (Change.NEW, "a", 0.1)
    assert end.change is Change.END  # type: ignore[union-attr]


def test_who_comes_nearer_is_named_under_the_same_visit() -> None:
    told = faces("....AAAAAAAAAAAA")

    kinds = [(type(one), one.change) for one in told if isinstance(one, FaceUnknownData | FaceRecognizedData)]
    assert kinds == [(FaceUnknownData, Change.NEW), (FaceRecognizedData, Change.UPDATE), (FaceRecognizedData, Change.END)]
    assert len({one.visit for one in told if isinstance(one, FaceUnknownData | FaceRecognizedData)}) == 1


def test_of_a_track_that_was_never_decided_nothing_is_told() -> None:
    assert faces("A", "AA") == []


def test_two_tracks_are_two_visits() -> None:
    told = faces("AAAA", "BBBB")

    assert len({one.visit for one in told if isinstance(one, FaceRecognizedData)}) == 2


def test_visits_that_last_end_when_the_camera_is_gone() -> None:
    decisions, visits = Decisions(DESK), FaceVisits("gate", lambda: str(uuid6.uuid7()))
    for sight in sights("AAAA"):
        list(visits.update([decisions.add(1, sight)], [], moment(sight.seconds)))

    (end,) = visits.close()
    assert (end.change, len(visits)) == (Change.END, 0)
