"""a model file → an ONNX Runtime session: the one place that says how many threads it takes, where it runs and what kind of model it is."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final, Literal, TypeAlias

import onnxruntime
from onnxruntime import InferenceSession, SessionOptions
from onnxruntime.capi import onnxruntime_pybind11_state as native

from vision.errors import ModelError, OptionError
from vision.faces import CROP

Device: TypeAlias = Literal["cpu", "cuda", "tensorrt"]
_CPU: Final = "CPUExecutionProvider"
_CUDA: Final = "CUDAExecutionProvider"
PROVIDERS: Final[dict[str, tuple[str, ...]]] = {
    "cpu": (_CPU,),
    "cuda": (_CUDA, _CPU),
    "tensorrt": ("TensorrtExecutionProvider", _CUDA, _CPU),
}
"""ONNX Runtime's providers of each device: what the first cannot run goes to the next."""
THREADS: Final = 64
REFUSALS: Final = (
    native.Fail,
    native.InvalidArgument,
    native.InvalidGraph,
    native.InvalidProtobuf,
    native.NoSuchFile,
    native.NotImplemented,
    native.RuntimeException,
    native.EPFail,
)
"""What ONNX Runtime raises on a file it cannot run; they share no class of their own."""
_SCRFD_OUTPUTS: Final = frozenset({6, 9, 10, 15})
_YUNET_OUTPUTS: Final = 12


class Kind(StrEnum):
    """What a model does, read from the shapes of its inputs and outputs."""

    RECOGNISER = "recogniser"
    DETECTOR = "detector"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Runtime:
    """How models run. `threads` of one session: 0 takes every core. `device`: cpu, or cuda or tensorrt with their own packages."""

    threads: int = 0
    device: Device = "cpu"

    def __post_init__(self) -> None:
        """Refuse what no session can have."""
        if not 0 <= self.threads <= THREADS:
            raise OptionError("threads", value=self.threads, limit=THREADS)
        if self.device not in PROVIDERS:
            raise OptionError("device", value=self.device, known=", ".join(PROVIDERS))


def options(runtime: Runtime) -> SessionOptions:
    """Return what a session is opened with.

    No spinning: the threads of two sessions that wait for work in a loop take each other's cores (162 ms against 118 for six faces on two).
    """
    chosen = SessionOptions()
    chosen.intra_op_num_threads = runtime.threads
    chosen.log_severity_level = 4  # fatal: whatever else it has to say, it raises
    chosen.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return chosen


def providers(runtime: Runtime) -> tuple[str, ...]:
    """Return ONNX Runtime's providers of a device; raises ModelError if this build has not the first."""
    wanted = PROVIDERS[runtime.device]
    built = onnxruntime.get_available_providers()
    if wanted[0] not in built:
        raise ModelError("device_missing", value=runtime.device, provider=wanted[0])
    return tuple(provider for provider in wanted if provider in built)


def opened(file: Path, runtime: Runtime) -> InferenceSession:
    """Return a session over a model file; raises ModelError if it is missing, damaged or cannot run here."""
    if not file.is_file():
        raise ModelError("no_model_file", file=file.name, folder=file.parent)
    chosen = providers(runtime)
    try:
        session = InferenceSession(str(file), options(runtime), providers=list(chosen))
    except REFUSALS as error:
        raise ModelError("unusable_model", file=file, detail=reason(error)) from error
    if session.get_providers()[0] != chosen[0]:  # it falls back in silence where the graphics card's libraries are missing
        raise ModelError("device_missing", value=runtime.device, provider=chosen[0])
    return session


def kind(session: InferenceSession) -> Kind:
    """Return what a model does: a recogniser takes one crop of 112×112 and gives one row; a face detector gives many maps."""
    inputs, outputs = session.get_inputs(), session.get_outputs()
    if len(inputs) != 1 or len(inputs[0].shape) != 4:
        return Kind.OTHER
    if len(outputs) == _YUNET_OUTPUTS or len(outputs) in _SCRFD_OUTPUTS:
        return Kind.DETECTOR
    crop = inputs[0].shape[1:] == [3, CROP, CROP]
    return Kind.RECOGNISER if crop and len(outputs) == 1 and len(outputs[0].shape) == 2 else Kind.OTHER


def expect(wanted: Kind, session: InferenceSession, file: Path) -> None:
    """Raise ModelError if a model is of another kind, naming both."""
    found = kind(session)
    if found is not wanted:
        raise ModelError(f"{found}_as_{wanted}", file=file)


def reason(error: Exception) -> str:
    """Return what ONNX Runtime complains about, without its codes and the path."""
    return str(error).rpartition("failed:")[2].strip().split("\n")[0][:200] or type(error).__name__
