"""a request → registers or bits: one connection per TCP address or serial port, shared by every sensor behind it, one request at a time.

After a request without an answer the connection is closed, so that a late answer is not taken for the next one's (RTU has no number to tell
them apart: the line is left alone for one more timeout, and opening it empties it). Then it is asked once more. For a moment after a failed
connect nobody tries again.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Final
from weakref import WeakKeyDictionary

from pymodbus import ModbusException
from pymodbus.client import AsyncModbusSerialClient, AsyncModbusTcpClient
from pymodbus.constants import ExcCodes
from pymodbus.pdu import ModbusPDU

from wardroom.clock import Clock
from wardroom.errors import SensorError

_HOLD_OFF_S: Final = 1.0


class Words:
    """Tables of 16-bit registers."""

    KINDS: Final = ("input", "holding")
    LIMIT: Final = 125


class Bits:
    """Tables of single bits."""

    KINDS: Final = ("coil", "discrete")
    LIMIT: Final = 2_000


@dataclass(frozen=True, slots=True)
class Address:
    """A TCP address or a serial port; `name` is what people know it by, and what a connection is shared by."""

    name: str
    timeout_s: float
    host: str = ""
    port: int = 0
    serial: str = ""
    baudrate: int = 0
    parity: str = "N"
    stopbits: int = 1


@dataclass(frozen=True, slots=True)
class Request:
    """`count` registers or bits of one table from `start` on, of the device `unit`."""

    unit: int
    kind: str
    start: int
    count: int

    def joins(self, kind: str, start: int, end: int) -> bool:
        """Return whether start..end can be asked for together with this: no gap, and not too many."""
        limit = Words.LIMIT if kind in Words.KINDS else Bits.LIMIT
        return kind == self.kind and start <= self.start + self.count and end - self.start <= limit

    def until(self, end: int) -> "Request":
        """Return the request that reaches to `end`, or as far as this."""
        return replace(self, count=max(self.count, end - self.start))


class _NoAnswer(SensorError):
    """The device was asked and said nothing in time."""


class Link:
    """The one connection to an address."""

    def __init__(self, address: Address, clock: Clock) -> None:
        self.address = address
        self._clock = clock
        self._lock = asyncio.Lock()
        self._client: AsyncModbusTcpClient | AsyncModbusSerialClient | None = None
        self._hold_off_until = self._silent_from = float("-inf")
        self.users = 0

    async def ask(self, request: Request) -> Sequence[int] | Sequence[bool]:
        """Return exactly what was asked for; raises SensorError that names address, device and register."""
        async with self._lock:
            try:
                answer = await self._exchanged(await self._connected(), request)
            except _NoAnswer:
                answer = await self._exchanged(await self._connected(), request)
        return self._checked(answer, request)

    def release(self) -> None:
        """Count one user less; the last one closes the connection."""
        self.users -= 1
        if self.users <= 0:
            self._disconnect()
            Links.forget(self.address)

    async def _connected(self) -> AsyncModbusTcpClient | AsyncModbusSerialClient:
        if self._client is not None and self._client.connected:
            return self._client
        self._disconnect()
        await asyncio.sleep(self._silent_from - self._clock.monotonic())
        if self._clock.monotonic() < self._hold_off_until:
            raise SensorError("edge.modbus_no_connection", address=self.address.name)
        client = self._client = _client(self.address)
        try:
            connected = await client.connect()
        except (ModbusException, OSError, ValueError) as error:
            self._hold_off_until = self._clock.monotonic() + _HOLD_OFF_S
            raise SensorError("edge.modbus_no_connection", address=self.address.name) from error
        if not connected:
            self._hold_off_until = self._clock.monotonic() + _HOLD_OFF_S
            raise SensorError("edge.modbus_no_connection", address=self.address.name)
        return client

    async def _exchanged(self, client: AsyncModbusTcpClient | AsyncModbusSerialClient, request: Request) -> ModbusPDU:
        ask = {
            "input": client.read_input_registers,
            "holding": client.read_holding_registers,
            "coil": client.read_coils,
            "discrete": client.read_discrete_inputs,
        }[request.kind]
        done = False
        try:
            answer = await ask(request.start, count=request.count, device_id=request.unit)
            done = True
        except ModbusException as error:
            raise _NoAnswer("edge.modbus_no_answer", address=self.address.name, unit=request.unit, detail=str(error)) from error
        finally:
            if not done:  # also when cancelled
                self._disconnect()
                if self.address.serial:
                    self._silent_from = self._clock.monotonic() + self.address.timeout_s
        return answer

    def _checked(self, answer: ModbusPDU, request: Request) -> Sequence[int] | Sequence[bool]:
        last = request.start + request.count - 1
        place = {"address": self.address.name, "unit": request.unit, "kind": request.kind, "first": request.start, "last": last}
        if answer.isError():
            raise SensorError("edge.modbus_refused", detail=_reason(answer.exception_code), **place)
        values: Sequence[int] | Sequence[bool] = answer.registers if request.kind in Words.KINDS else answer.bits
        if len(values) < request.count:
            raise SensorError("edge.modbus_short", count=len(values), **place)
        return values[: request.count]

    def _disconnect(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None


class Links:
    """The connections of each event loop, by address."""

    _open: ClassVar[WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, Link]]] = WeakKeyDictionary()

    @classmethod
    def shared(cls, address: Address, clock: Clock) -> Link:
        """Return the link to `address`, counting one user more; raises SensorError where it is open with other line settings."""
        links = cls._open.setdefault(asyncio.get_running_loop(), {})
        link = links.setdefault(address.name, Link(address, clock))
        if replace(link.address, timeout_s=address.timeout_s) != address:
            raise SensorError("edge.modbus_line", address=address.name, baudrate=link.address.baudrate, parity=link.address.parity)
        link.users += 1
        return link

    @classmethod
    def forget(cls, address: Address) -> None:
        """Drop the link nobody uses."""
        cls._open.get(asyncio.get_running_loop(), {}).pop(address.name, None)


def _client(address: Address) -> AsyncModbusTcpClient | AsyncModbusSerialClient:
    # pymodbus logs each failed request with its frames; ours name the sensor, once per change
    logging.getLogger("pymodbus").setLevel(logging.CRITICAL)
    if address.serial:
        return AsyncModbusSerialClient(
            address.serial,
            baudrate=address.baudrate,
            parity=address.parity,
            stopbits=address.stopbits,
            timeout=address.timeout_s,
            retries=0,
            reconnect_delay=0,
        )
    return AsyncModbusTcpClient(address.host, port=address.port, timeout=address.timeout_s, retries=0, reconnect_delay=0)


def _reason(code: int) -> str:
    try:
        return ExcCodes(code).name.lower().replace("_", " ")
    except ValueError:
        return f"exception {code}"
