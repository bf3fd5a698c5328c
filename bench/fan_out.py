"""20 changes a second to 300 and to 1,000 screens → how late the last ones have them, against a bare `websockets` broadcast of such bytes.

All on one machine: the center, its broker and database; the screens in one process that only counts; the bare server in the center's place
with the same screens. "Late" is from when the server has it: the center's `received_us`, the bare server's call of broadcast.
"""

import asyncio
import time
from typing import Final

import psutil

from bench.result import Result, percentile
from bench.stage import Stage, staged
from bench.watching import Seen, ended, figures, program, publish, watching
from wardroom.embedded.ports import free_port

_RATE: Final = 20.0
_SCREENS: Final = (300, 1_000)
_SECONDS: Final = 10.0
_SETTLE_S: Final = 2.0


async def measure(*, quick: bool) -> list[Result]:
    """Both sizes, ours and the bare server's in turn."""
    sizes = _SCREENS[:1] if quick else _SCREENS
    seconds = 3.0 if quick else _SECONDS
    async with staged(series=20, screens=max(sizes)) as stage:
        return [await _sized(stage, count, seconds) for count in sizes]


async def _sized(stage: Stage, count: int, seconds: float) -> Result:
    ours, used = await _ours(stage, count, seconds)
    limit, bare = await _bare(count, seconds)
    return Result(
        name=f"fan-out: {count} screens, {_RATE:.0f}/s",
        unit="ms, p99",
        ours=percentile(ours.taken, 99),
        limit=percentile(limit.taken, 99),
        limit_is="websockets' broadcast of such bytes to as many clients, uvloop",
        ratio=percentile(limit.taken, 99) / percentile(ours.taken, 99),
        figures=figures("ours", ours.taken) | figures("bare", limit.taken) | used | bare | {"ours_closed": float(ours.closed)},
    )


async def _ours(stage: Stage, count: int, seconds: float) -> tuple[Seen, dict[str, float]]:
    async with watching(stage.port, count, stage.tokens) as watch:
        await asyncio.sleep(_SETTLE_S)
        watch.begin()
        before, began = stage.cpu_s(), time.monotonic()
        await asyncio.to_thread(publish, stage.gateway, rate=_RATE, seconds=seconds, series=20, together=2)
        cpu = (stage.cpu_s() - before) / (time.monotonic() - began)
        rss_mb = stage.rss_mb()
    _complete(watch.seen, count, seconds)
    return watch.seen, {"ours_cpu": round(cpu, 3), "ours_rss_mb": round(rss_mb, 1), "ours_frames": float(watch.seen.frames)}


async def _bare(count: int, seconds: float) -> tuple[Seen, dict[str, float]]:
    port = free_port()
    server = await program("bench.bare", str(port), "clock", str(_RATE))
    try:
        async with watching(port, count, []) as watch:
            await asyncio.sleep(_SETTLE_S)
            watch.begin()
            if server.stdin:
                server.stdin.write(b"\n")
            process, began = psutil.Process(server.pid), time.monotonic()
            before = process.cpu_times()
            await asyncio.sleep(seconds)
            after = process.cpu_times()
            cpu = (after.user + after.system - before.user - before.system) / (time.monotonic() - began)
            rss_mb = process.memory_info().rss / 1e6
            await ended(server)
    finally:
        await ended(server)
    return watch.seen, {"bare_cpu": round(cpu, 3), "bare_rss_mb": round(rss_mb, 1)}


def _complete(seen: Seen, count: int, seconds: float) -> None:
    """Refuse a run in which screens missed readings: a fast answer to another question."""
    wanted = count * _RATE * 2 * seconds
    if len(seen.taken) < wanted * 0.98:
        raise RuntimeError(f"of {wanted:.0f} readings {len(seen.taken)} reached the screens, {seen.closed} of {count} were closed")
