"""the agent's process with twenty Modbus sensors → its memory and its processor time, against the 80 MiB a small gateway has for it."""

import asyncio
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psutil

from bench.receiving import Receiving, receiving
from bench.result import Result
from tests.edge.modbus_device import Behaviour, tcp
from tests.edge.waiting import until
from tests.servers.broker import TestBroker
from wardroom.embedded.ports import free_port
from wardroom.settings import Broker
from wardroom.topics import Gateway

_LIMIT_MIB: Final = 80.0
_SENSORS: Final = 20
_PERIOD_S: Final = 1.0
_SECONDS: Final = 30.0
_QUICK_SECONDS: Final = 8.0
_START_S: Final = 30.0

_FILE: Final = """
[broker]
port = {port}
username = "{user}"
password = "{password}"

[log]
level = "warning"

[edge]
site = "{site}"
gateway = "{gateway}"
data = "{data}"
name = {{ vi = "Cổng đo", en = "Measured gateway" }}
site_description = {{ kind = "office", name = {{ vi = "Trụ sở", en = "Office" }} }}
"""
_SENSOR: Final = """
[[sensor]]
id = "air{number}"
name = {{ vi = "Không khí", en = "Air" }}
driver = "modbus"
period_s = {period_s}
report = {{ at_least_s = {period_s} }}
quantities = [ {{ id = "temperature", unit = "Cel", options = {{ register = 0, scale = 0.1 }} }} ]
options = {{ host = "127.0.0.1", port = {device} }}
"""


async def measure(*, quick: bool) -> list[Result]:
    """Watch the process for half a minute, each sensor asked and reported every second."""
    place, device = Gateway("bench-agent", "gw-1"), free_port()
    with tempfile.TemporaryDirectory() as folder:
        broker = TestBroker(Path(folder))
        try:
            broker.start()
            account = broker.add_gateway(place.site, place.gateway)
            file = _configured(Path(folder), account, place, device)
            with receiving(broker.broker("ingest"), place.site) as other:
                async with tcp(device, Behaviour()):
                    with _agent(file) as process:
                        figures = await _watched(process, other, _QUICK_SECONDS if quick else _SECONDS)
        finally:
            broker.remove()
    rss_mib = figures.pop("rss_mib")
    return [
        Result(
            name="edge agent: memory with 20 Modbus sensors",
            unit="MiB",
            ours=rss_mib,
            limit=_LIMIT_MIB,
            limit_is="what the agent may take (the ratio is limit / ours)",
            ratio=_LIMIT_MIB / rss_mib,
            figures=figures,
        )
    ]


def _configured(folder: Path, account: Broker, place: Gateway, device: int) -> Path:
    file = folder / "gateway.toml"
    text = _FILE.format(
        port=account.port,
        user=account.username,
        password=account.password.reveal(),
        site=place.site,
        gateway=place.gateway,
        data=folder / "data",
    )
    sensors = [_SENSOR.format(number=number, period_s=_PERIOD_S, device=device) for number in range(_SENSORS)]
    file.write_text(text + "".join(sensors), encoding="utf-8")
    return file


@contextmanager
def _agent(file: Path) -> Iterator[psutil.Process]:
    command = [sys.executable, "-c", "from wardroom.cli import main; main()", "edge", "--config", str(file)]
    with subprocess.Popen(command) as process:
        try:
            yield psutil.Process(process.pid)
        finally:
            process.terminate()


async def _watched(process: psutil.Process, other: Receiving, seconds: float) -> dict[str, float]:
    """Return the process's memory (MiB) at the end, its part of one core (%), and the readings it sent a second."""

    async def reports() -> bool:
        return (await other.count())[0] > 1

    await until(reports, _START_S)
    await asyncio.sleep(2.0)  # what starting costs is not what running costs
    before, packs = process.cpu_times(), (await other.count())[0]
    await asyncio.sleep(seconds)
    after = process.cpu_times()
    used_s = after.user + after.system - before.user - before.system
    return {
        "rss_mib": process.memory_info().rss / 2**20,
        "cpu_percent": 100 * used_s / seconds,
        "packs_per_s": ((await other.count())[0] - packs) / seconds,
        "readings_per_s": _SENSORS / _PERIOD_S,
        "threads": process.num_threads(),
    }
