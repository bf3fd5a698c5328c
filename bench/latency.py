"""1,000 readings a second, each a message → how late a screen has them, against the barest way: a paho subscriber and `websockets`.

Both ways stand side by side on one broker, so that each message takes both in the same moment; each has a screen of its own.
"""

import asyncio
from typing import Final

from bench.result import Result
from bench.stage import Stage, staged
from bench.watching import Seen, ended, figures, late, program, publish, watching
from wardroom.embedded.ports import free_port

_LIMIT_IS: Final = "paho subscriber → websockets, each message as it is"
_RATE: Final = 1_000.0
_SECONDS: Final = 20.0
_SERIES: Final = 1_000
_SETTLE_S: Final = 2.0


async def measure(*, quick: bool) -> list[Result]:
    """Publish → screen, at the median and in the tail."""
    async with staged(series=_SERIES) as stage:
        ours, limit, cpu = await _published(stage, 8.0 if quick else _SECONDS)
    beside = (
        figures("ours", ours.published) | figures("bare", limit.published) | {"center_cpu": cpu, "readings": float(len(ours.published))}
    )
    return [late("publish → screen", percent, ours, limit, _LIMIT_IS, beside) for percent in (50, 99)]


async def _published(stage: Stage, seconds: float) -> tuple[Seen, Seen, float]:
    port, reader = free_port(), stage.center
    bare = await program("bench.bare", str(port), "paho", reader.host, str(reader.port), reader.username, reader.password.reveal())
    try:
        async with watching(stage.port, 1, stage.tokens) as ours, watching(port, 1, []) as limit:
            await asyncio.sleep(_SETTLE_S)
            for watch in (ours, limit):
                watch.begin()
            before = stage.cpu_s()
            await asyncio.to_thread(publish, stage.gateway, rate=_RATE, seconds=seconds, series=_SERIES)
            cpu = (stage.cpu_s() - before) / seconds
    finally:
        await ended(bare)
    if len(ours.seen.published) < len(limit.seen.published):
        raise RuntimeError(f"{len(ours.seen.published)} readings reached our screen, {len(limit.seen.published)} the bare one")
    return ours.seen, limit.seen, round(cpu, 3)
