"""a session over a model file → what Ultralytics wrote into it when it was exported, or why it is no detector of objects."""

import ast
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from onnxruntime import InferenceSession

from vision.errors import ModelError
from vision.sessions import Kind, kind

DETECT: Final = "detect"
PICTURE: Final = ("batch", "channels", "height", "width")
"""What an input has. Height and width are words instead of numbers where pictures of any size are taken."""
SIDE: Final = range(1, 8193)
"""Pixels a side of an input may have."""


@dataclass(frozen=True, slots=True)
class Export:
    """What an exported detector says about itself. `size`: width and height of its input; `dynamic`: or any multiple of `stride`."""

    labels: tuple[str, ...]
    size: tuple[int, int]
    stride: int
    dynamic: bool
    half: bool
    """Whether it takes 16-bit numbers."""


def read(session: InferenceSession, file: Path) -> Export:
    """Return what the export says; raises ModelError if it is none, for another task, or for several pictures at once."""
    about = dict(session.get_modelmeta().custom_metadata_map)
    if "task" not in about:
        raise ModelError("not_exported" if kind(session) is Kind.OTHER else "face_model_as_objects", file=file)
    if about["task"] != DETECT:
        raise ModelError("other_task", file=file, task=about["task"][:40])
    given = session.get_inputs()[0]
    if len(given.shape) != len(PICTURE):
        raise ModelError("damaged_export", file=file, detail=f"an input of shape {given.shape}")
    batch, _, *sides = given.shape
    if isinstance(batch, int) and batch != 1:
        raise ModelError("export_of_several", file=file, batch=batch)
    try:
        height, width = _pair(ast.literal_eval(about["imgsz"]))
        labels = _labels(ast.literal_eval(about["names"]))
        stride = int(about["stride"])
    except (KeyError, ValueError, SyntaxError, TypeError, RecursionError, MemoryError) as error:
        raise ModelError("damaged_export", file=file, detail=type(error).__name__) from error
    fixed = [side for side in sides if isinstance(side, int)]
    if height not in SIDE or width not in SIDE or stride not in SIDE or (fixed and fixed != [height, width]):
        raise ModelError("damaged_export", file=file, detail=f"imgsz {height} × {width}, stride {stride}")
    return Export(labels, (width, height), stride, not fixed, given.type == "tensor(float16)")


def _pair(sides: object) -> tuple[int, int]:
    if isinstance(sides, int):
        return sides, sides
    if isinstance(sides, list | tuple) and len(sides) == 2 and all(isinstance(side, int) for side in sides):
        return sides[0], sides[1]
    raise ValueError(sides)


def _labels(names: object) -> tuple[str, ...]:
    if isinstance(names, list | tuple):
        names = dict(enumerate(names))
    if not isinstance(names, dict) or sorted(names) != list(range(len(names))) or not names:
        raise ValueError(names)
    return tuple(str(names[index]) for index in range(len(names)))
