"""frames of an entrance with real faces → the whole pipeline's frames a second against bare inference; names; idle and busy cameras."""

import time
from collections.abc import Mapping, Sequence
from typing import Final

import cv2
import msgspec
import numpy as np

from bench import vision_cameras
from bench.result import Result, paired
from bench.vision_stage import Stage, stage
from edge.laps import Laps
from simulators.scenes.script import Level
from tests.vision import entrance
from tests.vision.entrance import Watching
from vision import embedder
from vision.catalogue import ARCFACE
from vision.faces import CROP
from vision.frames import Frame

_FIRST: Final = 60
"""From this frame on people are there."""
_FRAMES: Final = 60
_ROUNDS: Final = 9
_QUICK_ROUNDS: Final = 3
_IDLE_LIMIT: Final = 5.0
"""Per cent of a core an idle camera may take."""
_IDLE_FRAMES: Final = 300
_LONGEST: Final = 640


async def measure(*, quick: bool) -> list[Result]:
    """Look at six seconds of the entrance, again and again; the rest only where there is time."""
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)  # it warns on every load that it has only one target
    with stage() as place:
        found = [_whole(place, _QUICK_ROUNDS if quick else _ROUNDS)]
        if not quick:
            found.append(_idle(place))
            found += [await _names(place, level) for level in (Level.BRIGHT, Level.NORMAL, Level.DIM)]
            found += await vision_cameras.measured(place)
    return found


def _whole(place: Stage, rounds: int) -> Result:
    """Measure the pipeline and, on the same frames, its models alone: as many detections, as many embeddings."""
    scene = entrance.scene(place.people, place.models, Level.NORMAL)
    frames = [frame_of(scene.composed(number).image, number) for number in range(_FIRST, _FIRST + _FRAMES)]
    rates, figures = [], {}
    for _ in range(rounds):
        laps = Laps()
        looking = entrance.pipeline(place.engine, place.gallery, laps)
        began = time.perf_counter()
        looks = sum(face.looked for frame in frames for face in looking.look(frame).faces)
        ours = len(frames) / (time.perf_counter() - began)
        rates.append((ours, _bare(place, frames, laps.seen()["detect faces"].times, looks)))
        figures = {f"{name.replace(' ', '_')}_ms": lap.milliseconds for name, lap in laps.seen().items()} | {"embeddings": looks}
    limit = "YuNet and MobileFaceNet alone on the same frames, shrunk and aligned before"
    return _beside(paired("vision: whole pipeline, 720p, two faces", "frames/s", limit, rates), figures)


def _bare(place: Stage, frames: Sequence[Frame], detections: int, embeddings: int) -> float:
    """Return frames a second of the models alone."""
    width, height = frames[0].size
    size = (_LONGEST, round(_LONGEST * height / width))
    small = [cv2.resize(frame.image, size, interpolation=cv2.INTER_AREA) for frame in frames]
    net = cv2.FaceDetectorYN.create(str(place.models / entrance.YUNET), "", size, 0.6, 0.3, 1_000)
    crop = embedder.blob([np.zeros((CROP, CROP, 3), np.uint8)], ARCFACE)
    name = place.recogniser.get_inputs()[0].name
    net.detect(small[0])
    began = time.perf_counter()
    for number in range(detections):
        net.detect(small[number % len(small)])
    for _ in range(embeddings):
        place.recogniser.run(None, {name: crop})
    return len(frames) / (time.perf_counter() - began)


def _idle(place: Stage) -> Result:
    """Measure the processor time of an empty corridor, noise and all, at ten frames a second."""
    scene = entrance.scene(place.people, place.models, Level.NORMAL)
    empty = [scene.composed(scene.script.frames + number).image for number in range(20)]
    looking = entrance.pipeline(place.engine, place.gallery)
    frames = [frame_of(empty[number % len(empty)], number) for number in range(_IDLE_FRAMES)]
    looking.look(frames[0])
    began = time.process_time()
    looked = sum(looking.look(frame).looked for frame in frames[1:])
    seconds = time.process_time() - began
    percent = 100 * seconds / (_IDLE_FRAMES / entrance.FPS)
    return Result(
        name="vision: idle camera, 720p, 10 frames/s",
        unit="% of a core",
        ours=percent,
        limit=_IDLE_LIMIT,
        limit_is="what an empty corridor may cost, decoding apart (the ratio is limit / ours)",
        ratio=_IDLE_LIMIT / percent,
        figures={"detections": looked, "frames": _IDLE_FRAMES},
    )


async def _names(place: Stage, level: Level) -> Result:
    """Show the entrance once as a camera of the network, and compare the names with the truth."""
    scene = entrance.scene(place.people, place.models, level)
    watching = Watching(entrance.pipeline(place.engine, place.gallery))
    folder = place.folder / level
    folder.mkdir()
    await entrance.over_the_network(scene, watching, folder)
    score = watching.score(scene)
    return Result(
        name=f"vision: names from RTSP, {level} light",
        unit="recall of visits",
        ours=score.recall,
        limit=1.0,
        limit_is="every visit of an enrolled person whose face could be recognised",
        ratio=score.recall,
        figures={
            "precision": score.precision,
            "visits_due": score.due,
            "strangers": score.strangers,
            "strangers_named": score.strangers_named,
            "seconds_to_name": score.seconds_to_name or 0.0,
            "frames_looked_at": watching.frames,
        },
    )


def frame_of(image: np.ndarray, number: int) -> Frame:
    """Return a picture as the frame `number` of the scene."""
    return Frame(image, round(number / entrance.FPS * 1e6), number / entrance.FPS, number)


def _beside(result: Result, figures: Mapping[str, float]) -> Result:
    return msgspec.structs.replace(result, figures=dict(figures))
