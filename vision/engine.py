"""a picture → faces → embeddings: a detector and a recogniser that were opened together, by either of two ways.

``yunet+sface``, or ``yunet+`` any recogniser of 112×112 pixels: OpenCV's detector. ``buffalo_l``, or a folder: one of InsightFace's packs.
"""

import importlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

from onnxruntime import InferenceSession

from vision import alignment, catalogue, embedder, exposure, models, self_test, sessions, yunet
from vision.catalogue import Licence, Preprocessing
from vision.errors import ModelError, OptionError
from vision.faces import Crop, Embeddings, Face, FaceDetector, FaceEmbedder
from vision.frames import Image, checked
from vision.models import Found
from vision.sessions import Runtime

DEFAULT: Final = "yunet+sface"
LONGEST: Final = (160, 4096)
SCORE: Final = (0.1, 0.8)
"""A detector's least score, from and to: right engines are not always surer than 0.8; quality is judged later."""
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
        """Return the faces in a picture, the surest first; raises PictureError for what is no picture in colours."""
        return self.detector.detect(checked(image)) if image.size else ()

    def embed(self, image: Image, faces: Sequence[Face]) -> Embeddings:
        """Return one row for each of a picture's faces."""
        return self.recognise([alignment.aligned(checked(image), face.landmarks_xy) for face in faces])

    def recognise(self, crops: Sequence[Crop]) -> Embeddings:
        """Return one row for each aligned face, those in the dark lightened first."""
        return self.embedder.embed([exposure.lightened(crop) for crop in crops])


@dataclass(frozen=True, slots=True)
class Choice:
    """Which engine. `folder`: where the models lie. `name`: see the module. `longest`: pixels of the longer side a detector looks at.

    `score`: the detector's least; None: its usual one. `preprocessing`: what a recogniser needs that the catalogue does not know.
    """

    folder: Path
    name: str = DEFAULT
    longest: int = 640
    score: float | None = None
    preprocessing: Preprocessing | None = None
    runtime: Runtime = field(default_factory=Runtime)

    def __post_init__(self) -> None:
        """Refuse what no detector can do."""
        if not LONGEST[0] <= self.longest <= LONGEST[1]:
            raise OptionError("longest_side", value=self.longest, least=LONGEST[0], most=LONGEST[1])
        if self.score is not None and not SCORE[0] <= self.score <= SCORE[1]:
            raise OptionError("detector_score", value=self.score, least=SCORE[0], most=SCORE[1])


def opened_engine(choice: Choice) -> FaceEngine:
    """Return the engine of a choice, tested on a drawn face.

    Raises ModelError if a model is missing, damaged or of the wrong kind, or if the engine sees wrongly.
    """
    detector, plus, recogniser = choice.name.partition("+")
    return _opencv(choice, detector, recogniser) if plus else _pack(choice)


def _opencv(choice: Choice, detector: str, recogniser: str) -> FaceEngine:
    seeing = models.found(choice.folder, detector)
    knowing = models.found(choice.folder, recogniser)
    eyes = yunet.opened(seeing.file, longest=choice.longest, score=yunet.SCORE if choice.score is None else choice.score)
    session = sessions.opened(knowing.file, choice.runtime)
    notices = _notices((seeing.name, seeing.licence), (knowing.name, knowing.licence))
    return _tested(choice, eyes, session, knowing, notices)


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
    knowing = models.described(pack.recogniser, models.sha256(pack.recogniser), usual=pack.preprocessing)
    notices = () if pack.licensed else _notices((folder.name, catalogue.RESEARCH))
    return _tested(choice, pack.detector, pack.session, knowing, notices)


def _tested(
    choice: Choice, detector: FaceDetector, session: InferenceSession, knowing: Found, notices: tuple[ModelError, ...]
) -> FaceEngine:
    """Return the engine if it sees a drawn face as it should; what the catalogue says of a model holds against the choice."""
    known = knowing.preprocessing
    used = choice.preprocessing or known
    recogniser = embedder.over(session, used, file=knowing.file, model=knowing.model(used))
    needed = known if knowing.known else used
    self_test.check(detector, recogniser, partial(embedder.plainly, session, needed))
    return FaceEngine(detector, recogniser, notices)


def _notices(*used: tuple[str, Licence]) -> tuple[ModelError, ...]:
    said = [ModelError("research_only", name=name, licence=licence.name) for name, licence in used if licence.research_only]
    unsaid = [ModelError("licence_unknown", name=name) for name, licence in used if licence is catalogue.UNKNOWN]
    return (*said, *unsaid)
