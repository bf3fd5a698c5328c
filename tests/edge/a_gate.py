"""A gate list in small, and sightings at its camera."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from wardroom import gate_list
from wardroom.gate_list import GateList, ListedDelegate, ListedGate, ListedOccasion
from wardroom.sight_events import Change, CodeReadData, FaceRecognizedData, FaceUnknownData

NOW = datetime(2026, 5, 20, 1, 0, tzinfo=UTC)
CONGRESS = ListedOccasion(id="congress", name="Đại hội", state="open", opened=NOW - timedelta(hours=1))
IN = ListedGate(id="cong-1", name="Cổng 1", occasion="congress", list="day-1", direction="in", camera="gate")
OUT = ListedGate(id="cong-ra", name="Cổng ra", occasion="congress", list="day-1", direction="out", camera="exit")
AN = ListedDelegate(
    id="an", occasion="congress", person="person-an", title="Đồng chí", name="Nguyễn Văn An", seat="A1", badge="a" * 64, lists=("day-1",)
)
BINH = ListedDelegate(id="binh", occasion="congress", person="person-binh", name="Trần Thị Bình", badge="b" * 64, lists=("day-1",))


def listed(*delegates: ListedDelegate, **changed: Any) -> GateList:
    made = GateList(occasions=(CONGRESS,), gates=(IN, OUT), delegates=delegates or (AN, BINH))
    return gate_list.sealed(msgspec.structs.replace(made, **changed))


def face(person: str, visit: str, *, after_s: float = 0, camera: str = "gate", change: Change = Change.NEW) -> FaceRecognizedData:
    at = NOW + timedelta(seconds=after_s)
    return FaceRecognizedData(camera=camera, visit=visit, change=change, at=at, reason="votes", person=person, score=0.6)


def stranger(visit: str, *, change: Change = Change.NEW, camera: str = "gate") -> FaceUnknownData:
    return FaceUnknownData(camera=camera, visit=visit, change=change, at=NOW, reason="far")


def code(digest: str, visit: str, *, after_s: float = 0, camera: str = "gate") -> CodeReadData:
    return CodeReadData(camera=camera, visit=visit, at=NOW + timedelta(seconds=after_s), digest=digest)
