"""an engine and a picture → how many frames a second this machine looks at, and where the milliseconds go."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Final

import numpy as np
from rich.table import Table

from edge.laps import Lap, Laps
from vision import assembly, gallery_contents
from vision.assembly import Options
from vision.engine import FaceEngine
from vision.faces import CROP
from vision.frames import Frame, Image
from vision.gallery import Gallery
from vision.gallery_entries import Person
from vision.profile import Profile
from wardroom import texts

PEOPLE: Final = 1_000
"""How many strangers are looked up in."""
_RATE: Final = 10.0
"""Frames a second the camera is said to give."""
_STEP_PX: Final = 8
_SIZE: Final = (720, 1280)


@dataclass(frozen=True, slots=True)
class Speed:
    """What was measured. `frames_per_s`: the whole pipeline, as fast as it goes. `embed_ms`: one face, whether there was one or not."""

    frames_per_s: float
    faces: int
    stages: dict[str, Lap]
    embed_ms: float


def measured(eyes: FaceEngine, image: Image | None, profile: Profile, seconds: float) -> Speed:
    """Return the speed on a picture that moves, or on noise if there is none."""
    picture = _noise() if image is None else image
    laps = Laps()
    looking = assembly.pipeline(eyes, strangers(eyes), Options(profile, motion=None), str, laps)
    frames, elapsed = 0, 0.0
    began = time.perf_counter()
    for frame in _moving(picture):
        looking.look(frame)
        frames += 1
        if (elapsed := time.perf_counter() - began) >= seconds:
            break
    crop = np.zeros((CROP, CROP, 3), np.uint8)
    return Speed(frames / elapsed, len(eyes.detect(picture)), laps.laps, _milliseconds(lambda: eyes.embedder.embed([crop])))


def strangers(eyes: FaceEngine, people: int = PEOPLE) -> Gallery:
    """Return a gallery of people nobody is like."""
    rows = np.random.default_rng(1).standard_normal((people, eyes.embedder.dimensions)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    gallery = Gallery(gallery_contents.nothing("strangers", eyes.model, eyes.embedder.dimensions))
    gallery.change([Person(f"stranger-{number}", row[None]) for number, row in enumerate(rows)])
    return gallery


def _moving(picture: Image) -> Iterator[Frame]:
    shown = [np.roll(picture, _STEP_PX * step, axis=1) for step in (0, 1, 2, 1)]
    for number in count():
        yield Frame(shown[number % len(shown)], round(number / _RATE * 1e6), number / _RATE, number)


def _noise() -> Image:
    return np.random.default_rng(1).integers(0, 256, (*_SIZE, 3), dtype=np.uint8)


def _milliseconds(work: Callable[[], object], times: int = 20) -> float:
    work()
    began = time.perf_counter()
    for _ in range(times):
        work()
    return 1000 * (time.perf_counter() - began) / times


def table(found: Speed, language: str) -> Table:
    """Return what was measured as a table."""
    title = texts.say("vision.bench_title", language, frames_per_s=found.frames_per_s, faces=found.faces, people=PEOPLE)
    shown = Table(*(texts.say(f"vision.bench_{head}", language) for head in ("stage", "runs", "milliseconds", "share")), title=title)
    whole = sum(lap.seconds for lap in found.stages.values())
    for stage, lap in found.stages.items():
        name = texts.say(f"vision.stage_{stage.replace(' ', '_')}", language)
        shown.add_row(name, str(lap.times), f"{lap.milliseconds:.2f}", f"{lap.seconds / whole:.0%}")
    shown.add_row(texts.say("vision.bench_one_face", language), "", f"{found.embed_ms:.2f}", "", end_section=True)
    return shown
