"""a picture → faces → embeddings: a detector and a recogniser that were opened together, by either of two ways.

``yunet+sface``, or ``yunet+`` any recogniser of 112×112 pixels: OpenCV's detector. ``buffalo_l``, or a folder: one of InsightFace's packs.
"""

import importlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from vision import alignment, catalogue, embedder, models, yunet
from vision.catalogue import Licence
from vision.errors import ModelError
from vision.faces import Embeddings, Face, FaceDetector, FaceEmbedder
from vision.frames import Image
from vision.sessions import Runtime

DEFAULT: Final = "yunet+sface"
_PACKS: Final = Path("insightface") / "models"


@dataclass(frozen=True, slots=True)
class FaceEngine:
    """A detector and an embedder. `notices`: what whoever chose these models must be told, e.g. that they are for research only."""

    detector: FaceDetector
    embedder: FaceEmbedder
    notices: tuple[ModelError, ...] = ()

    @property
    def model(self) -> str:
        """Return whose embeddings these are: see FaceEmbedder."""
        return self.embedder.model

    def detect(self, image: Image) -> Sequence[Face]:
        """Return the faces in a picture, the surest first."""
        return self.detector.detect(image)

    def embed(self, image: Image, faces: Sequence[Face]) -> Embeddings:
        """Return one row for each of a picture's faces."""
        return self.embedder.embed([alignment.aligned(image, face.landmarks_xy) for face in faces])


@dataclass(frozen=True, slots=True)
class Choice:
    """Which engine. `folder`: where the models lie. `name`: see the module. `longest`: pixels of the longer side a detector looks at.

    `score`: the detector's least, 0 to 1; None: its usual one.
    """

    folder: Path
    name: str = DEFAULT
    longest: int = 640
    score: float | None = None
    runtime: Runtime = field(default_factory=Runtime)


def opened_engine(choice: Choice) -> FaceEngine:
    """Return the engine of a choice; raises ModelError if a model is missing, damaged or of the wrong kind."""
    detector, plus, recogniser = choice.name.partition("+")
    return _opencv(choice, detector, recogniser) if plus else _pack(choice)


def _opencv(choice: Choice, detector: str, recogniser: str) -> FaceEngine:
    seeing = models.found(choice.folder, detector)
    knowing = models.found(choice.folder, recogniser)
    return FaceEngine(
        detector=yunet.opened(seeing.file, longest=choice.longest, score=yunet.SCORE if choice.score is None else choice.score),
        embedder=embedder.opened(knowing.file, knowing.preprocessing, name=knowing.name, sha256=knowing.sha256, runtime=choice.runtime),
        notices=_notices((seeing.name, seeing.licence), (knowing.name, knowing.licence)),
    )


def _pack(choice: Choice) -> FaceEngine:
    listed = catalogue.named(choice.name)
    folder = choice.folder / (_PACKS / choice.name if listed else choice.name)
    if listed and not folder.is_dir():
        files = ", ".join(Path(model.file).name for model in listed)
        raise ModelError("model_missing", name=choice.name, url=listed[0].source.url, file=files, folder=folder)
    try:
        insight = importlib.import_module("vision.insight")  # an extra of its own: its models are for research only
    except ModuleNotFoundError as error:
        raise ModelError("no_insightface", name=choice.name, package=error.name) from error
    score = {} if choice.score is None else {"score": choice.score}
    pack = insight.opened(folder, longest=choice.longest, runtime=choice.runtime, **score)
    knowing = models.described(pack.recogniser, models.sha256(pack.recogniser))
    preprocessing = knowing.preprocessing if knowing.known else pack.preprocessing
    return FaceEngine(
        detector=pack.detector,
        embedder=embedder.over(pack.session, preprocessing, file=knowing.file, name=knowing.name, sha256=knowing.sha256),
        notices=() if pack.licensed else _notices((folder.name, catalogue.RESEARCH)),
    )


def _notices(*used: tuple[str, Licence]) -> tuple[ModelError, ...]:
    said = [ModelError("research_only", name=name, licence=licence.name) for name, licence in used if licence.research_only]
    unsaid = [ModelError("licence_unknown", name=name) for name, licence in used if licence is catalogue.UNKNOWN]
    return (*said, *unsaid)
