"""readings → the durable outbox, against one bare SQLite commit per message into the same kind of file.

One, eight and fifty putters at once: alone each waits for a commit of its own, together they share it.
"""

import asyncio
import sqlite3
import tempfile
import time
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from bench.result import Result, paired, percentile
from edge.outbox import Outbox
from wardroom.clock import SystemClock
from wardroom.senml import Reading
from wardroom.topics import Gateway

_AT_ONCE: Final = (1, 8, 50)
_SECONDS: Final = 0.5
_QUICK_SECONDS: Final = 0.15
_ROUNDS: Final = 11
"""Many short turns: a disk's speed changes by the second, and so does the ratio of two turns that are long."""


async def measure(*, quick: bool) -> list[Result]:
    """Put single readings, one after another per putter."""
    results, seconds = [], _QUICK_SECONDS if quick else _SECONDS
    for at_once in _AT_ONCE:
        rates, waits_s = [], []
        for _ in range(_ROUNDS):
            with tempfile.TemporaryDirectory() as folder:
                rate, waited_s = await _outbox(Path(folder), at_once, seconds)
                rates.append((rate, await asyncio.to_thread(_bare, Path(folder), seconds)))
                waits_s += waited_s
        result = paired(f"outbox: durable puts, {at_once} at once", "messages/s", "one bare SQLite commit (WAL, FULL) each", rates)
        figures = {f"put_p{percent}_ms": percentile(waits_s, percent) * 1_000 for percent in (50, 99)}
        results.append(replace(result, figures=figures))
    return results


async def _outbox(folder: Path, at_once: int, seconds: float) -> tuple[float, list[float]]:
    """Return puts a second, and how long each waited."""
    clock, waits_s = SystemClock(), []
    async with Outbox(file=folder / "outbox.db", gateway=Gateway("bench", "gw"), limit_bytes=2**30, clock=clock) as outbox:
        began = time.perf_counter()

        async def putting() -> None:
            put_at = time.perf_counter()
            while put_at - began < seconds:
                await outbox.put((Reading("air", "co2", "ppm", 400.0, clock.now_us()),))
                stored_at = time.perf_counter()
                waits_s.append(stored_at - put_at)
                put_at = stored_at

        async with asyncio.TaskGroup() as putters:
            for _ in range(at_once):
                putters.create_task(putting())
        return len(waits_s) / (time.perf_counter() - began), waits_s


def _bare(folder: Path, seconds: float) -> float:
    connection = sqlite3.connect(folder / "bare.db", isolation_level=None)
    connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE pack (id INTEGER PRIMARY KEY, payload BLOB)")
    count, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        connection.execute("INSERT INTO pack (payload) VALUES (?)", (b"x" * 80,))
        count += 1
    rate = count / (time.perf_counter() - began)
    connection.close()
    return rate
