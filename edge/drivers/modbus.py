"""Modbus registers → samples: input and holding registers, coils and discrete inputs, over TCP or a serial line (RTU).

A sensor's ``options`` say where its device is: ``host`` and ``port``, or ``serial`` with the line's settings, and ``unit``, its number.
A quantity's ``options`` say where its value is and how it is written.
"""

import struct
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, Literal

from msgspec import Meta, Struct

from edge.drivers.loading import checked
from edge.drivers.modbus_link import Address, Bits, Link, Links, Request, Words
from edge.sensors import Sample
from edge.settings import SensorSettings
from wardroom.clock import Clock
from wardroom.errors import ConfigError
from wardroom.settings import Port

_FORMATS: Final = {"int16": "h", "uint16": "H", "int32": "i", "uint32": "I", "float32": "f"}
_DIGITS: Final = 9
"""Scaling is decimal in the data sheet and binary here: 213 times 0.1 is 21.3."""


class ModbusOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the device is."""

    host: Annotated[str | None, Meta(description="The device's or the converter's name or address (Modbus TCP).")] = None
    port: Annotated[Port, Meta(description="Its port.")] = 502
    serial: Annotated[str | None, Meta(description="The serial port (Modbus RTU), e.g. /dev/ttyUSB0.")] = None
    baudrate: Annotated[int, Meta(description="The line's speed.", ge=300, le=4_000_000)] = 9_600
    parity: Annotated[Literal["N", "E", "O"], Meta(description="The line's parity.")] = "N"
    stopbits: Annotated[Literal[1, 2], Meta(description="The line's stop bits.")] = 1
    unit: Annotated[int, Meta(description="The device's number on the line.", ge=0, le=255)] = 1
    timeout_s: Annotated[float, Meta(description="How long one answer may take (seconds); each request is tried twice.", gt=0, le=60)] = 1.0


class Place(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where one value is, and how it is written: value = raw times `scale` plus `offset`."""

    register: Annotated[int, Meta(description="The address in the request, counted from 0.", ge=0, le=65_535)]
    kind: Annotated[Literal["input", "holding", "coil", "discrete"], Meta(description="Which of the four tables.")] = "input"
    type: Annotated[Literal["int16", "uint16", "int32", "uint32", "float32"], Meta(description="How registers hold the number.")] = "int16"
    words: Annotated[Literal["big", "little"], Meta(description="Which of two registers comes first: the high (big) or the low.")] = "big"
    scale: Annotated[float, Meta(description="Times this.")] = 1.0
    offset: Annotated[float, Meta(description="Plus this, after scaling.")] = 0.0

    @property
    def count(self) -> int:
        """How many registers the value takes."""
        return struct.calcsize(_FORMATS[self.type]) // 2 if self.kind in Words.KINDS else 1


class Modbus:
    """One Modbus device, or a part of one."""

    def __init__(self, sensor: SensorSettings, clock: Clock) -> None:
        options = checked(sensor.options, ModbusOptions, sensor.id, "options")
        self._address = _address(options, sensor.id)
        self._clock = clock
        self._places = {quantity.id: _place(quantity.options, sensor.id, f"{quantity.id}.options") for quantity in sensor.quantities}
        self._plan = _plan(options.unit, self._places)
        self._link: Link | None = None

    async def open(self) -> None:
        """Share the connection to the device's address; the first request connects it."""
        self._link = Links.shared(self._address, self._clock)

    async def read(self) -> tuple[Sample, ...]:
        """Ask for every quantity; registers side by side in one request. Raises SensorError."""
        if self._link is None:
            await self.open()
        assert self._link is not None  # noqa: S101 - narrows: opened in the line above
        samples: list[Sample] = []
        for request, quantities in self._plan:
            answer = await self._link.ask(request)
            for quantity in quantities:
                place = self._places[quantity]
                start = place.register - request.start
                samples.append(Sample(quantity, value(place, answer[start : start + place.count])))
        return tuple(samples)

    async def close(self) -> None:
        """Give the connection back; the last sensor on it closes it."""
        if self._link is not None:
            self._link.release()
            self._link = None


def value(place: Place, raw: Sequence[int] | Sequence[bool]) -> float:
    """Return the value in `raw`: one bit, or as many registers as the place's type takes."""
    if place.kind in Bits.KINDS:
        return float(raw[0])
    words = raw if place.words == "big" else tuple(reversed(raw))
    number: float = struct.unpack(f">{_FORMATS[place.type]}", struct.pack(f">{len(words)}H", *words))[0]
    if place.scale == 1.0 and place.offset == 0.0:
        return float(number)
    return round(number * place.scale + place.offset, _DIGITS)


def _address(options: ModbusOptions, sensor: str) -> Address:
    if (options.host is None) == (options.serial is None):
        raise ConfigError("edge.modbus_place", sensor=sensor)
    if options.host is not None:
        return Address(f"{options.host}:{options.port}", host=options.host, port=options.port, timeout_s=options.timeout_s)
    assert options.serial is not None  # noqa: S101 - narrows: one of the two is set, said above
    return Address(
        options.serial,
        serial=options.serial,
        baudrate=options.baudrate,
        parity=options.parity,
        stopbits=options.stopbits,
        timeout_s=options.timeout_s,
    )


def _place(options: dict[str, Any], sensor: str, where: str) -> Place:
    place = checked(options, Place, sensor, where)
    if place.scale == 0.0:
        raise ConfigError("edge.bad_option", sensor=sensor, field=f"{where}.scale", value=0, detail="a scale of 0 hides the value")
    if place.register + place.count > 65_536:
        raise ConfigError(
            "edge.bad_option", sensor=sensor, field=f"{where}.register", value=place.register, detail=f"{place.type} takes {place.count}"
        )
    return place


def _plan(unit: int, places: Mapping[str, Place]) -> list[tuple[Request, list[str]]]:
    """Return the fewest requests that ask for nothing but our registers: a gap may be one the device refuses."""
    plan: list[tuple[Request, list[str]]] = []
    for quantity, place in sorted(places.items(), key=lambda item: (item[1].kind, item[1].register)):
        end = place.register + place.count
        if plan and (last := plan[-1][0]).joins(place.kind, place.register, end):
            plan[-1] = (last.until(end), [*plan[-1][1], quantity])
        else:
            plan.append((Request(unit, place.kind, place.register, place.count), [quantity]))
    return plan
