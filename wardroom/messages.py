"""bytes ↔ message: what gateways and ingest say to each other beside readings (status, birth, health, receipts, events).

Every type is a `msgspec` struct that refuses to exist if invalid: decode = validate. Readings are in `wardroom.senml`.
Events are CloudEvents 1.0, structured JSON; `source` + `id` is the idempotency key.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final, TypeVar, cast, get_args

import msgspec
from msgspec import Meta, Struct

from wardroom import units
from wardroom.camera_events import CameraStatus, CameraStatusData
from wardroom.errors import InvalidMessage, PackTooLarge
from wardroom.event import Count, Detail, Event, Id, Instant, Seq, Text
from wardroom.senml import WIRE_LIMIT
from wardroom.sight_events import AnySight, SightData
from wardroom.topics import Gateway

EVENT_PREFIX: Final = "vn.wardroom."


class GatewayState(StrEnum):
    """What a gateway's session says of itself: `offline` is the last will's word."""

    ONLINE = "online"
    STOPPED = "stopped"
    OFFLINE = "offline"


class Status(Struct, frozen=True, forbid_unknown_fields=True):
    """Retained on ``…/status``, published on every connect; the last will says offline."""

    state: GatewayState
    boot: Id


class Name(Struct, frozen=True, forbid_unknown_fields=True):
    """A name people read, in both languages."""

    vi: Text
    en: Text


class SiteKind(StrEnum):
    """What kind of place a site is."""

    OFFICE = "office"
    RESIDENTIAL_GROUP = "residential_group"
    PUBLIC_PLACE = "public_place"


class SiteDescription(Struct, frozen=True, forbid_unknown_fields=True):
    """The place a gateway stands in."""

    name: Name
    kind: SiteKind


class QuantityDescription(Struct, frozen=True, forbid_unknown_fields=True):
    """One quantity a sensor measures; `period_s` is the longest silence that is still normal."""

    id: Id
    unit: Annotated[str, Meta(max_length=16)]
    period_s: Annotated[float, Meta(gt=0, le=86_400)]

    def __post_init__(self) -> None:
        """Refuse a unit nobody knows."""
        if self.unit != units.BOOLEAN and self.unit not in units.KNOWN:
            raise ValueError(f"unit '{self.unit}' is not in the registry")


class SensorDescription(Struct, frozen=True, forbid_unknown_fields=True):
    """One sensor behind a gateway."""

    id: Id
    name: Name
    quantities: Annotated[tuple[QuantityDescription, ...], Meta(max_length=64)]


class Birth(Struct, frozen=True, forbid_unknown_fields=True):
    """Retained on ``…/birth``, published on every connect: who the gateway is and what it measures."""

    boot: Id
    at: Instant
    software: Text
    name: Name
    site: SiteDescription
    sensors: Annotated[tuple[SensorDescription, ...], Meta(max_length=1_000)]


class OutboxHealth(Struct, frozen=True, forbid_unknown_fields=True):
    """How full the outbox is, and what it had to do since the boot."""

    packs: Count
    bytes: Count
    oldest_s: Annotated[float, Meta(ge=0)]
    dropped: Count
    quarantined: Count
    resent: Count


class Health(Struct, frozen=True, forbid_unknown_fields=True):
    """The heartbeat on ``…/health``; `clock_skew_s` is the gateway's clock minus ingest's, None until a receipt told."""

    boot: Id
    at: Instant
    uptime_s: Annotated[float, Meta(ge=0)]
    outbox: OutboxHealth
    rss_bytes: Count
    disk_free_bytes: Count
    clock_skew_s: float | None = None
    temperature_c: float | None = None


class Outcome(StrEnum):
    """What a transaction did with a pack."""

    STORED = "stored"
    ALREADY = "already"
    DEAD_LETTERED = "dead_lettered"


class Settled(Struct, frozen=True, forbid_unknown_fields=True):
    """A range of sequences of one boot, both ends included."""

    boot: Id
    first: Seq
    last: Seq
    outcome: Outcome

    def __post_init__(self) -> None:
        """Refuse a range that ends before it begins."""
        if self.last < self.first:
            raise ValueError(f"last {self.last} is before first {self.first}")


class Receipt(Struct, frozen=True, forbid_unknown_fields=True):
    """On ``…/receipts`` after COMMIT: exactly what was settled; `at` is ingest's clock when it sent this."""

    at: Instant
    settled: Annotated[tuple[Settled, ...], Meta(min_length=1, max_length=10_000)]


class SensorFaultReason(StrEnum):
    """Why a sensor is not to be believed."""

    NO_ANSWER = "no_answer"
    BAD_VALUE = "bad_value"
    STUCK = "stuck"


class SensorFaultData(Struct, frozen=True, forbid_unknown_fields=True):
    """A sensor stopped telling the truth."""

    sensor: Id
    reason: SensorFaultReason
    detail: Detail = ""


class SensorRecoveredData(Struct, frozen=True, forbid_unknown_fields=True):
    """A sensor answers again; `fault_s` is how long it did not."""

    sensor: Id
    fault_s: Annotated[float, Meta(ge=0)]


class OutboxDroppedData(Struct, frozen=True, forbid_unknown_fields=True):
    """The outbox was full and dropped its oldest readings."""

    packs: Count
    bytes: Count


class PackQuarantinedData(Struct, frozen=True, forbid_unknown_fields=True):
    """A pack was resent as often as allowed without a receipt and set aside on the gateway."""

    boot: Id
    seq: Seq
    sends: Count


class SensorFault(Event, frozen=True, kw_only=True, tag="vn.wardroom.sensor.fault.v1"):
    """`SensorFaultData` in its envelope."""

    data: SensorFaultData


class SensorRecovered(Event, frozen=True, kw_only=True, tag="vn.wardroom.sensor.recovered.v1"):
    """`SensorRecoveredData` in its envelope."""

    data: SensorRecoveredData


class OutboxDropped(Event, frozen=True, kw_only=True, tag="vn.wardroom.outbox.dropped.v1"):
    """`OutboxDroppedData` in its envelope."""

    data: OutboxDroppedData


class PackQuarantined(Event, frozen=True, kw_only=True, tag="vn.wardroom.outbox.quarantined.v1"):
    """`PackQuarantinedData` in its envelope."""

    data: PackQuarantinedData


AnyEvent = SensorFault | SensorRecovered | OutboxDropped | PackQuarantined | CameraStatus | AnySight
EventData = SensorFaultData | SensorRecoveredData | OutboxDroppedData | PackQuarantinedData | CameraStatusData | SightData
T = TypeVar("T")

_KINDS: Final[Mapping[type, type[Event]]] = {
    next(field.type for field in msgspec.structs.fields(kind) if field.name == "data"): kind for kind in get_args(AnyEvent)
}
_events: Final = msgspec.json.Decoder(AnyEvent)
_encoder: Final = msgspec.json.Encoder()


def enveloped(data: EventData, *, id: str, source: str, time: datetime, offline: bool, subject: str | None) -> AnyEvent:  # noqa: A002
    """Return the event whose data these are."""
    return cast(AnyEvent, _KINDS[type(data)](id=id, source=source, time=time, offline=offline, subject=subject, data=data))  # type: ignore[call-arg]


def decode_event(payload: bytes, source: Gateway) -> AnyEvent:
    """Return the event in `payload`, published under `source`.

    Raises InvalidMessage for anything that is not an event of ours, or says it comes from elsewhere.
    """
    event: AnyEvent = _decoded(_events, payload, "wire.bad_event")
    if event.source != source.prefix:
        raise InvalidMessage("wire.wrong_source", value=event.source[:200], expected=source.prefix)
    return event


def decode(payload: bytes, kind: type[T]) -> T:
    """Return the status, birth, health or receipt in `payload`; raises InvalidMessage."""
    return _decoded(msgspec.json.Decoder(kind), payload, "wire.not_json")


def _decoded(decoder: "msgspec.json.Decoder[T]", payload: bytes, key: str) -> T:
    if len(payload) > WIRE_LIMIT:
        raise PackTooLarge("wire.too_large", size=len(payload), limit=WIRE_LIMIT)
    try:
        return decoder.decode(payload)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidMessage(key, detail=str(error)[:300]) from error


def encode(message: Struct) -> bytes:
    """Return the JSON bytes of a message."""
    return _encoder.encode(message)
