"""a folder with one of InsightFace's packs → its detector, and its recogniser's session with the pre-processing the pack asks for.

Only from a local folder: `insightface` would download a pack it cannot find, so the folder is looked at first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from google.protobuf.message import DecodeError
from insightface.app import FaceAnalysis
from insightface.model_zoo.model_license import inspect_model_package_license
from insightface.model_zoo.scrfd import SCRFD
from onnxruntime import InferenceSession

from vision import sessions
from vision.catalogue import Preprocessing
from vision.errors import ModelError
from vision.faces import Face
from vision.frames import Image
from vision.sessions import Runtime
from vision.shrinking import shrunk

LONGEST: Final = 640
SCORE: Final = 0.5
_CLOSER: Final = 4
_STEP: Final = 32
"""SCRFD's coarsest map has one place for 32 pixels: its input's sides are multiples."""
_REFUSALS: Final = (AssertionError, RuntimeError, ValueError, TypeError, LookupError, OSError, DecodeError, *sessions.REFUSALS)
"""What `insightface` raises on a folder that is no pack."""


class Scrfd:
    """Finds faces by a pack's detector (SCRFD, Guo et al. 2021); may be used from several threads.

    `longest`: larger pictures are shrunk until their longer side has this many pixels. Where it finds nobody it looks once more at a
    quarter of that: it is blind to a face that fills the picture.
    """

    def __init__(self, net: SCRFD, *, longest: int = LONGEST) -> None:
        self._net = net
        self._longest = longest

    def detect(self, image: Image) -> Sequence[Face]:
        """Return the faces in a picture, the surest first."""
        return self._found(image, self._longest) or self._found(image, self._longest // _CLOSER)

    def _found(self, image: Image, longest: int) -> Sequence[Face]:
        if not image.size:
            return ()
        seen = shrunk(image, longest)
        height, width = (-(-side // _STEP) * _STEP for side in seen.image.shape[:2])
        canvas = np.zeros((height, width, 3), dtype=np.uint8)  # filled up, not stretched; few sizes, however many pictures
        canvas[: seen.image.shape[0], : seen.image.shape[1]] = seen.image
        boxes, points = self._net.detect(canvas, input_size=(width, height))
        back = np.array([seen.across, seen.down])
        return tuple(
            Face(
                box_xyxy=(box[:4].reshape(2, 2) * back).reshape(4).astype(np.float32),
                score=float(box[4]),
                landmarks_xy=(landmarks * back).astype(np.float32),
            )
            for box, landmarks in zip(boxes, points, strict=True)
        )


@dataclass(frozen=True, slots=True)
class Pack:
    """What a folder holds. `recogniser`: the file. `licensed`: it carries a signed licence for more than research."""

    detector: Scrfd
    session: InferenceSession
    preprocessing: Preprocessing
    recogniser: Path
    licensed: bool


def opened(folder: Path, *, longest: int = LONGEST, score: float = SCORE, runtime: Runtime) -> Pack:
    """Return the pack in a folder; raises ModelError if there is none, or one without a detector of landmarks or a recogniser."""
    if not any(folder.glob("*.onnx")):
        raise ModelError("no_pack", folder=folder)
    try:
        app = FaceAnalysis(
            name=str(folder),
            allowed_modules=["detection", "recognition"],
            providers=list(sessions.providers(runtime)),
            sess_options=sessions.options(runtime),
            static_shape_sessions=False,  # one session for all sizes instead of one each
        )
    except _REFUSALS as error:
        raise ModelError("unusable_pack", folder=folder, detail=sessions.reason(error)) from error
    detector, recogniser = app.models.get("detection"), app.models.get("recognition")
    if not isinstance(detector, SCRFD) or not detector.use_kps or recogniser is None:
        raise ModelError("unusable_pack", folder=folder, detail="it needs a detector with landmarks and a recogniser")
    detector.prepare(0, det_thresh=score)
    return Pack(
        detector=Scrfd(detector, longest=longest),
        session=recogniser.session,
        preprocessing=Preprocessing("rgb", float(recogniser.input_mean), float(recogniser.input_std)),
        recogniser=Path(recogniser.model_file),
        licensed=inspect_model_package_license(folder).commercial_use_permitted,
    )
