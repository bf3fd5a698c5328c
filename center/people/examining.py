"""a photo's bytes → its one face, measured and embedded, and the JPEG that is kept; or why it is of no use.

Needs the extra `vision`; only `center.people.eyes` imports this, once a photo is there to look at.
"""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import structlog
from PIL import Image as Pillow

from center.people.report import Examined, Measures, Usable, light
from center.settings import People
from vision import engine, pictures, portrait
from vision.engine import Choice, FaceEngine
from vision.errors import PictureError
from vision.faces import Face
from vision.frames import Image
from vision.gates import ENROLMENT, Gates
from vision.portrait import JudgedFace
from vision.sessions import Runtime
from vision.shrinking import shrunk

LONGEST: Final = 1280
"""Pixels of the longer side of what is kept."""
_FACE: Final = 160
"""Pixels of a face that a later model may need: a face that would become smaller is cut out with what is around it."""
_AROUND: Final = 1.5
"""How much of a face's size is left on each side of it."""
_QUALITY: Final = 90

_log = structlog.get_logger()


class PhotoExaminer:
    """A face engine and the bounds a photo must keep."""

    def __init__(self, eyes: FaceEngine, gates: Gates = ENROLMENT) -> None:
        self._eyes = eyes
        self._gates = gates

    @property
    def model(self) -> str:
        return self._eyes.model

    @property
    def dimensions(self) -> int:
        return self._eyes.embedder.dimensions

    def examined(self, data: bytes, name: str) -> Examined:
        try:
            image = pictures.opened(data, name=name)
        except PictureError as error:
            return Examined(Measures(0), None, light(error))
        faces = portrait.judged(image, self._eyes, self._gates)
        measures = _measures(faces)
        try:
            face = portrait.only(faces, name)
        except PictureError as error:
            return Examined(measures, None, light(error))
        return Examined(measures, Usable(_jpeg(image, face), self._eyes.embed(image, [face])))


def opened(chosen: People) -> PhotoExaminer:
    """Return the examiner of the settings' engine; raises VisionError where its models are missing, damaged or see wrongly."""
    runtime = Runtime(threads=chosen.threads)
    eyes = engine.opened_engine(Choice(Path(chosen.models), chosen.engine, longest=chosen.longest, runtime=runtime))
    for notice in eyes.notices:
        _log.warning("face engine", engine=chosen.engine, detail=str(notice))
    return PhotoExaminer(eyes)


def _measures(faces: Sequence[JudgedFace]) -> Measures:
    if not faces:
        return Measures(0)
    usable = [each for each in faces if not each.refusals]
    quality = (usable or faces)[0].quality
    turned = max(abs(angle) for angle in (quality.pose.yaw, quality.pose.pitch, quality.pose.roll))
    return Measures(
        faces=len(faces),
        size_px=round(quality.size_px, 1),
        blur=round(1 - min(1.0, quality.sharpness), 3),
        pose_deg=round(turned, 1),
        exposure=round(quality.brightness, 3),
    )


def _jpeg(image: Image, face: Face) -> bytes:
    """Return the picture as it is kept: made of its pixels alone."""
    scale = LONGEST / max(image.shape[:2])
    if min(face.size) * min(scale, 1.0) < _FACE and scale < 1:
        image = _around(image, face)
    picture = Pillow.fromarray(np.ascontiguousarray(shrunk(image, LONGEST).image[:, :, ::-1]))
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=_QUALITY)
    return target.getvalue()


def _around(image: Image, face: Face) -> Image:
    left, top, right, bottom = (float(value) for value in face.box_xyxy)
    across, down = _AROUND * (right - left), _AROUND * (bottom - top)
    rows = slice(max(0, round(top - down)), round(bottom + down))
    columns = slice(max(0, round(left - across)), round(right + across))
    return image[rows, columns]
