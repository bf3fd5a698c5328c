"""messages + their series → the rows of one transaction: pure; COPY bytes for the readings, lists for the few others."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, cast

from msgspec import Struct

from ingest.batch import Message
from ingest.dead_letters import REPLACEMENT, DeadLetter, letter, letter_for
from ingest.decode import Happening, Readings, Rejected, Report
from ingest.packed import Load, Packed, load, packed
from ingest.series import Shelf
from wardroom import messages
from wardroom.errors import InvalidMessage
from wardroom.messages import AnyEvent, Birth, Health, SensorDescription, Status
from wardroom.senml import Columns
from wardroom.topics import Gateway, PackTopic

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NO_SERIES: Final = "ingest.too_many_series"
_NUL: Final = re.compile(rb"(?<!\\)((?:\\\\)*)\\u0000")


class Delivery(Struct, gc=False):
    """One pack from an outbox: `message` is its place in the batch, `packed` its readings, None where it has none to store."""

    message: int
    pack: PackTopic
    sent_us: int | None
    received_us: int
    records: int
    dead: bool = False
    packed: Packed | None = None


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
    """All that one transaction writes.

    `missing` is true where a series was not on its gateway's shelf. `load` is every reading, on the guess that no pack was here before.
    """

    batch: Sequence[Message]
    deliveries: list[Delivery] = field(default_factory=list)
    events: list[EventRow] = field(default_factory=list)
    letters: list[DeadLetter] = field(default_factory=list)
    reports: dict[tuple[Gateway, type], ReportRow] = field(default_factory=dict)
    missing: bool = False
    load: Load | None = None

    @property
    def span_us(self) -> tuple[int, int] | None:
        """The earliest and the latest observed time among the readings, in microseconds since 1970 UTC; None without any."""
        packs = [each.packed for each in self.deliveries if each.packed is not None]
        return (min(pack.first_us for pack in packs), max(pack.last_us for pack in packs)) if packs else None

    def bury(self, message: int, error: InvalidMessage) -> None:
        """Add the dead letter of a message that cannot be stored, or not wholly."""
        found = self.batch[message]
        self.letters.append(letter_for(found.envelope, error, _gateway(found)))
        for delivery in self.deliveries:
            if delivery.message == message:
                delivery.dead = True


def wanted(batch: Iterable[Message]) -> dict[Gateway, dict[str, str]]:
    """Return every series a batch speaks of, with the unit of the first to do so."""
    found: dict[Gateway, dict[str, str]] = {}
    for message in batch:
        match message.decoded:
            case Readings(topic, pack):
                units = found.setdefault(topic.gateway, {})
                for name, unit in zip(pack.names, pack.units, strict=True):
                    units.setdefault(name, unit)
            case Report(gateway=place, report=Birth() as birth):
                units = found.setdefault(place, {})
                for sensor in birth.sensors:
                    for quantity in sensor.quantities:
                        units.setdefault(f"{sensor.id}/{quantity.id}", quantity.unit)
            case _:
                pass
    return found


def build(batch: Sequence[Message], shelf: Callable[[Gateway], Shelf]) -> Rows:
    """Return the rows of a batch; what has no series on its gateway's `shelf` is refused and makes `Rows.missing` true."""
    rows = Rows(batch)
    for index in range(len(batch)):
        add(rows, index, shelf)
    seal(rows)
    return rows


def add(rows: Rows, index: int, shelf: Callable[[Gateway], Shelf]) -> None:
    """Add one message of the batch."""
    message = rows.batch[index]
    received_us = message.envelope.received_us
    match message.decoded:
        case Readings(topic, pack):
            delivery = Delivery(index, topic, pack.sent_us, received_us, len(pack.names))
            rows.deliveries.append(delivery)
            _pack(rows, delivery, pack, shelf(topic.gateway))
        case Happening(topic, event):
            rows.deliveries.append(Delivery(index, topic, None, received_us, 1))
            rows.events.append(EventRow(index, topic.gateway, event, instant(received_us)))
        case Report(gateway, report):
            row = rows.reports[gateway, type(report)] = ReportRow(gateway, report, instant(received_us))
            if isinstance(report, Birth):
                _describe(rows, index, row, report, shelf(gateway))
        case Rejected(reason, detail, gateway, topic):
            if topic is not None:
                rows.deliveries.append(Delivery(index, topic, None, received_us, 0, dead=True))
            rows.letters.append(letter(message.envelope, reason, detail, gateway))
        case _:
            pass


def seal(rows: Rows) -> None:
    """Make the one COPY of all readings, after the last message."""
    rows.load = load(each.packed for each in rows.deliveries if each.packed is not None)


def _pack(rows: Rows, delivery: Delivery, pack: Columns, shelf: Shelf) -> None:
    """Add a pack's readings, all but those without a series and those whose unit is not their series'."""
    heads = list(map(shelf.heads.get, pack.names))
    if None in heads or list(map(shelf.units.get, pack.names)) != pack.units:
        pack = _accepted(rows, delivery.message, pack, shelf)
        heads = [shelf.heads[name] for name in pack.names]
    if pack.names:
        delivery.packed = packed(pack, cast("list[bytes]", heads), delivery.received_us)


def _accepted(rows: Rows, index: int, pack: Columns, shelf: Shelf) -> Columns:
    """Return what of a pack can be stored; the rest is refused."""
    refused = _Refused(shelf)
    kept: list[int] = []
    for place, (name, unit) in enumerate(zip(pack.names, pack.units, strict=True)):
        if shelf.units.get(name) == unit:
            kept.append(place)
        else:
            refused.add(name, unit)
    refused.bury(rows, index)
    return Columns(
        pack.sent_us,
        [pack.names[place] for place in kept],
        [pack.units[place] for place in kept],
        [pack.values[place] for place in kept],
        [pack.observed_us[place] for place in kept],
    )


def _describe(rows: Rows, index: int, row: ReportRow, birth: Birth, shelf: Shelf) -> None:
    """Note what a birth says of its series and sensors."""
    refused = _Refused(shelf)
    for sensor in birth.sensors:
        for quantity in sensor.quantities:
            name = f"{sensor.id}/{quantity.id}"
            if name in shelf.ids:
                row.sensors[sensor.id] = sensor
            if shelf.units.get(name) == quantity.unit:
                row.periods[shelf.ids[name]] = quantity.period_s
            else:
                refused.add(name, quantity.unit)
    refused.bury(rows, index)


class _Refused:
    """What one message says that is not stored, by the reason: the first of each kind, and how many."""

    __slots__ = ("_counts", "_errors", "_shelf")

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._errors: dict[str, dict[str, object]] = {}
        self._counts: Counter[str] = Counter()

    def add(self, name: str, unit: str) -> None:
        """Note a reading or a description whose series is not there, or has another unit."""
        data: dict[str, object] = {"series": name}
        expected = self._shelf.units.get(name)
        if expected is None:
            key = _NO_SERIES
        else:
            key = "ingest.changed_unit"
            data |= {"value": unit, "expected": expected}
        self._errors.setdefault(key, data)
        self._counts[key] += 1

    def bury(self, rows: Rows, index: int) -> None:
        """Make a dead letter for each reason."""
        for key, data in self._errors.items():
            if key == _NO_SERIES:
                rows.missing = True
                place = _gateway(rows.batch[index])
                data["gateway"] = f"{place.site}/{place.gateway}" if place else "-"
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
