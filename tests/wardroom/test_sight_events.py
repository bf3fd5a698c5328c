from datetime import UTC, datetime
from typing import get_args

import msgspec
import pytest

from tests.edge.factories import GATEWAY
from wardroom import messages
from wardroom.sight_events import (
    AnySight,
    Change,
    CodeReadData,
    FaceRecognizedData,
    FaceUnknownData,
    ObjectEnteredData,
    ObjectLeftData,
    ObjectLoiteringData,
    ObjectVisitData,
    SightData,
    ZoneCrowdedData,
)

AT = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
VISIT = "019aaea4-7f40-7c3d-9b1e-5a2f0c64d801"
SIGHTS: list[SightData] = [
    ObjectVisitData(camera="gate", visit=VISIT, change=Change.UPDATE, label="person", score=0.9, began=AT, seen=AT, zones="yard,door"),
    ObjectEnteredData(camera="gate", zone="yard", label="person", at=AT, visit=VISIT),
    ObjectLeftData(camera="gate", zone="yard", label="person", at=AT, stayed_s=2.5),
    ObjectLoiteringData(camera="gate", zone="yard", label="person", at=AT, stayed_s=90.0),
    ZoneCrowdedData(camera="gate", zone="yard", crowded=True, count=12, at=AT),
    CodeReadData(camera="gate", visit=VISIT, at=AT, digest="0a" * 32),
    FaceRecognizedData(
        camera="gate",
        visit=VISIT,
        change=Change.NEW,
        at=AT,
        reason="named",
        person="p-17",
        score=0.61,
        votes=4,
        frames=5,
        runner_up="p-3",
        runner_up_score=0.2,
        liveness=0.8,
    ),
    FaceUnknownData(camera="gate", visit=VISIT, change=Change.END, at=AT, reason="margin", nearest="p-3", nearest_score=0.41),
]


@pytest.mark.parametrize("data", SIGHTS)
def test_what_is_seen_travels_as_it_is_and_is_flat(data: SightData) -> None:
    sent = messages.enveloped(data, id=VISIT, source=GATEWAY.prefix, time=AT, offline=True, subject=data.camera)

    assert messages.decode_event(messages.encode(sent), GATEWAY) == sent
    assert all(isinstance(value, str | int | float | bool | None) for value in msgspec.to_builtins(data).values())


def test_every_type_of_sight_is_tried() -> None:
    assert len({type(data) for data in SIGHTS}) == len(get_args(AnySight))


@pytest.mark.parametrize("zones", ["yard,", ",yard", "yard door", "sân"])
def test_zones_are_ids_with_commas_between(zones: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(msgspec.to_builtins(SIGHTS[0]) | {"zones": zones}, ObjectVisitData)
