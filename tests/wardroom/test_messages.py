from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from msgspec import Struct
from uuid6 import uuid7

from wardroom.errors import InvalidMessage, PackTooLarge
from wardroom.messages import (
    AnyEvent,
    Birth,
    GatewayState,
    Health,
    Name,
    OutboxDropped,
    OutboxDroppedData,
    OutboxHealth,
    Outcome,
    PackQuarantined,
    PackQuarantinedData,
    QuantityDescription,
    Receipt,
    SensorDescription,
    SensorFault,
    SensorFaultData,
    SensorFaultReason,
    SensorRecovered,
    SensorRecoveredData,
    Settled,
    SiteDescription,
    SiteKind,
    Status,
    decode,
    decode_event,
    encode,
)
from wardroom.senml import WIRE_LIMIT
from wardroom.topics import Gateway

NOW = datetime(2026, 6, 1, 8, 30, 0, 123456, tzinfo=UTC)
GATEWAY = Gateway("vp-ubnd", "gw-1")
FAULT = "vn.wardroom.sensor.fault.v1"
NAME = Name("Cổng 1", "Gateway 1")
BIRTH = Birth(
    boot="b1",
    at=NOW,
    software="wardroom 0.1.0",
    name=NAME,
    site=SiteDescription(NAME, SiteKind.OFFICE),
    sensors=(SensorDescription("air1", NAME, (QuantityDescription("temperature", "Cel", 60.0), QuantityDescription("open", "", 1.0))),),
)
HEALTH = Health(boot="b1", at=NOW, uptime_s=1.5, outbox=OutboxHealth(1, 2, 3.0, 4, 5, 6), rss_bytes=7, disk_free_bytes=8, clock_skew_s=-0.5)
RECEIPT = Receipt(NOW, (Settled("b1", 3, 9, Outcome.STORED), Settled("b1", 10, 10, Outcome.DEAD_LETTERED)))


def envelope(**changed: Any) -> dict[str, Any]:
    return {"id": str(uuid7()), "source": GATEWAY.prefix, "time": NOW, **changed}


EVENTS: list[AnyEvent] = [
    SensorFault(data=SensorFaultData("air1", SensorFaultReason.STUCK), subject="air1", **envelope()),
    SensorRecovered(data=SensorRecoveredData("air1", 12.5), offline=True, **envelope()),
    OutboxDropped(data=OutboxDroppedData(3, 4_096), **envelope()),
    PackQuarantined(data=PackQuarantinedData("b1", 7, 50), **envelope()),
]


@pytest.mark.parametrize(
    "message", [Status(GatewayState.OFFLINE, "b1"), BIRTH, HEALTH, RECEIPT], ids=lambda message: type(message).__name__
)
def test_what_is_encoded_decodes_to_the_same(message: Struct) -> None:
    assert decode(encode(message), type(message)) == message


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_an_event_comes_back_as_its_own_type(event: AnyEvent) -> None:
    decoded = decode_event(encode(event), GATEWAY)

    assert decoded == event
    assert type(decoded) is type(event)


def test_an_event_is_a_cloud_event() -> None:
    raw = msgspec.json.decode(encode(EVENTS[1]))

    assert raw["specversion"] == "1.0"
    assert raw["type"] == "vn.wardroom.sensor.recovered.v1"
    assert raw["time"] == "2026-06-01T08:30:00.123456Z"
    assert raw["datacontenttype"] == "application/json"


def test_an_event_with_unknown_attributes_is_read() -> None:
    raw = {**msgspec.to_builtins(EVENTS[0]), "traceparent": "00-1"}

    assert decode_event(msgspec.json.encode(raw), GATEWAY) == EVENTS[0]


def event(**changed: Any) -> bytes:
    raw = {"type": "vn.wardroom.outbox.dropped.v1", "specversion": "1.0", "data": {"packs": 1, "bytes": 2}, **envelope(), **changed}
    return msgspec.json.encode({key: value for key, value in raw.items() if value is not None})


@pytest.mark.parametrize(
    ("key", "payload"),
    [
        ("wire.bad_event", b""),
        ("wire.bad_event", b"[]"),
        ("wire.bad_event", b'"\xff"'),
        ("wire.bad_event", event(type="vn.wardroom.unknown.v1")),
        ("wire.bad_event", event(type=None)),
        ("wire.bad_event", event(id="1")),
        ("wire.bad_event", event(id="2f0c4e9e-7f1a-4b6c-8d3e-0123456789ab")),  # version 4
        ("wire.bad_event", event(id=str(uuid7()) + "\n")),
        ("wire.bad_event", event(time="2026-06-01T08:30:00")),  # no zone
        ("wire.bad_event", event(specversion="0.3")),
        ("wire.bad_event", event(data={"packs": -1, "bytes": 2})),
        ("wire.bad_event", event(data={"packs": 1, "bytes": 2, "more": 3})),
        ("wire.bad_event", event(subject="air\u202e1")),
        ("wire.bad_event", event(subject="air1\n")),
        ("wire.bad_event", event(type=FAULT, data={"sensor": "air1", "reason": "stuck", "detail": "a\u2067b"})),
        ("wire.bad_event", event(type=FAULT, data={"sensor": "air1", "reason": "stuck", "detail": "a\0b"})),
        ("wire.bad_event", event(type=FAULT, data={"sensor": "air1", "reason": "stuck", "detail": "a\u009b31mb"})),
        ("wire.wrong_source", event(source="ward/vp-ubnd/gw-2")),
        ("wire.too_large", b" " * (WIRE_LIMIT + 1)),
    ],
)
def test_what_is_no_event_of_the_gateway_is_refused_with_its_reason(key: str, payload: bytes) -> None:
    with pytest.raises(InvalidMessage) as caught:
        decode_event(payload, GATEWAY)

    assert caught.value.key == key
    assert isinstance(caught.value, PackTooLarge) == (key == "wire.too_large")


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        (Status, {"state": "asleep", "boot": "b1"}),
        (Status, {"state": "online", "boot": "b 1"}),
        (Status, {"state": "online", "boot": "b1\n"}),
        (Status, {"state": "online", "boot": "b1", "more": 1}),
        (Receipt, {"at": "2026-06-01T08:30:00Z", "settled": []}),
        (Settled, {"boot": "b1", "first": 9, "last": 3, "outcome": "stored"}),
        (Settled, {"boot": "b1", "first": 0, "last": 2**53, "outcome": "stored"}),
        (QuantityDescription, {"id": "t", "unit": "furlong", "period_s": 1}),
        (QuantityDescription, {"id": "t", "unit": "Cel", "period_s": 0}),
        (Name, {"vi": "", "en": "x"}),
        (Name, {"vi": "x", "en": "Gate\u202e1"}),
        (Name, {"vi": "x\n", "en": "x"}),
        (Name, {"vi": "x\u2066", "en": "x"}),
        (SiteDescription, {"name": {"vi": "x", "en": "x"}, "kind": "castle"}),
    ],
)
def test_a_message_that_is_out_of_bounds_does_not_exist(kind: type[Struct], raw: dict[str, Any]) -> None:
    with pytest.raises(InvalidMessage) as caught:
        decode(msgspec.json.encode(raw), kind)

    assert caught.value.key == "wire.not_json"
