"""model files of the wrong kind, made for a test: a few bytes of ONNX that say about themselves what they are told to."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import onnx
from onnx import helper, numpy_helper

DETECTOR: Final = {"task": "detect", "imgsz": "[32, 64]", "stride": "32", "names": "{0: 'person', 1: 'car'}"}
"""What Ultralytics writes into a detector."""
Answer = Sequence[Sequence[float]]


def exported(
    file: Path, about: Mapping[str, str], answer: Answer = ((1, 2, 3, 4, 0.9, 0),), given: Sequence[str | int | None] = (1, 3, 32, 64)
) -> Path:
    """Write a model that answers every picture with `answer` (rows, columns); return its file."""
    constant = numpy_helper.from_array(np.array([answer], dtype=np.float32), "answer")
    graph = helper.make_graph(
        [helper.make_node("Identity", ["answer"], ["output0"])],
        "constant",
        [helper.make_tensor_value_info("images", onnx.TensorProto.FLOAT, list(given))],
        [helper.make_tensor_value_info("output0", onnx.TensorProto.FLOAT, None)],
        [constant],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    helper.set_model_props(model, dict(about))
    onnx.save(model, str(file))
    return file
