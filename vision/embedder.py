"""aligned crops → embeddings of length 1, by any recogniser of 112×112 pixels in the ONNX format, run by ONNX Runtime."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from onnxruntime import InferenceSession

from vision import sessions
from vision.catalogue import Preprocessing
from vision.errors import ModelError
from vision.faces import CROP, Crop, Embeddings
from vision.sessions import Kind, Runtime

BATCH: Final = 16
"""Crops that go through a model at once, where it takes more than one."""


class Embedder:
    """A recogniser; may be used from several threads."""

    def __init__(self, session: InferenceSession, preprocessing: Preprocessing, *, model: str, dimensions: int) -> None:
        self._session = session
        self._preprocessing = preprocessing
        self._input = session.get_inputs()[0].name
        self._batch = 1 if isinstance(session.get_inputs()[0].shape[0], int) else BATCH
        self._model = model
        self._dimensions = dimensions

    @property
    def model(self) -> str:
        """Return name, first digits of the SHA-256 and version of the pre-processing."""
        return self._model

    @property
    def dimensions(self) -> int:
        """Return the length of an embedding."""
        return self._dimensions

    def embed(self, crops: Sequence[Crop]) -> Embeddings:
        """Return one row for each crop; raises ModelError if the model answers with no direction at all."""
        if not crops:
            return np.empty((0, self._dimensions), dtype=np.float32)
        rows = np.concatenate([self._rows(part) for part in _parts(crops, self._batch)])
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        if not np.isfinite(lengths).all() or float(lengths.min()) == 0:
            raise ModelError("no_direction", model=self._model)
        return np.asarray(rows / lengths, dtype=np.float32)

    def _rows(self, crops: Sequence[Crop]) -> Embeddings:
        return np.asarray(self._session.run(None, {self._input: blob(crops, self._preprocessing)})[0], dtype=np.float32)


def blob(crops: Sequence[Crop], preprocessing: Preprocessing) -> Embeddings:
    """Return crops as a model takes them: float32 (n, 3, 112, 112), each value (pixel − mean) / deviation, colours in its order."""
    swapped = preprocessing.colours == "rgb"
    made = cv2.dnn.blobFromImages(list(crops), 1 / preprocessing.deviation, (CROP, CROP), (preprocessing.mean,) * 3, swapRB=swapped)
    return np.asarray(made, dtype=np.float32)


def plainly(session: InferenceSession, preprocessing: Preprocessing, crop: Crop) -> Embeddings:
    """Return a crop's embedding (dimensions,), made step by step without OpenCV: what the self-test holds against an engine's."""
    ordered = crop[:, :, ::-1] if preprocessing.colours == "rgb" else crop
    values = (ordered.astype(np.float32) - preprocessing.mean) / preprocessing.deviation
    row = session.run(None, {session.get_inputs()[0].name: values.transpose(2, 0, 1)[None].astype(np.float32)})[0][0]
    return np.asarray(row / np.linalg.norm(row), dtype=np.float32)


def opened(file: Path, preprocessing: Preprocessing, *, model: str, runtime: Runtime) -> Embedder:
    """Return a recogniser over a model file; raises ModelError if it is missing, damaged or no recogniser."""
    return over(sessions.opened(file, runtime), preprocessing, file=file, model=model)


def over(session: InferenceSession, preprocessing: Preprocessing, *, file: Path, model: str) -> Embedder:
    """Return a recogniser over the session of a model file; raises ModelError if it is no recogniser."""
    sessions.expect(Kind.RECOGNISER, session, file)
    dimensions = session.get_outputs()[0].shape[1]
    if not isinstance(dimensions, int):
        raise ModelError("other_as_recogniser", file=file)
    return Embedder(session, preprocessing, model=model, dimensions=dimensions)


def _parts(crops: Sequence[Crop], size: int) -> Iterator[Sequence[Crop]]:
    for first in range(0, len(crops), size):
        yield crops[first : first + size]
