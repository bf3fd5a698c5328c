"""messages + their series → the rows of one transaction: pure; binary COPY bytes for the readings, lists for the few others."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from struct import Struct
from typing import Final

from ingest.batch import Message
from ingest.dead_letters import REPLACEMENT, DeadLetter, letter, letter_for
from ingest.decode import Happening, Readings, Rejected, Report
from ingest.series import Name, Series
from wardroom import messages
from wardroom.errors import InvalidMessage
from wardroom.flags import flags
from wardroom.messages import AnyEvent, Birth, Health, SensorDescription, Status
from wardroom.topics import Gateway, PackTopic

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
HEADER: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER: Final = b"\xff\xff"
_POSTGRES_EPOCH_US: Final = 946_684_800_000_000
_pack: Final = Struct(">hiiiiiqidihiq").pack
"""Six fields, each with its length before it: item int4, series_id int4, time int8, value float8, flags int2, received int8."""
_NUL: Final = re.compile(rb"(?<!\\)((?:\\\\)*)\\u0000")


@dataclass(slots=True)
class Delivery:
    """One pack from an outbox; `message` is its place in the batch."""

    message: int
    pack: PackTopic
    sent: datetime | None
    received: datetime
    records: int
    dead: bool = False


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event and the message it came in."""

    message: int
    gateway: Gateway
    event: AnyEvent
    received: datetime

    def columns(self) -> tuple[object, ...]:
        """Return the values of the table's columns, in the statements' order."""
        event, place = self.event, self.gateway
        kind = type(event).__struct_config__.tag
        subject = None if event.subject is None else event.subject.replace("\0", REPLACEMENT)
        data = storable_json(messages.encode(event.data))
        return event.source, event.id, place.site, place.gateway, kind, event.time, self.received, event.offline, subject, data


@dataclass(frozen=True, slots=True)
class ReportRow:
    """What a gateway said of itself last in this batch, one per kind.

    Only a birth has `periods`, series id → period, and `sensors`, those that have a series: each series in the table counts, so that a
    gateway's limit of them holds for its sensors too.
    """

    gateway: Gateway
    report: Status | Birth | Health
    received: datetime
    periods: dict[int, float] = field(default_factory=dict)
    sensors: dict[str, SensorDescription] = field(default_factory=dict)


@dataclass(slots=True)
class Rows:
    """All that one transaction writes."""

    batch: Sequence[Message]
    copy: bytearray = field(default_factory=lambda: bytearray(HEADER))
    staged: int = 0
    names: dict[int, Name] = field(default_factory=dict)
    deliveries: list[Delivery] = field(default_factory=list)
    events: list[EventRow] = field(default_factory=list)
    letters: list[DeadLetter] = field(default_factory=list)
    reports: dict[tuple[Gateway, type], ReportRow] = field(default_factory=dict)

    def bury(self, message: int, error: InvalidMessage) -> None:
        """Add the dead letter of a message that cannot be stored, or not wholly."""
        found = self.batch[message]
        self.letters.append(letter_for(found.envelope, error, _gateway(found)))
        for delivery in self.deliveries:
            if delivery.message == message:
                delivery.dead = True


def wanted(batch: Iterable[Message]) -> dict[Name, str]:
    """Return every series a batch speaks of, with the unit of the first to do so."""
    units: dict[Name, str] = {}
    for message in batch:
        match message.decoded:
            case Readings(topic, pack):
                site, gateway = topic.gateway.site, topic.gateway.gateway
                for reading in pack.readings:
                    units.setdefault(Name(site, gateway, reading.sensor, reading.quantity), reading.unit)
            case Report(gateway=place, report=Birth() as birth):
                for sensor in birth.sensors:
                    for quantity in sensor.quantities:
                        units.setdefault(Name(place.site, place.gateway, sensor.id, quantity.id), quantity.unit)
            case _:
                pass
    return units


def build(batch: Sequence[Message], series: Mapping[Name, Series]) -> Rows:
    """Return the rows of a batch; `series` has all that are `wanted`, but for those their gateways have no room for."""
    rows = Rows(batch)
    for index, message in enumerate(batch):
        received = instant(message.envelope.received_us)
        match message.decoded:
            case Readings(topic, pack):
                sent = None if pack.sent_us is None else instant(pack.sent_us)
                rows.deliveries.append(Delivery(index, topic, sent, received, len(pack.readings)))
                _stage(rows, index, message.decoded, series)
            case Happening(topic, event):
                rows.deliveries.append(Delivery(index, topic, None, received, 1))
                rows.events.append(EventRow(index, topic.gateway, event, received))
            case Report(gateway, report):
                row = rows.reports[gateway, type(report)] = ReportRow(gateway, report, received)
                if isinstance(report, Birth):
                    _describe(rows, index, row, report, series)
            case Rejected(reason, detail, gateway, topic):
                if topic is not None:
                    rows.deliveries.append(Delivery(index, topic, None, received, 0, dead=True))
                rows.letters.append(letter(message.envelope, reason, detail, gateway))
            case _:
                pass
    rows.copy += TRAILER
    return rows


def _stage(rows: Rows, index: int, decoded: Readings, series: Mapping[Name, Series]) -> None:
    """Add a pack's readings, all but those without a series and those whose unit is not their series'."""
    site, gateway = decoded.topic.gateway.site, decoded.topic.gateway.gateway
    received_us = rows.batch[index].envelope.received_us
    received = received_us - _POSTGRES_EPOCH_US
    refused = _Refused()
    copy, names = rows.copy, rows.names
    for reading in decoded.pack.readings:
        name = Name(site, gateway, reading.sensor, reading.quantity)
        found = series.get(name)
        if found is None or found.unit != reading.unit:
            refused.add(name, reading.unit, found)
            continue
        number = found.id
        observed = reading.observed_us
        copy += _pack(
            6, 4, index, 4, number, 8, observed - _POSTGRES_EPOCH_US, 8, reading.value, 2, flags(observed, received_us), 8, received
        )
        names[number] = name
        rows.staged += 1
    refused.bury(rows, index)


def _describe(rows: Rows, index: int, row: ReportRow, birth: Birth, series: Mapping[Name, Series]) -> None:
    """Note what a birth says of its series and sensors."""
    refused = _Refused()
    for sensor in birth.sensors:
        for quantity in sensor.quantities:
            name = Name(row.gateway.site, row.gateway.gateway, sensor.id, quantity.id)
            found = series.get(name)
            if found is not None:
                row.sensors[sensor.id] = sensor
            if found is None or found.unit != quantity.unit:
                refused.add(name, quantity.unit, found)
            else:
                row.periods[found.id] = quantity.period_s
    refused.bury(rows, index)


class _Refused:
    """What one message says that is not stored, by the reason: the first of each kind, and how many."""

    __slots__ = ("_counts", "_errors")

    def __init__(self) -> None:
        self._errors: dict[str, dict[str, object]] = {}
        self._counts: Counter[str] = Counter()

    def add(self, name: Name, unit: str, found: Series | None) -> None:
        """Note a reading or a description whose series is not there, or has another unit."""
        data: dict[str, object] = {"series": f"{name.sensor}/{name.quantity}"}
        if found is None:
            key = "ingest.too_many_series"
            data["gateway"] = f"{name.site}/{name.gateway}"
        else:
            key = "ingest.changed_unit"
            data |= {"value": unit, "expected": found.unit}
        self._errors.setdefault(key, data)
        self._counts[key] += 1

    def bury(self, rows: Rows, index: int) -> None:
        """Make a dead letter for each reason."""
        for key, data in self._errors.items():
            rows.bury(index, InvalidMessage(key, count=self._counts[key], **data))


def _gateway(message: Message) -> Gateway | None:
    match message.decoded:
        case Readings(topic, _) | Happening(topic, _):
            return topic.gateway
        case Report(gateway, _) | Rejected(gateway=gateway):
            return gateway
        case _:
            return None


def instant(us: int) -> datetime:
    """Return microseconds since 1970 UTC as PostgreSQL's driver takes them, exactly."""
    return EPOCH + timedelta(microseconds=us)


def storable_json(data: bytes) -> str:
    """Return JSON that jsonb can keep: it refuses the escaped NUL."""
    return _NUL.sub(rb"\1\\ufffd", data).decode() if rb"\u0000" in data else data.decode()
