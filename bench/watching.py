"""a port → how late what it says reaches so many screens, which run in a process of their own; and readings published at a pace."""

import asyncio
import json
import statistics
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from bench.bare import at_once
from bench.result import Result, percentile
from bench.stage import PLACE
from wardroom import senml
from wardroom.settings import Broker

_READY_S: Final = 60.0
_DRAIN_S: Final = 1.0


class Seen:
    """Delays in milliseconds, sorted: since publication, and since the center took it."""

    def __init__(self, found: dict[str, Any], *, after_us: int) -> None:
        kept = [index for index, (published_us, _) in enumerate(found["published"]) if published_us >= after_us]
        self.raw: list[tuple[int, int]] = [tuple(found["published"][index]) for index in kept]
        self.published = sorted(found["published"][index][1] / 1_000 for index in kept)
        self.taken = sorted(found["taken"][index] / 1_000 for index in kept)
        self.frames: int = found["frames"]
        self.closed: int = found["closed"]


class Watching:
    """Screens that are open."""

    def __init__(self) -> None:
        self.found: Seen | None = None
        self.after_us = 0

    @property
    def seen(self) -> Seen:
        """What they saw, once they were left."""
        if self.found is None:
            raise RuntimeError("the screens are still open")
        return self.found

    def begin(self) -> None:
        """Count from now on."""
        self.after_us = time.time_ns() // 1_000


@asynccontextmanager
async def watching(port: int, count: int, tokens: list[str]) -> AsyncIterator[Watching]:
    """Open so many screens at a port and leave them a second after the block."""
    process = await program("bench.screens", str(port), str(count), *tokens)
    watch = Watching()
    try:
        yield watch
        await asyncio.sleep(_DRAIN_S)
        said, _ = await process.communicate(b"")
        watch.found = Seen(json.loads(said), after_us=watch.after_us)
    finally:
        await ended(process)


async def program(module: str, *arguments: str) -> Process:
    """Start one of the benchmarks' own programs and return once it says that it is ready."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", module, *arguments, stdin=PIPE, stdout=PIPE, limit=2**30)
    async with asyncio.timeout(_READY_S):
        said = await process.stdout.readline() if process.stdout else b""
    if said != b"ready\n":
        raise RuntimeError(f"{module} did not start")
    return process


async def ended(process: Process) -> None:
    """Make sure that it has ended."""
    if process.returncode is None:
        process.kill()
        await process.wait()


def publish(broker: Broker, *, rate: float, seconds: float, series: int, together: int = 1) -> None:
    """Publish packs of `together` readings at a pace, QoS 1, each series in turn; blocks."""
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="bench.gw-1")
    client.username_pw_set(broker.username, broker.password.reveal())
    client.on_socket_open = at_once
    client.max_inflight_messages_set(0)
    client.connect(broker.host, broker.port)
    client.loop_start()
    boot, began = f"b{time.time_ns()}", time.monotonic()
    sent = []
    for number in range(round(rate * seconds)):
        time.sleep(max(0.0, began + number / rate - time.monotonic()))
        now_us = time.time_ns() // 1_000
        first = number * together
        readings = [senml.Reading(f"s{(first + n) % series}", "temperature", "Cel", 20.5, now_us) for n in range(together)]
        sent.append(client.publish(PLACE.pack("readings", boot, number), senml.encode(readings, now_us), qos=1))
    for one in sent:
        one.wait_for_publish(_READY_S)
    client.disconnect()
    client.loop_stop()


def late(what: str, percent: int, ours: Seen, limit: Seen, limit_is: str, figures: dict[str, float]) -> Result:
    """Return how late a screen has what was published, at this percentile."""
    times = percentile(ours.published, percent), percentile(limit.published, percent)
    return Result(
        name=f"{what}, p{percent}",
        unit="ms",
        ours=times[0],
        limit=times[1],
        limit_is=limit_is,
        ratio=times[1] / times[0],
        figures=figures,
    )


def figures(prefix: str, ordered: list[float]) -> dict[str, float]:
    """Return the usual percentiles in milliseconds, by name."""
    return {
        f"{prefix}_p50_ms": round(statistics.median(ordered), 3),
        f"{prefix}_p99_ms": round(percentile(ordered, 99), 3),
        f"{prefix}_max_ms": round(ordered[-1], 3),
    }
