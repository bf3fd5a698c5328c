"""a film, people and models → JSON on standard output: what a process with so many cameras takes and makes of them."""

import asyncio
import json
import sys
import tempfile
import threading
from pathlib import Path
from typing import Final

import psutil

from bench.vision_stage import RECOGNISER
from edge.newest_frame import NewestFrame
from tests.edge.shows import camera, shown
from tests.vision import entrance
from vision.engine import Choice, opened_engine
from vision.pipeline import Pipeline
from vision.sessions import Runtime

_BREATH_S: Final = 0.5


class Looking(threading.Thread):
    """Looks at one camera's newest frames until they end."""

    def __init__(self, frames: NewestFrame, pipeline: Pipeline) -> None:
        super().__init__(name="looking")
        self._frames = frames
        self._pipeline = pipeline
        self.looked = self.given = self.decided = 0

    def run(self) -> None:
        while not self._frames.closed:
            frame = self._frames.take(_BREATH_S)
            if frame is not None:
                self.looked, self.given = self.looked + 1, frame.number + 1
                self.decided = self._pipeline.look(frame).funnel.decided


async def _watched(file: str, people: Path, models: Path, cameras: int, seconds: float) -> dict[str, list[float]]:
    engine = opened_engine(Choice(models, f"yunet+{RECOGNISER}", runtime=Runtime(threads=1)))
    gallery = entrance.gallery(people, engine)
    process = psutil.Process()
    with tempfile.TemporaryDirectory() as folder:
        async with asyncio.TaskGroup() as group:
            done = [asyncio.Event() for _ in range(cameras)]
            lookers: list[Looking] = []
            ready = asyncio.Semaphore(0)

            async def one(number: int) -> None:
                place = Path(folder) / str(number)
                place.mkdir()
                settings = camera(id=f"gate{number}", source="file", path=file, fps=entrance.FPS, stall_s=5.0, open_s=5.0)
                async with shown(settings, place) as show:
                    looker = Looking(show.camera.frames, entrance.pipeline(engine, gallery))
                    looker.start()
                    lookers.append(looker)
                    ready.release()
                    await done[number].wait()
                await asyncio.to_thread(looker.join)

            for number in range(cameras):
                group.create_task(one(number), name=f"camera {number}")
            for _ in range(cameras):
                await ready.acquire()
            before = process.cpu_times()
            await asyncio.sleep(seconds)
            after = process.cpu_times()
            found = {
                "frames_per_s": [each.looked / seconds for each in lookers],
                "decided": [float(each.decided) for each in lookers],
                "skipped": [float(each.given - each.looked) for each in lookers],
                "rss_mib": [process.memory_info().rss / 2**20],
                "cpu_percent": [100 * (after.user + after.system - before.user - before.system) / seconds],
            }
            for each in done:
                each.set()
    return found


if __name__ == "__main__":
    film, people, models, cameras, seconds = sys.argv[1:]
    sys.stdout.write(json.dumps(asyncio.run(_watched(film, Path(people), Path(models), int(cameras), float(seconds)))) + "\n")
