"""readings → the durable outbox, against one bare SQLite commit per message into the same kind of file."""

import asyncio
import sqlite3
import tempfile
import time
from pathlib import Path
from typing import Final

from bench.result import Result, paired
from edge.outbox import Outbox
from wardroom.clock import SystemClock
from wardroom.senml import Reading
from wardroom.topics import Gateway

_PUTS: Final = 2_000
_AT_ONCE: Final = 50
_ROUNDS: Final = 3


async def measure(*, quick: bool) -> list[Result]:
    """Put single readings, 50 at a time."""
    rates = []
    for _ in range(1 if quick else _ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            rates.append((await _outbox(Path(folder)), await asyncio.to_thread(_bare, Path(folder))))
    return [paired("outbox: durable puts", "messages/s", "one bare SQLite commit (WAL, FULL) each", rates)]


async def _outbox(folder: Path) -> float:
    clock = SystemClock()
    async with Outbox(file=folder / "outbox.db", gateway=Gateway("bench", "gw"), limit_bytes=2**30, clock=clock) as outbox:
        began = time.perf_counter()
        for _ in range(_PUTS // _AT_ONCE):
            now_us = clock.now_us()
            await asyncio.gather(*(outbox.put((Reading("air", "co2", "ppm", 400.0, now_us + n),)) for n in range(_AT_ONCE)))
        return _PUTS / (time.perf_counter() - began)


def _bare(folder: Path) -> float:
    connection = sqlite3.connect(folder / "bare.db", isolation_level=None)
    connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE pack (id INTEGER PRIMARY KEY, payload BLOB)")
    began = time.perf_counter()
    for _ in range(_PUTS):
        connection.execute("INSERT INTO pack (payload) VALUES (?)", (b"x" * 80,))
    rate = _PUTS / (time.perf_counter() - began)
    connection.close()
    return rate
