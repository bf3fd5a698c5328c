"""an order → a scene shown: a film, a folder of pictures or a camera of the network, and the truth beside it; an exit status."""

import asyncio
import sys
from collections.abc import Iterable, Iterator
from itertools import count
from pathlib import Path

import cv2
from rich.console import Console
from rich.progress import track

from simulators.rtsp import RtspServer
from simulators.scenes import film, playing, truth
from simulators.scenes.asked import asked
from simulators.scenes.noted import Noted
from simulators.scenes.order import Order
from simulators.scenes.scene import Scene, prepared
from vision.errors import VisionError
from vision.frames import Frame, Image
from wardroom import service, settings, texts
from wardroom.errors import ConfigError, WardroomError
from wardroom.settings import Log


def show(order: Order) -> int:
    """Show the scene; a mistake in the order, the script or a picture is one sentence on standard error."""
    try:
        scene = prepared(*asked(order))
        return _to_camera(scene, order) if order.rtsp is not None else _to_disk(scene, order)
    except WardroomError as error:
        return service.report(error)
    except VisionError as error:
        sys.stderr.write(f"wardroom: {error.sentence(settings.language())}\n")
        return service.MISCONFIGURED


def _to_disk(scene: Scene, order: Order) -> int:
    """Write the film or the pictures, and the truth."""
    known = Noted(scene)
    frames = known.watched(
        track(playing.at_once(scene), total=scene.script.frames, console=Console(stderr=True), description="", transient=True)
    )
    size = scene.script.width, scene.script.height
    place = order.film or order.frames
    if order.film is not None:
        film.filmed(frames, order.film, size=size, fps=scene.script.fps)
    elif order.frames is not None:
        _pictures(frames, order.frames)
    if order.truth is not None:
        truth.written(order.truth, truth.lines(known.truth()))
    visits = known.truth().visits
    people = len({visit.person for visit in visits})
    said = texts.say(
        "simulators.scene_written", settings.language(), file=place, frames=scene.script.frames, visits=len(visits), people=people
    )
    sys.stdout.write(f"{said}\n")
    return 0


def _to_camera(scene: Scene, order: Order) -> int:
    """Serve the scene over and over until a signal; its truth is told before."""
    if order.truth is not None:
        known = Noted(scene)
        for _ in known.watched(playing.at_once(scene)):
            pass
        truth.written(order.truth, truth.lines(known.truth()))

    def pictures() -> Iterator[Image]:
        return (composed.image for _ in count() for composed in scene.all())  # a camera does not end

    server = RtspServer(pictures, fps=scene.script.fps, path="/scene")
    server.port = order.rtsp or 0

    async def main() -> None:
        try:
            server.__enter__()
        except OSError as error:
            raise ConfigError("simulators.scene_port_taken", value=order.rtsp, detail=error.strerror) from error
        try:
            sys.stdout.write(f"{texts.say('simulators.scene_serving', settings.language(), address=server.url)}\n")
            sys.stdout.flush()
            await asyncio.Event().wait()
        finally:
            server.__exit__()

    return service.run(main, log=Log(level="warning"))


def _pictures(frames: Iterable[Frame], folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for frame in frames:
            done, coded = cv2.imencode(".png", frame.image)
            if done:
                (folder / f"{frame.number:06d}.png").write_bytes(coded.tobytes())
    except OSError as error:
        raise ConfigError("simulators.status_unusable", file=folder, detail=error.strerror) from error
