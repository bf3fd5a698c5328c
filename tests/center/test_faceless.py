import msgspec
import pytest

from center.faceless import TOLD, faceless
from tests.center.factories import event
from wardroom.live import LiveEvent
from wardroom.sight_events import CodeRead, CodeReadData, FaceRecognized, FaceRecognizedData, FaceUnknown, FaceUnknownData

KINDS = ((FaceRecognized, FaceRecognizedData), (FaceUnknown, FaceUnknownData), (CodeRead, CodeReadData))
IDENTITY = {"person", "score", "runner_up", "runner_up_score", "nearest", "nearest_score", "evidence", "digest"}


@pytest.mark.parametrize(("kind", "data"), KINDS)
def test_a_wall_learns_that_there_was_a_face_or_a_code_and_not_whose(kind: type[msgspec.Struct], data: type[msgspec.Struct]) -> None:
    fields = set(data.__struct_fields__)
    told = faceless(_event(str(kind.__struct_config__.tag), fields))

    assert set(told.data) == fields & TOLD
    assert fields - TOLD <= IDENTITY


def test_other_events_are_told_whole() -> None:
    assert faceless(event()) == event()


def _event(kind: str, fields: set[str]) -> LiveEvent:
    return msgspec.structs.replace(event(), type=kind, data=dict.fromkeys(fields, "x"))
