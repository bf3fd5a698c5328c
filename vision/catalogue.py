"""the models this software knows: name → file, SHA-256, licence, where it comes from, and how pictures must be made ready for it.

Each SHA-256 is that of the published file: OpenCV Zoo's are in its repository's Git LFS pointers; InsightFace publishes none, so theirs are
the ones several independent projects pin. A file with another SHA-256 is another model, under whatever name it lies.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal, TypeAlias

Colours: TypeAlias = Literal["bgr", "rgb"]


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """How a picture is made ready: each value (pixel − `mean`) / `deviation`, `colours` in this order.

    `version` counts changes of alignment or pre-processing of ours: embeddings made before and after never meet.
    """

    colours: Colours
    mean: float
    deviation: float
    version: int = 1


class Task(StrEnum):
    """What a model does."""

    DETECTOR = "detector"
    RECOGNISER = "recogniser"


@dataclass(frozen=True, slots=True)
class Licence:
    """On which terms a model may be used. `research_only`: not by an authority or a company in its daily work."""

    name: str
    research_only: bool


@dataclass(frozen=True, slots=True)
class Source:
    """Where a model is published: `url` gives `size` bytes with `sha256`; `member`: the model's name inside it, if it is a ZIP archive."""

    url: str
    sha256: str
    size: int
    member: str = ""


@dataclass(frozen=True, slots=True)
class Model:
    """One model file. `file`: its place in the models' folder. `same_above`: the cosine its authors or testers accept, recognisers only."""

    name: str
    task: Task
    file: str
    sha256: str
    size: int
    licence: Licence
    source: Source
    input_size: tuple[int, int]
    preprocessing: Preprocessing
    same_above: float | None = None


MIT: Final = Licence("MIT", research_only=False)
APACHE: Final = Licence("Apache-2.0", research_only=False)
RESEARCH: Final = Licence("InsightFace: non-commercial research only", research_only=True)
UNKNOWN: Final = Licence("unknown", research_only=False)

RAW_BGR: Final = Preprocessing("bgr", 0, 1)
RAW_RGB: Final = Preprocessing("rgb", 0, 1)
SCRFD: Final = Preprocessing("rgb", 127.5, 128)
ARCFACE: Final = Preprocessing("rgb", 127.5, 127.5)
"""What recognisers of ArcFace's family take, and what is assumed of a recogniser this list does not know."""

_ZOO: Final = "https://media.githubusercontent.com/media/opencv/opencv_zoo/main/models"
_RELEASE: Final = "https://github.com/deepinsight/insightface/releases/download/v0.7"
_BUFFALO_L: Final = "80ffe37d8a5940d59a7384c201a2a38d4741f2f3c51eef46ebb28218a7b0ca2f"
_BUFFALO_S: Final = "d85a87f503f691807cd8bb97128bdf7a0660326cd9cd02657127fa978bab8b5e"
_ANTELOPE: Final = "8e182f14fc6e80b3bfa375b33eb6cff7ee05d8ef7633e738d1c89021dcf0c5c5"
_YUNET: Final = "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4"
_SFACE: Final = "0ba9fbfa01b5270c96627c4ef784da859931e02f04419c829e83484087c34e79"
_SCRFD_10G: Final = "5838f7fe053675b1c7a08b633df49e7af5495cee0493c7dcf6697200b85b5b91"


def _packed(file: str, sha256: str, size: int, source: Source, same_above: float | None = None) -> Model:
    """Return a model of one of InsightFace's packs; `file`: ``pack/name.onnx``."""
    detector = same_above is None
    return Model(
        name=file.removesuffix(".onnx"),
        task=Task.DETECTOR if detector else Task.RECOGNISER,
        file=f"insightface/models/{file}",
        sha256=sha256,
        size=size,
        licence=RESEARCH,
        source=source,
        input_size=(640, 640) if detector else (112, 112),
        preprocessing=SCRFD if detector else ARCFACE,
        same_above=same_above,
    )


MODELS: Final = (
    Model(
        name="yunet",
        task=Task.DETECTOR,
        file="opencv/face_detection_yunet_2023mar.onnx",
        sha256=_YUNET,
        size=232_589,
        licence=MIT,
        source=Source(f"{_ZOO}/face_detection_yunet/face_detection_yunet_2023mar.onnx", _YUNET, 232_589),
        input_size=(640, 640),
        preprocessing=RAW_BGR,
    ),
    Model(
        name="sface",
        task=Task.RECOGNISER,
        file="opencv/face_recognition_sface_2021dec.onnx",
        sha256=_SFACE,
        size=38_696_353,
        licence=APACHE,
        source=Source(f"{_ZOO}/face_recognition_sface/face_recognition_sface_2021dec.onnx", _SFACE, 38_696_353),
        input_size=(112, 112),
        preprocessing=RAW_RGB,  # its graph begins with the normalisation; OpenCV's FaceRecognizerSF hands it raw red, green, blue
        same_above=0.363,
    ),
    _packed(
        "buffalo_l/det_10g.onnx",
        _SCRFD_10G,
        16_923_827,
        Source(f"{_RELEASE}/buffalo_l.zip", _BUFFALO_L, 288_621_354, "det_10g.onnx"),
    ),
    _packed(
        "buffalo_l/w600k_r50.onnx",
        "4c06341c33c2ca1f86781dab0e829f88ad5b64be9fba56e56bc9ebdefc619e43",
        174_383_860,
        Source(f"{_RELEASE}/buffalo_l.zip", _BUFFALO_L, 288_621_354, "w600k_r50.onnx"),
        same_above=0.4,
    ),
    _packed(
        "buffalo_s/det_500m.onnx",
        "5e4447f50245bbd7966bd6c0fa52938c61474a04ec7def48753668a9d8b4ea3a",
        2_524_817,
        Source(f"{_RELEASE}/buffalo_s.zip", _BUFFALO_S, 127_607_557, "det_500m.onnx"),
    ),
    _packed(
        "buffalo_s/w600k_mbf.onnx",
        "9cc6e4a75f0e2bf0b1aed94578f144d15175f357bdc05e815e5c4a02b319eb4f",
        13_616_099,
        Source(f"{_RELEASE}/buffalo_s.zip", _BUFFALO_S, 127_607_557, "w600k_mbf.onnx"),
        same_above=0.4,
    ),
    _packed(
        "antelopev2/scrfd_10g_bnkps.onnx",
        _SCRFD_10G,
        16_923_827,
        Source(f"{_RELEASE}/antelopev2.zip", _ANTELOPE, 360_662_982, "antelopev2/scrfd_10g_bnkps.onnx"),
    ),
    _packed(
        "antelopev2/glintr100.onnx",
        "4ab1d6435d639628a6f3e5008dd4f929edf4c4124b1a7169e1048f9fef534cdf",
        260_665_334,
        Source(f"{_RELEASE}/antelopev2.zip", _ANTELOPE, 360_662_982, "antelopev2/glintr100.onnx"),
        same_above=0.4,
    ),
)


def named(name: str) -> tuple[Model, ...]:
    """Return the models of a name: one, or all of a pack (``buffalo_l``); none if it is not listed."""
    return tuple(model for model in MODELS if model.name == name or model.name.split("/")[0] == name)


def by_sha256(sha256: str) -> Model | None:
    """Return the model whose file has this SHA-256, if it is listed."""
    return next((model for model in MODELS if model.sha256 == sha256), None)
