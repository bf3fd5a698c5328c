"""what benchmarks of storing share: packs as gateways send them, and the bare binary COPY that is the limit.

A prebuilt binary COPY decodes nothing, looks nothing up, fears no conflict and commits once. Rows are copied in the order in which they
were stored, sorted batch by batch: that is faster than the order in which they came.
"""

import time
from collections.abc import Sequence
from typing import Final

from ingest import packed, statements
from ingest.database import Connection
from wardroom import senml
from wardroom.clock import SystemClock
from wardroom.topics import gateway

EMPTY: Final = "TRUNCATE reading, latest, delivery, delivery_boot"
BATCH: Final = 20_000
"""Rows of one COPY where it is not one for all: about as many as a mebibyte of packs holds, which is when ingest closes a batch."""
_OUT: Final = "COPY (SELECT series_id, time, value, flags, received FROM reading) TO STDOUT (FORMAT binary)"
_ROW: Final = 52
_GATEWAYS: Final = 10
_SENSORS: Final = 20
_PERIOD_US: Final = 3_000_000_000
"""The packs are spread over the last fifty minutes: readings of another day may be stored elsewhere."""

Wire = Sequence[tuple[str, bytes, int]]
"""Topics, payloads, and when each was sent (microseconds since 1970 UTC)."""


def packs(count: int, size: int) -> Wire:
    """Return packs of `size` readings from 10 gateways with 20 series each, observed lately and ascending, no reading twice."""
    now_us, step_us = SystemClock().now_us(), _PERIOD_US // count
    return [_pack(number, size, now_us - (count - number) * step_us) for number in range(count)]


def _pack(number: int, size: int, sent_us: int) -> tuple[str, bytes, int]:
    place = gateway("bench", f"gw-{number % _GATEWAYS}")
    first_us = sent_us - size * 1_000
    readings = [senml.Reading(f"s{(number + n) % _SENSORS}", "co2", "ppm", 400.0 + n, first_us + n * 1_000) for n in range(size)]
    return place.pack("readings", "boot", number), senml.encode(readings, sent_us), sent_us


async def stored(connection: Connection) -> list[bytes]:
    """Return the rows of the table as COPY takes them, in the order they were stored."""
    async with connection.cursor() as cursor, cursor.copy(_OUT) as copy:
        data = b"".join([bytes(chunk) async for chunk in copy])
    return [data[at : at + _ROW] for at in range(len(packed.HEADER), len(data) - len(packed.TRAILER), _ROW)]


async def bare(connection: Connection, rows: Sequence[bytes], at_once: int) -> float:
    """Empty the tables, copy the rows in again, `at_once` in a transaction, and return rows/s."""
    parts = [b"".join((packed.HEADER, *rows[at : at + at_once], packed.TRAILER)) for at in range(0, len(rows), at_once)]
    await connection.execute(EMPTY)
    began = time.perf_counter()
    for part in parts:
        async with connection.cursor() as cursor, cursor.copy(statements.COPY) as copy:
            await copy.write(part)
    return len(rows) / (time.perf_counter() - began)
