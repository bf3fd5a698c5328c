from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
import pytest

from center.occasions import sightings
from center.occasions.sightings import KINDS, Told
from tests.center.occasions.seen import PLACE
from wardroom.admission import Method
from wardroom.errors import InvalidMessage
from wardroom.sight_events import Change, CodeRead, CodeReadData, FaceRecognized, FaceRecognizedData, FaceUnknown, FaceUnknownData

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
VISIT = "018f0000-0000-7000-8000-000000000001"
EVENT = "018f0000-0000-7000-8000-000000000002"
SHOT = "ab" * 32
KNOWN = FaceRecognizedData(
    camera="cam-1", visit=VISIT, change=Change.NEW, at=NOON, reason="votes", person="p", score=0.123456789, evidence=SHOT
)
UNKNOWN = FaceUnknownData(camera="cam-1", visit=VISIT, change=Change.END, at=NOON, reason="few", nearest="p", nearest_score=0.3)
CODE = CodeReadData(camera="cam-1", visit=VISIT, at=NOON, digest="cd" * 32)


@pytest.mark.parametrize("late_s", [-600, 0, 600])
def test_an_instant_is_the_earlier_of_seen_and_received(late_s: int) -> None:
    received = NOON + timedelta(seconds=late_s)
    seen = sightings.of_event(CodeRead(id=EVENT, source=PLACE.prefix, time=NOON, data=CODE), PLACE, received)

    assert seen is not None
    assert (seen.at, seen.received) == (min(NOON, received), received)


def test_each_kind_of_event_tells_its_own() -> None:
    known = sightings.of_event(FaceRecognized(id=EVENT, source=PLACE.prefix, time=NOON, offline=True, data=KNOWN), PLACE, NOON)
    unknown = sightings.of_event(FaceUnknown(id=EVENT, source=PLACE.prefix, time=NOON, data=UNKNOWN), PLACE, NOON)
    code = sightings.of_event(CodeRead(id=EVENT, source=PLACE.prefix, time=NOON, data=CODE), PLACE, NOON)

    assert known is not None
    assert unknown is not None
    assert code is not None
    assert (known.method, known.person, known.score, known.evidence, known.offline) == (Method.FACE, "p", 0.1235, b"\xab" * 32, True)
    assert (unknown.method, unknown.person, unknown.evidence) == (Method.FACE, None, None), "the nearest is no name to act on"
    assert (code.method, code.code, code.visit) == (Method.CODE, b"\xcd" * 32, UUID(VISIT))


@pytest.mark.parametrize("data", [KNOWN, UNKNOWN, CODE])
def test_an_event_tells_the_same_from_the_table_as_from_the_wire(data: sightings.Data) -> None:
    kind = next(kind for kind, struct in KINDS.items() if isinstance(data, struct))
    told = Told(event=UUID(EVENT), place=PLACE, time=NOON, received=NOON, offline=False)
    stored = sightings.of_row(kind, told, msgspec.json.decode(msgspec.json.encode(data)))
    live = {CodeReadData: CodeRead, FaceRecognizedData: FaceRecognized, FaceUnknownData: FaceUnknown}[type(data)]

    assert stored == sightings.of_event(live(id=EVENT, source=PLACE.prefix, time=NOON, data=data), PLACE, NOON)


def test_what_is_no_sighting_is_refused_in_one_sentence() -> None:
    told = Told(event=UUID(EVENT), place=PLACE, time=NOON, received=NOON, offline=False)
    with pytest.raises(InvalidMessage, match="digest"):
        sightings.of_row("vn.wardroom.code.read.v1", told, {"camera": "cam-1", "visit": VISIT, "at": "2026-11-26T12:00:00Z", "digest": "x"})
