"""SenML bytes ↔ a pack of readings (RFC 8428, JSON): decode = validate, and what does not decode does not exist.

`columns` decodes to lists, which costs least per reading; `decode` makes objects of the same. A pack as our gateways write it is read a
narrow way; whatever is written otherwise, or is wrong, goes the general way, which knows all of the standard and says what is wrong.

Ours on top of the standard: names are ``{sensor}/{quantity}``, times are absolute and kept to the microsecond, a number has a known unit,
text, data and sum values are refused, no value is beyond ±10¹⁵ (`VALUE_LIMIT`), and a pack's base time ``bt`` is when it was put into the
outbox ("sent").
"""

import re
from functools import lru_cache
from math import isfinite
from typing import Final

import msgspec
from msgspec import UNSET, Struct, UnsetType

from wardroom import columns as narrow
from wardroom import units
from wardroom.columns import ABSOLUTE_US, LAST_US, RECORD_LIMIT, VALUE_LIMIT, Columns
from wardroom.errors import InvalidMessage, PackTooLarge
from wardroom.topics import ID

__all__ = (
    "ABSOLUTE_US", "LAST_US", "RECORD_LIMIT", "VALUE_LIMIT", "WIRE_LIMIT",
    "Columns", "Pack", "Reading", "Record", "columns", "decode", "encode", "split_name",
)  # fmt: skip

WIRE_LIMIT: Final = 262_144
"""Bytes a message may have: a constant below the shipped broker's limit, above which a broker drops silently."""
_VERSION: Final = 10
_NAME = re.compile(rf"({ID})/({ID})")


class Reading(Struct, frozen=True, gc=False):
    """One value of one quantity of one sensor at one instant.

    `observed_us`: microseconds since 1970 UTC by the gateway's clock. A boolean is 0.0 or 1.0 with the unit ``""``.
    """

    sensor: str
    quantity: str
    unit: str
    value: float
    observed_us: int


class Pack(Struct, frozen=True):
    """Readings that travel together; `sent_us` is the pack's base time, None where the sender gave none."""

    sent_us: int | None
    readings: tuple[Reading, ...]


class Record(Struct, omit_defaults=True, gc=False):
    """One SenML record as it stands on the wire (RFC 8428, table 1)."""

    bn: str | UnsetType = UNSET
    bt: float | UnsetType = UNSET
    bu: str | UnsetType = UNSET
    bv: float | UnsetType = UNSET
    bs: float | UnsetType = UNSET
    bver: int | UnsetType = UNSET
    n: str | UnsetType = UNSET
    u: str | UnsetType = UNSET
    v: float | UnsetType = UNSET
    vb: bool | UnsetType = UNSET
    vs: str | UnsetType = UNSET
    vd: str | UnsetType = UNSET
    s: float | UnsetType = UNSET
    t: float | UnsetType = UNSET
    ut: float | UnsetType = UNSET


_records: Final = msgspec.json.Decoder(list[Record])
_encoder: Final = msgspec.json.Encoder()


@lru_cache(maxsize=65_536)
def split_name(name: str) -> tuple[str, str] | None:
    """Return (sensor, quantity) of a resolved SenML name, None if it is no such name."""
    match = _NAME.fullmatch(name)
    return (match[1], match[2]) if match else None


class _Base:
    """The base values in force while a pack's records are resolved (RFC 8428 section 4.1)."""

    __slots__ = ("name", "sent_us", "time_us", "unit", "value")

    def __init__(self) -> None:
        self.name = ""
        self.sent_us: int | None = None
        self.time_us = 0
        self.unit: str | None = None
        self.value = 0.0

    def update(self, record: Record, index: int) -> None:
        if record.bn is not UNSET:
            self.name = record.bn
        if record.bt is not UNSET:
            self.time_us = _micros(record.bt, index)
            if self.sent_us is None and ABSOLUTE_US <= self.time_us < LAST_US:
                self.sent_us = self.time_us
        if record.bu is not UNSET:
            self.unit = record.bu
        if record.bv is not UNSET:
            self.value = record.bv + 0.0  # no minus zero
        if record.bver is not UNSET and record.bver > _VERSION:
            raise InvalidMessage("wire.bad_version", value=record.bver)
        if record.bs is not UNSET or record.s is not UNSET:
            raise InvalidMessage("wire.sum_value", index=index)


def _micros(seconds: float, index: int) -> int:
    if not isfinite(seconds) or abs(seconds) > LAST_US:
        raise InvalidMessage("wire.bad_time", index=index, value=seconds)
    return round(seconds * 1_000_000)


def _bounded(value: float, index: int) -> float:
    if not isfinite(value):
        raise InvalidMessage("wire.not_finite", index=index)
    if abs(value) > VALUE_LIMIT:
        raise InvalidMessage("wire.too_big", index=index, value=f"{value:g}", limit=f"{VALUE_LIMIT:g}")
    return value


def _value(record: Record, base: _Base, index: int) -> tuple[float, str]:
    if record.vs is not UNSET or record.vd is not UNSET:
        raise InvalidMessage("wire.text_value", index=index)
    if record.vb is not UNSET:
        if record.v is not UNSET:
            raise InvalidMessage("wire.two_values", index=index)
        return float(record.vb), units.BOOLEAN
    if record.v is UNSET:
        raise InvalidMessage("wire.no_value", index=index)
    value = _bounded(record.v + base.value, index)
    unit = base.unit if record.u is UNSET else record.u
    if unit is None or unit == "":
        raise InvalidMessage("wire.no_unit", index=index)
    if unit not in units.KNOWN:
        raise InvalidMessage("wire.unknown_unit", index=index, value=unit)
    return value, unit


def _resolve(record: Record, base: _Base, index: int) -> tuple[str, str, float, int]:
    base.update(record, index)
    name = base.name if record.n is UNSET else base.name + record.n
    if split_name(name) is None:
        raise InvalidMessage("wire.bad_name", index=index, value=name[:150])
    time_us = base.time_us if record.t is UNSET else base.time_us + _micros(record.t, index)
    if not ABSOLUTE_US <= time_us < LAST_US:
        raise InvalidMessage("wire.bad_time", index=index, value=time_us / 1_000_000)
    value, unit = _value(record, base, index)
    return name, unit, value, time_us


def _must_understand(payload: bytes) -> None:
    """Refuse labels that end in ``_``: whoever does not know them must not read the pack (RFC 8428 section 4.4)."""
    for record in msgspec.json.decode(payload, type=list[dict[str, msgspec.Raw]]):
        for label in record:
            if label.endswith("_"):
                raise InvalidMessage("wire.must_understand", value=label[:64])


def columns(payload: bytes) -> Columns:
    """Return the pack in `payload` as columns.

    Raises InvalidMessage, its key the reason, for anything that is not a pack of ours; PackTooLarge above the wire limit.
    """
    if len(payload) > WIRE_LIMIT:
        raise PackTooLarge("wire.too_large", size=len(payload), limit=WIRE_LIMIT)
    return narrow.read(payload) or _generally(payload)


def decode(payload: bytes) -> Pack:
    """Return the pack in `payload`; raises what `columns` raises."""
    found = columns(payload)
    parts = zip(found.names, found.units, found.values, found.observed_us, strict=True)
    return Pack(found.sent_us, tuple(Reading(*_parts(name), unit, value, time_us) for name, unit, value, time_us in parts))


def _parts(name: str) -> tuple[str, str]:
    sensor, _, quantity = name.partition("/")
    return sensor, quantity


def _generally(payload: bytes) -> Columns:
    try:
        records = _records.decode(payload)
        if b'_"' in payload:
            _must_understand(payload)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidMessage("wire.not_json", detail=str(error)[:300]) from error
    if not records:
        raise InvalidMessage("wire.empty")
    if len(records) > RECORD_LIMIT:
        raise InvalidMessage("wire.too_many", count=len(records), limit=RECORD_LIMIT)
    base = _Base()
    names, marks, values, times = zip(*(_resolve(record, base, index) for index, record in enumerate(records)), strict=True)
    return Columns(base.sent_us, list(names), list(marks), list(values), list(times))


def encode(readings: tuple[Reading, ...] | list[Reading], sent_us: int) -> bytes:
    """Return the SenML bytes of `readings`, sent at `sent_us` (microseconds since 1970 UTC).

    Raises PackTooLarge above the wire limit; InvalidMessage for no readings or too many.
    """
    if not readings:
        raise InvalidMessage("wire.empty")
    if len(readings) > RECORD_LIMIT:
        raise InvalidMessage("wire.too_many", count=len(readings), limit=RECORD_LIMIT)
    records = [
        Record(
            n=f"{reading.sensor}/{reading.quantity}",
            t=(reading.observed_us - sent_us) / 1_000_000,
            **({"v": reading.value, "u": reading.unit} if reading.unit else {"vb": reading.value != 0.0}),
        )
        for reading in readings
    ]
    records[0].bt = sent_us / 1_000_000
    payload = _encoder.encode(records)
    if len(payload) > WIRE_LIMIT:
        raise PackTooLarge("wire.too_large", size=len(payload), limit=WIRE_LIMIT)
    return payload
