"""pymodbus's own server, as a device on a TCP port or at the far end of a serial line."""

import asyncio
import os
import pty
import tty
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

from pymodbus.constants import ExcCodes
from pymodbus.server import ModbusSerialServer, ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice


@dataclass
class Behaviour:
    """What a test can do to the device while it serves; `asked` counts requests by (function, address, count)."""

    delay_s: float = 0.0
    asked: list[tuple[int, int, int]] = field(default_factory=list)

    async def act(
        self, function: int, _start: int, address: int, count: int, _registers: list[int], _values: list[int] | list[bool] | None
    ) -> ExcCodes | None:
        self.asked.append((function, address, count))
        if self.delay_s:
            await asyncio.sleep(self.delay_s)
        return None


def device(behaviour: Behaviour) -> SimDevice:
    """Input registers 0-1 plain, holding registers with every type, four coils, four discrete inputs; nothing else answers."""
    return SimDevice(
        id=1,
        simdata=(
            [SimData(0, values=[True, False, True, True], datatype=DataType.BITS)],
            [SimData(0, values=[False, True, False, False], datatype=DataType.BITS)],
            [
                SimData(0, values=[-40, 100], datatype=DataType.INT16),
                SimData(10, values=-70_000, datatype=DataType.INT32),
                SimData(12, values=4_000_000_000, datatype=DataType.UINT32),
                SimData(14, values=21.5, datatype=DataType.FLOAT32),
                SimData(20, values=[0x0000, 0x41AC], datatype=DataType.REGISTERS),
                SimData(30, values=[0x7FC0, 0x0000], datatype=DataType.REGISTERS),
            ],
            [SimData(0, values=[213, 65_535], datatype=DataType.UINT16)],
        ),
        action=behaviour.act,
    )


@asynccontextmanager
async def tcp(port: int, behaviour: Behaviour) -> AsyncIterator[ModbusTcpServer]:
    server = ModbusTcpServer(device(behaviour), address=("127.0.0.1", port))
    await server.serve_forever(background=True)
    try:
        yield server
    finally:
        await server.shutdown()  # type: ignore[no-untyped-call] # pymodbus leaves it without annotations


@asynccontextmanager
async def rtu(port: str, behaviour: Behaviour) -> AsyncIterator[ModbusSerialServer]:
    server = ModbusSerialServer(device(behaviour), port=port, baudrate=19_200)
    await server.serve_forever(background=True)
    try:
        yield server
    finally:
        await server.shutdown()  # type: ignore[no-untyped-call] # pymodbus leaves it without annotations


@contextmanager
def serial_line() -> Iterator[tuple[str, str]]:
    """Two ends of a serial line: two pseudo terminals whose masters are wired to each other in the event loop."""
    loop = asyncio.get_running_loop()
    pairs = [pty.openpty() for _ in range(2)]
    masters = [master for master, _ in pairs]
    for master, slave in pairs:
        tty.setraw(slave)
        os.set_blocking(master, False)

    def carry(here: int, there: int) -> None:
        os.write(there, os.read(here, 4_096))

    for here, there in (masters, reversed(masters)):
        loop.add_reader(here, carry, here, there)
    try:
        yield os.ttyname(pairs[0][1]), os.ttyname(pairs[1][1])
    finally:
        for master, slave in pairs:
            loop.remove_reader(master)
            os.close(master)
            os.close(slave)
