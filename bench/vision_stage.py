"""nothing → what the benchmarks of the eyes look with and at: an engine, people, a gallery; real pictures, so only where they are."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from onnxruntime import InferenceSession

from bench.result import Lacking
from tests.vision import entrance
from vision import sessions
from vision.engine import Choice, FaceEngine, opened_engine
from vision.gallery import Gallery
from vision.sessions import Runtime

VARIABLE: Final = "WARDROOM_TESTDATA"
RECOGNISER: Final = "insightface/models/wardpack/mobilefacenet.onnx"


@dataclass(frozen=True, slots=True)
class Stage:
    """`people`: a folder of four; `recogniser`: a bare session over the engine's own model; `folder`: for files, gone afterwards."""

    engine: FaceEngine
    recogniser: InferenceSession
    people: Path
    models: Path
    gallery: Gallery
    folder: Path


@contextmanager
def stage() -> Iterator[Stage]:
    """Set the stage; raises Lacking where the pictures and models are not on this machine."""
    if not (testdata := os.environ.get(VARIABLE)):
        raise Lacking(f"${VARIABLE} names no folder of pictures and models")
    models = Path(testdata) / "models"
    runtime = Runtime(threads=1)
    engine = opened_engine(Choice(models, f"yunet+{RECOGNISER}", runtime=runtime))
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        (folder / "people").mkdir()
        people = entrance.folder(Path(testdata), folder / "people")
        yield Stage(engine, sessions.opened(models / RECOGNISER, runtime), people, models, entrance.gallery(people, engine), folder)
