"""four cameras at once on this machine, each decoded and looked at in a process → frames a second each, decisions, memory."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Final

from bench.result import Result
from bench.vision_stage import Stage
from simulators.scenes import film, playing
from simulators.scenes.script import Level
from tests.vision import entrance

_SECONDS: Final = 20.0
_MEMORY_MIB: Final = 400.0
"""What one camera may take of a gateway with one gigabyte."""


async def measured(place: Stage) -> list[Result]:
    """Film the entrance once; watch the film with one camera, then with four, in real time."""
    scene = entrance.scene(place.people, place.models, Level.NORMAL)
    file = place.folder / "entrance.mp4"
    size = scene.script.width, scene.script.height
    film.filmed((played.frame for played in playing.at_once(scene)), file, size=size, fps=entrance.FPS)
    one = await _watched(place, str(file), 1)
    four = await _watched(place, str(file), 4)
    return [_memory(one), _four(four)]


async def _watched(place: Stage, file: str, cameras: int) -> dict[str, list[float]]:
    command = [sys.executable, "-m", "bench.vision_process", file, str(place.people), str(place.models), str(cameras), str(_SECONDS)]
    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=True, timeout=_SECONDS + 120)
    found: dict[str, list[float]] = json.loads(done.stdout.splitlines()[-1])
    return found


def _memory(found: dict[str, list[float]]) -> Result:
    rss = found["rss_mib"][0]
    return Result(
        name="vision: memory of one camera",
        unit="MiB",
        ours=rss,
        limit=_MEMORY_MIB,
        limit_is="what one camera may take of a small gateway (the ratio is limit / ours)",
        ratio=_MEMORY_MIB / rss,
        figures={"cpu_percent": found["cpu_percent"][0], "frames_per_s": found["frames_per_s"][0]},
    )


def _four(found: dict[str, list[float]]) -> Result:
    slowest = min(found["frames_per_s"])
    each: Sequence[float] = found["frames_per_s"]
    return Result(
        name="vision: four cameras on this machine",
        unit="frames/s of the slowest",
        ours=slowest,
        limit=entrance.FPS,
        limit_is="what each camera gives",
        ratio=slowest / entrance.FPS,
        figures={f"camera_{number}_frames_per_s": value for number, value in enumerate(each, 1)}
        | {"decided": sum(found["decided"]), "skipped": sum(found["skipped"])}
        | {"rss_mib": found["rss_mib"][0], "cpu_percent": found["cpu_percent"][0]},
    )
