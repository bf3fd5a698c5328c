"""a gateway that was offline for a day → its packs receipted, against reading the same rows and publishing them with bare paho."""

import asyncio
import shutil
import sqlite3
import tempfile
import threading
import time
from pathlib import Path
from typing import Final

from bench.bare_paho import Bare
from bench.receiving import Receiving, receiving
from bench.result import Result, percentile
from tests.edge.backlogs import filled
from tests.edge.factories import edge as settings
from tests.edge.uplinks import Running, running
from tests.servers.broker import TestBroker
from wardroom.settings import Broker
from wardroom.topics import Gateway

_HOURS: Final = 24
_QUICK_HOURS: Final = 1
_LIVE_EVERY_S: Final = 0.1
_FLOWING: Final = 5
"""Packs of the readings that flow meanwhile, on their way to a receipt."""
_WINDOW: Final = 64
_UNBOUNDED: Final = 2**34
"""Bytes a second: what the machine can, not what the budget allows."""


async def measure(*, quick: bool) -> list[Result]:
    """Drain a day (quick: an hour) while new readings flow."""
    hours = _QUICK_HOURS if quick else _HOURS
    with tempfile.TemporaryDirectory() as folder:
        broker = TestBroker(Path(folder))
        try:
            broker.start()
            ours, limit, figures = await _both(broker, Path(folder), hours)
        finally:
            broker.remove()
    return [
        Result(
            name="drain: a day offline",
            unit="packs/s",
            ours=ours,
            limit=limit,
            limit_is="the same rows read from SQLite and published by bare paho, QoS 1",
            ratio=ours / limit,
            figures=figures,
        )
    ]


async def _both(broker: TestBroker, folder: Path, hours: int) -> tuple[float, float, dict[str, float]]:
    place = Gateway("bench-drain", "gw-1")
    account = broker.add_gateway(place.site, place.gateway)
    home = folder / "gateway"
    count, size = await asyncio.to_thread(filled, home / "outbox.db", place, hours)
    shutil.copy(home / "outbox.db", home / "bare.db")
    with receiving(broker.broker("ingest"), place.site) as other:
        async with running(home, account, place, resend_bytes_per_s=_UNBOUNDED, resend_first_s=5.0, resend_last_s=300.0) as edge:
            seconds, latencies_s = await _drained(edge, other)
        _, again = await other.count()
    rate = await asyncio.to_thread(_bare, home / "bare.db", account)
    return (
        count / seconds,
        rate,
        {
            "minutes": seconds / 60,
            "minutes_by_default_budget": size / settings(home).resend_bytes_per_s / 60,
            "sent_twice": again,
            "live_p50_ms": percentile(latencies_s, 50) * 1_000,
            "live_p99_ms": percentile(latencies_s, 99) * 1_000,
        },
    )


async def _drained(edge: Running, other: Receiving) -> tuple[float, list[float]]:
    """Put a reading ten times a second until all else is receipted; return the seconds, and put → received of those readings."""
    await edge.uplink.connection()
    began, number = time.monotonic(), 0
    while (await edge.outbox.stats()).packs > _FLOWING:
        await edge.put(1, start=number)
        number += 1
        await asyncio.sleep(_LIVE_EVERY_S)
    seconds = time.monotonic() - began
    return seconds, await other.latencies_s(edge.outbox.boot)


def _bare(file: Path, account: Broker) -> float:
    """Return packs a second: read in order and published, until the broker has acknowledged the last.

    A window, because paho looks through all that is not acknowledged whenever something is: without one it comes to 600 packs a second.
    """
    bare, window, done = Bare(account, "bare", window=_WINDOW), threading.Semaphore(_WINDOW), threading.Event()
    acknowledged = 0

    def counted(*_: object) -> None:
        nonlocal acknowledged
        acknowledged += 1
        window.release()
        if acknowledged == count:
            done.set()

    bare.client.on_publish = counted
    bare.client.on_socket_open = None  # Nagle's algorithm stays on: with a window of packs under way it makes paho faster
    connection = sqlite3.connect(file)
    bare.start()
    try:
        count = connection.execute("SELECT count(*) FROM pack").fetchone()[0]
        began = time.monotonic()
        for topic, payload in connection.execute("SELECT topic, payload FROM pack ORDER BY id"):
            window.acquire()
            bare.client.publish(topic, payload, qos=1)
        done.wait(300)
        return float(count / (time.monotonic() - began))
    finally:
        connection.close()
        bare.stop()
