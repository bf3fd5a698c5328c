"""picture → persons, vehicles and other things: any detection model that Ultralytics exported to ONNX, run by ONNX Runtime without torch.

`yolo export model=… format=onnx` writes the labels, the input's size and the task into the file; everything is read from there. Pictures go
in and boxes come back exactly as in Ultralytics' own `predict` (`tests/vision/test_objects.py` compares the numbers).
"""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from onnxruntime import InferenceSession

from vision import export, letterbox, sessions, yolo_output
from vision.detections import Detections
from vision.errors import ModelError, OptionError
from vision.export import Export
from vision.frames import Image, checked
from vision.sessions import Runtime
from vision.yolo_output import Selection


@dataclass(frozen=True, slots=True)
class ObjectOptions:
    """What a detector looks for. `score`: more than this (a tracker likes 0.1); `labels`: only these; `overlap`: see `Selection`."""

    score: float = 0.25
    labels: Collection[str] | None = None
    overlap: float = 0.7
    runtime: Runtime = Runtime()  # noqa: RUF009 - frozen

    def __post_init__(self) -> None:
        """Refuse what is no share."""
        for name in ("score", "overlap"):
            value = getattr(self, name)
            if not 0 <= value <= 1:
                raise OptionError("option_bounds", field=f"objects.{name}", value=value, least=0, most=1)


class UltralyticsDetector:
    """Finds things with an exported YOLO; may be used from several threads: it keeps nothing, and ONNX Runtime's `run` may be called so."""

    def __init__(self, session: InferenceSession, about: Export, selection: Selection, file: Path) -> None:
        self._session = session
        self._about = about
        self._selection = selection
        self._file = file
        self._input = session.get_inputs()[0].name

    @property
    def labels(self) -> tuple[str, ...]:
        """Return what the classes are called."""
        return self._about.labels

    def detect(self, image: Image) -> Detections:
        """Return what stands in a picture, the surest first; raises ModelError if the model answers in a form of its own."""
        height, width = checked(image).shape[:2]
        about = self._about
        fit = letterbox.fitted((width, height), about.size, about.stride if about.dynamic else None)
        answer = np.asarray(self._session.run(None, {self._input: self._given(fit.applied(image))})[0], dtype=np.float32)
        finished, raw = answer.shape[-1:] == (yolo_output.FINISHED,), answer.shape[1:2] == (4 + len(about.labels),)
        if answer.ndim != 3 or len(answer) != 1 or not (finished or raw):
            raise ModelError("damaged_export", file=self._file, detail=f"an answer of shape {answer.shape}")
        found = yolo_output.read(answer[0], self._selection)
        return Detections(fit.back(found.xyxy), found.scores, found.classes)

    def _given(self, boxed: Image) -> NDArray[np.float32] | NDArray[np.float16]:
        """Return the model's input: (1, 3, height, width), red, green, blue, 0 to 1."""
        given = np.asarray(cv2.dnn.blobFromImage(boxed, 1 / 255, swapRB=True), dtype=np.float32)
        return given.astype(np.float16) if self._about.half else given


def opened_detector(file: Path, options: ObjectOptions | None = None) -> UltralyticsDetector:
    """Return the detector in an exported file; raises ModelError if the file is no such thing, OptionError for labels it does not know."""
    options = options or ObjectOptions()
    session = sessions.opened(file, options.runtime)
    about = export.read(session, file)
    return UltralyticsDetector(session, about, Selection(options.score, options.overlap, classes=_classes(about, options)), file)


def _classes(about: Export, options: ObjectOptions) -> frozenset[int] | None:
    if options.labels is None:
        return None
    for label in options.labels:
        if label not in about.labels:
            raise OptionError("unknown_label", value=label, known=", ".join(about.labels[:20]))
    return frozenset(index for index, label in enumerate(about.labels) if label in options.labels)
