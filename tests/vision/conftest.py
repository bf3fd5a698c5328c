"""The pictures and models of ``$WARDROOM_TESTDATA``, and both engines over them, opened once a session."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from vision.engine import Choice, FaceEngine, opened_engine
from vision.sessions import Runtime

MOBILEFACENET = "insightface/models/wardpack/mobilefacenet.onnx"
SCRFD = "insightface/models/wardpack/scrfd_2.5g_bnkps.onnx"
YUNET = "opencv/face_detection_yunet_2023mar.onnx"
ENGINES = {"yunet": f"yunet+{MOBILEFACENET}", "insightface": "insightface/models/wardpack"}


@pytest.fixture(scope="session")
def models_folder(testdata: Path) -> Path:
    """The models' folder."""
    return testdata / "models"


@pytest.fixture(scope="session", params=sorted(ENGINES))
def engine(request: pytest.FixtureRequest, models_folder: Path) -> FaceEngine:
    """Both engines, one after the other, each on one thread so that its numbers are the same everywhere."""
    return opened_engine(Choice(models_folder, ENGINES[request.param], runtime=Runtime(threads=1)))


@pytest.fixture(scope="session")
def portraits(testdata: Path) -> Sequence[Path]:
    """One photograph each, best known first: ``obama/1.jpg`` …"""
    return sorted((testdata / "faces").glob("[ob]*/*.jpg"))
