"""1,000 readings a second from a real edge with its durable outbox to a screen → where the time goes, hop by hop.

The limit is the barest way for the same messages in the same run: what the edge publishes, through a paho subscriber and `websockets`.
Both begin when the sensor was asked, and so include the outbox's commit, which no honest way can leave out: a pack is published once it is
on the disk.
"""

import asyncio
import json
import sys
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import Final

from bench.result import Result, percentile
from bench.stage import Stage, staged
from bench.watching import Seen, ended, figures, late, program, watching
from wardroom.embedded.ports import free_port

HOPS: Final = ("observed", "put", "published", "received", "decoded", "in the hub", "its turn", "framed", "written", "seen")
_LIMIT_IS: Final = "the edge's own messages, paho subscriber → websockets"
_RATE: Final = 1_000.0
_SETTLE_S: Final = 6.0
"""Until ingest has made the series, the center has found them, and the first commits are over."""


async def measure(*, quick: bool) -> list[Result]:
    """Sensor → screen, at the median and in the tail, and each hop's share."""
    seconds = 4.0 if quick else 20.0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        traced = folder / "center.json"
        async with staged(series=1, ingest=True, command=("-m", "bench.traced", "center", str(traced))) as stage:
            ours, limit, after_us = await _run(stage, folder, seconds)
        hops = {hop: dict(found) for file in (traced, folder / "edge.json") for hop, found in json.loads(file.read_text()).items()}
    hops["seen"] = {observed_us: observed_us + delay_us for observed_us, delay_us in ours.raw}
    beside = figures("ours", ours.published) | figures("bare", limit.published) | _shares(hops, after_us)
    return [late("sensor → screen", percent, ours, limit, _LIMIT_IS, beside) for percent in (50, 99)]


async def _run(stage: Stage, folder: Path, seconds: float) -> tuple[Seen, Seen, int]:
    port, reader, own = free_port(), stage.center, stage.gateway
    bare = await program("bench.bare", str(port), "paho", reader.host, str(reader.port), reader.username, reader.password.reveal())
    try:
        async with watching(stage.port, 1, stage.tokens) as ours, watching(port, 1, []) as limit:
            arguments = (str(folder), str(_RATE), str(_SETTLE_S + seconds), own.host, str(own.port), own.username, own.password.reveal())
            edge = await asyncio.create_subprocess_exec(sys.executable, "-m", "bench.traced", "edge", str(folder / "edge.json"), *arguments)
            await asyncio.sleep(_SETTLE_S)
            for watch in (ours, limit):
                watch.begin()
            try:
                await asyncio.wait_for(edge.wait(), seconds + 30)
            finally:
                await ended(edge)
    finally:
        await ended(bare)
    return ours.seen, limit.seen, ours.after_us


def _shares(hops: dict[str, dict[int, int]], after_us: int) -> dict[str, float]:
    """Return each hop's time in milliseconds, for the readings that were seen at all of them."""
    hops["observed"] = {one: one for one in hops["put"]}
    whole = [one for one in set.intersection(*(set(hops[hop]) for hop in HOPS)) if one >= after_us]
    shares: dict[str, float] = {"readings": float(len(whole))}
    for one, other in (*pairwise(HOPS), ("published", "acknowledged")):
        spent = [(hops[other].get(key, hops[one][key]) - hops[one][key]) / 1_000 for key in whole]
        for percent in (50, 99):
            shares[f"{one} → {other} p{percent}_ms"] = round(percentile(spent, percent), 3)
    return shares
