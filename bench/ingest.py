"""packs of 100 readings → the database, decoded, merged and committed, against a bare binary COPY of the same rows into the same table."""

import tempfile
import time
from pathlib import Path
from typing import Final

from bench.result import Result, paired
from ingest import migrate, rows, statements
from ingest.batch import Message
from ingest.database import Connection, connected
from ingest.dead_letters import Envelope
from ingest.decode import decode
from ingest.merge import merge
from ingest.series import SeriesCache
from tests.servers.postgresql import embedded
from wardroom import senml
from wardroom.bus import Incoming
from wardroom.topics import gateway

_RECORDS: Final = 100
_PACKS: Final = 50
_BATCHES: Final = 10
_ROUNDS: Final = 3
_SENT_US: Final = 1_800_000_000_000_000
_COPY: Final = "COPY reading (series_id, time, value, flags, received) FROM STDIN (FORMAT binary)"


async def measure(*, quick: bool) -> list[Result]:
    """Store 50,000 readings in batches of 5,000, both ways in turn."""
    with tempfile.TemporaryDirectory() as folder, embedded(Path(folder)) as (server, _), server.database() as database:
        owner = database.owner.conninfo()
        await migrate.upgrade(owner)
        async with connected(owner, program="bench", statement_timeout_s=60) as connection:
            await connection.execute(statements.STAGE)
            rates = [await _round(connection, turn) for turn in range(1 if quick else _ROUNDS)]
    return [paired("ingest: packs of 100", "readings/s", "bare binary COPY of the same rows into the same table", rates)]


async def _round(connection: Connection, turn: int) -> tuple[float, float]:
    wire = [_pack(turn, number) for number in range(_PACKS * _BATCHES)]
    cache = SeriesCache()
    began = time.perf_counter()
    for first in range(0, len(wire), _PACKS):
        batch = [_message(topic, payload) for topic, payload in wire[first : first + _PACKS]]
        series = await cache.find(connection, rows.wanted(batch))
        await merge(connection, rows.build(batch, series))
    ours = _PACKS * _BATCHES * _RECORDS / (time.perf_counter() - began)
    return ours, await _bare(connection)


async def _bare(connection: Connection) -> float:
    """Copy what was just stored out, empty the table, and time copying it in again."""
    async with connection.cursor() as cursor:
        async with cursor.copy("COPY reading (series_id, time, value, flags, received) TO STDOUT (FORMAT binary)") as copy:
            chunks = [bytes(chunk) async for chunk in copy]
        await cursor.execute("TRUNCATE reading, latest, delivery, delivery_boot")
        began = time.perf_counter()
        async with cursor.copy(_COPY) as copy:
            await copy.write(b"".join(chunks))
        return cursor.rowcount / (time.perf_counter() - began)


def _pack(turn: int, number: int) -> tuple[str, bytes]:
    place = gateway("bench", f"gw-{number % 10}")
    sent_us = _SENT_US + (turn * _PACKS * _BATCHES + number) * 1_000_000
    readings = [senml.Reading(f"s{n % 20}", "co2", "ppm", 400.0 + n, sent_us - n * 1_000) for n in range(_RECORDS)]
    return place.pack("readings", f"boot{turn}", number), senml.encode(readings, sent_us)


def _message(topic: str, payload: bytes) -> Message:
    incoming = Incoming(topic=topic, payload=payload, qos=1, retain=False, duplicate=False)
    return Message(Envelope(topic, payload, _SENT_US), decode(topic, payload), incoming)
