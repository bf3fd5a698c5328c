"""a year of readings of 500 series → what the center's own store takes for the wall's picture and for charts, on each database there is.

``python -m bench.history 20000000`` fills as many readings as it is told, ``python -m bench`` two million. The limit is 150 ms at p95.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final

import psycopg

from bench.result import Result
from center.models import ReadingsIn
from center.store.database import Database
from center.store.history import History
from center.store.pictures import Pictures
from ingest import migrate
from tests.servers.databases import DatabaseServer, TestDatabase
from tests.servers.postgresql import embedded
from tests.servers.running import Running
from tests.servers.timescaledb import NoTimescale, timescaledb
from wardroom.clock import SystemClock

READINGS: Final = 2_000_000
LIMIT_MS: Final = 150.0
_SERIES: Final = 500
_DAYS: Final = 364
_POINTS: Final = 2_200
_ASKED: Final = 100
_WARMED: Final = 5
_MS: Final = 1_000

_PLACES: Final = """
INSERT INTO site VALUES ('bench', 'Đo', 'Bench', 'office');
INSERT INTO gateway (site, id, name_vi, name_en, state)
SELECT 'bench', 'gw-' || n, 'Cổng', 'Gateway', 'online' FROM generate_series(0, 24) AS n;
INSERT INTO series (site, gateway, sensor, quantity, unit, period_s)
SELECT 'bench', 'gw-' || n / 20, 'air' || n % 20, 'co2', 'ppm', 60 FROM generate_series(0, 499) AS n;
SELECT make_reading_partition(now() - n * INTERVAL '7 days') FROM generate_series(0, 53) AS n"""
_WEEK: Final = """
INSERT INTO reading (series_id, time, value, flags, received)
SELECT n %% %(series)s + 1, at, 400 + 300 * random(), 0, at
FROM generate_series(%(first)s::bigint, %(last)s::bigint - 1) AS n
CROSS JOIN LATERAL (SELECT now() - INTERVAL '364 days' + n * %(step)s * INTERVAL '1 microsecond' AS at) AS observed"""
_ROLL: Final = "UPDATE rollup_state SET done = date_bin('1 hour', now() - INTERVAL '366 days', '2000-01-01 00:00:00+07')"
_LATEST: Final = """
INSERT INTO latest SELECT s.id, r.time, r.value, r.flags, r.received, r.time FROM series s
CROSS JOIN LATERAL (SELECT * FROM reading WHERE series_id = s.id AND time > now() - INTERVAL '7 days' ORDER BY time DESC LIMIT 1) r"""
_SIZES: Final = """
SELECT sum(pg_relation_size(c.oid)) / 1e6, sum(pg_indexes_size(c.oid)) / 1e6,
    (pg_total_relation_size('rollup_1h') + pg_total_relation_size('rollup_1d')) / 1e6
FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid WHERE inhparent = 'reading'::regclass"""


async def measure(*, quick: bool, readings: int = READINGS) -> list[Result]:
    """Fill and ask, on plain PostgreSQL and on TimescaleDB where it can be had; quick takes a tenth of the readings, and the first only."""
    kinds: list[Callable[[Path], AbstractContextManager[tuple[DatabaseServer, Running]]]] = [embedded]
    if not quick:
        kinds.append(timescaledb)
    results: list[Result] = []
    for kind in kinds:
        with tempfile.TemporaryDirectory() as folder:
            try:
                with kind(Path(folder)) as (server, _), server.database() as database:
                    results += await _on(database, readings // 10 if quick else readings)
            except NoTimescale as reason:
                sys.stderr.write(f"bench: {reason}\n")
    return results


async def _on(database: TestDatabase, readings: int) -> list[Result]:
    await migrate.upgrade(database.owner.conninfo())
    filled = await asyncio.to_thread(_fill, database, readings)
    chance = Random(1)  # noqa: S311 - the same series every time
    async with Database(database.center, connections=2) as pool:
        history, pictures = History(pool, SystemClock()), Pictures(pool)

        def chart(days: int) -> Callable[[], Awaitable[object]]:
            end = datetime.now(UTC)

            def ask() -> Awaitable[object]:
                query = {"series": chance.randint(1, _SERIES), "from": end - timedelta(days=days), "to": end, "points": _POINTS}
                return history.readings(ReadingsIn.model_validate(query))

            return ask

        asked = {"wall": pictures.whole, "24 h": chart(1), "90 days": chart(90), "1 year": chart(365)}
        return [
            _result(f"history: {what}, {readings / 1e6:g} million, {database.kind}", await _times(ask), filled)
            for what, ask in asked.items()
        ]


def _fill(database: TestDatabase, readings: int) -> dict[str, float]:
    """Fill a year, evenly, in the order of time; build the rollups; return what it took and how much room it is."""
    step_us = _DAYS * 86_400_000_000 / readings
    with psycopg.connect(database.owner.conninfo(), autocommit=True) as connection:
        connection.execute(_PLACES.encode())
        began = time.perf_counter()
        for week in range(_DAYS // 7):
            first, last = (readings * edge * 7 // _DAYS for edge in (week, week + 1))
            connection.execute(_WEEK.encode(), {"series": _SERIES, "first": first, "last": last, "step": step_us})
        filled_s = time.perf_counter() - began
        connection.execute("VACUUM (ANALYZE) reading")
        began = time.perf_counter()
        connection.execute(_ROLL)
        connection.execute("SELECT rollup_advance('2 minutes')")
        while connection.execute("SELECT rollup_step('7 days')").fetchone() != (None,):
            pass
        rolled_s = time.perf_counter() - began
        connection.execute(_LATEST)
        connection.execute("VACUUM (ANALYZE)")
        ((table, indexes, rollups),) = connection.execute(_SIZES).fetchall()
    return {
        "fill_s": filled_s,
        "rollups_s": rolled_s,
        "table_mb": float(table),
        "indexes_mb": float(indexes),
        "rollups_mb": float(rollups),
    }


async def _times(ask: Callable[[], Awaitable[object]]) -> list[float]:
    for _ in range(_WARMED):
        await ask()
    times = []
    for _ in range(_ASKED):
        began = time.perf_counter()
        await ask()
        times.append((time.perf_counter() - began) * _MS)
    return times


def _result(name: str, times: list[float], filled: dict[str, float]) -> Result:
    p95 = statistics.quantiles(times, n=20)[-1]
    figures = {"p50_ms": statistics.median(times), "p95_ms": p95, "longest_ms": max(times), **filled}
    return Result(
        name=name, unit="ms", ours=p95, limit=LIMIT_MS, limit_is="what a chart may take at p95", ratio=LIMIT_MS / p95, figures=figures
    )


def main() -> None:
    """Fill as many readings as the command line says and write the figures."""
    for each in asyncio.run(measure(quick=False, readings=int(sys.argv[1]) if len(sys.argv) > 1 else READINGS)):
        figures = ", ".join(f"{name} {value:,.1f}" for name, value in each.figures.items())
        sys.stdout.write(f"{each.name}: {figures}, ratio {each.ratio:.1f}\n")


if __name__ == "__main__":
    main()
