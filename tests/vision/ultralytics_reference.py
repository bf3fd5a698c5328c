"""What the real `ultralytics` package finds, for comparison: run by a Python that has it (it needs torch, which nothing of ours does).

    python -m tests.vision.ultralytics_reference write PICTURE …    the small models of tests/vision/data again, and what they find
    python -m tests.vision.ultralytics_reference compare MODEL …    our boxes beside Ultralytics' own on its two pictures; of an
                                        export (FILE.onnx), or of a model built for this from its description (yolo26n.yaml)

The models are of our own making: a few layers, random weights from a fixed seed, normalised on the synthetic picture, classes that mean
nothing.
"""

import hashlib
import importlib
import json
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tests.vision.pictures import decoded, synthetic
from vision.frames import Image
from vision.letterbox import fitted
from vision.objects import ObjectOptions, opened_detector

DATA: Final = Path(__file__).parent / "data"
LABELS: Final = ("person", "bicycle", "car", "dog")
SIZE: Final = (160, 224)
"""Height and width of the small models' input."""
SCORE: Final = 0.3
OVERLAP: Final = 0.5
LAYERS: Final[dict[str, Any]] = {
    "backbone": [
        [-1, 1, "Conv", [8, 3, 2]],
        [-1, 1, "Conv", [12, 3, 2]],
        [-1, 1, "Conv", [16, 3, 2]],
        [-1, 1, "Conv", [24, 3, 2]],
    ],
    "head": [[[2, 3], 1, "Detect", ["nc"]]],
}
MODELS: Final[dict[str, dict[str, Any]]] = {
    "end_to_end": {"end2end": True, "reg_max": 1},
    "raw": {"end2end": False, "reg_max": 4},
}


def main(arguments: list[str]) -> int:
    """Do what is asked; return the exit status."""
    match arguments:
        case ["write", *files]:
            pictures = {Path(file).stem: decoded(Path(file)) for file in files}
            for name in MODELS:
                write(name, {"synthetic": synthetic()} | pictures)
            return 0
        case ["compare", *files] if files:
            with tempfile.TemporaryDirectory() as folder:
                return max(compare(file) for name in files for file in exports(name, Path(folder)))
    sys.stderr.write(__doc__ or "")
    return 2


def exports(name: str, folder: Path) -> list[Path]:
    """Return the exported files to compare: `name` itself, or those of every form made from a description."""
    if name.endswith(".onnx"):
        return [Path(name)]
    forms: tuple[dict[str, Any], ...] = ({"imgsz": 640}, {"imgsz": (384, 640)}, {"imgsz": 640, "dynamic": True})
    pictures = [decoded(file) for file in assets()]
    boxed = [fitted(picture.shape[1::-1], (640, 640)).applied(picture) for picture in pictures]
    return [exported(name, folder, boxed, **form) for form in forms]


def write(name: str, pictures: dict[str, Image]) -> None:
    """Build a small model, export it, and write the boxes that Ultralytics finds with the export."""
    file = DATA / f"{name}.onnx"
    with tempfile.TemporaryDirectory() as folder:
        shutil.copyfile(small(name, Path(folder)), file)
    found = {
        picture: {"sha256": hashlib.sha256(image.tobytes()).hexdigest(), "found": theirs(file, image, SCORE, OVERLAP)}
        for picture, image in pictures.items()
    }
    about = {"ultralytics": importlib.import_module("ultralytics").__version__, "score": SCORE, "overlap": OVERLAP, "pictures": found}
    file.with_suffix(".json").write_text(json.dumps(about).replace("}, ", "},\n").replace("], ", "],\n") + "\n", encoding="utf-8")


def small(name: str, folder: Path) -> Path:
    """Return one of the small models, exported in `folder`."""
    description = folder / f"{name}.yaml"
    description.write_text(json.dumps({"nc": len(LABELS), "scale": "n", **MODELS[name], **LAYERS}), encoding="utf-8")  # JSON is YAML
    picture = fitted((333, 251), SIZE[::-1]).applied(synthetic())
    return exported(str(description), folder, [picture], dict(enumerate(LABELS)), imgsz=SIZE)


def exported(description: str, folder: Path, pictures: Sequence[Image], names: dict[int, str] | None = None, **options: object) -> Path:
    """Return a model built from its description with random weights, exported to ONNX in `folder`."""
    torch, ultralytics = importlib.import_module("torch"), importlib.import_module("ultralytics")
    torch.manual_seed(26)
    yolo = ultralytics.YOLO(description, task="detect")
    yolo.model.names = names or yolo.model.names
    settle(torch, yolo.model, pictures)
    made = Path(yolo.export(format="onnx", simplify=False, **options))
    return made.rename(folder / ("-".join([Path(description).stem, *map(str, options.values())]) + ".onnx"))


def settle(torch: Any, model: Any, pictures: Sequence[Image]) -> None:
    """Let the normalisation settle on pictures of one size, then spread the scores so that random weights find a few dozen things there."""
    given = torch.from_numpy(np.stack([picture[..., ::-1].transpose(2, 0, 1) for picture in pictures])).float() / 255
    model.train()
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = 0.3
    with torch.no_grad():
        for _ in range(20):
            model(given)
        model.eval()
        head = model.model[-1]
        for branch in (*head.cv3, *(getattr(head, "one2one_cv3", None) or ())):
            hook = branch[-1].register_forward_hook(lambda layer, inputs, _: spread(torch, layer, inputs[0]))
            model(given)
            hook.remove()


def spread(torch: Any, layer: Any, inputs: Any) -> None:
    """Give a last layer weights by which its best scores are spread around `SCORE`, 40 of them above it."""
    torch.nn.init.normal_(layer.weight)
    torch.nn.init.zeros_(layer.bias)
    scores = torch.nn.functional.conv2d(inputs, layer.weight).amax(dim=1).flatten()
    scale = 2 / float(scores.std())
    layer.weight.mul_(scale)
    layer.bias.fill_(-1 - scale * float(scores.topk(min(40, len(scores) // 4)).values[-1]))


def assets() -> list[Path]:
    """Return the two pictures that Ultralytics brings."""
    return sorted((Path(str(importlib.import_module("ultralytics").__file__)).parent / "assets").glob("*.jpg"))


def theirs(file: Path, image: Image, score: float, overlap: float) -> list[list[float]]:
    """Return Ultralytics' own rows: left, top, right, bottom, score, class."""
    yolo = importlib.import_module("ultralytics").YOLO(str(file), task="detect")
    rows = yolo.predict(image, conf=score, iou=overlap, device="cpu", verbose=False)[0].boxes.data.tolist()
    return [[round(number, 4) for number in row] for row in rows]


def compare(file: Path) -> int:
    """Print how far our boxes are from Ultralytics' on its two pictures; return 1 if one is missing or far off, or there are none."""
    worst = 0
    for picture in assets():
        image = decoded(picture)
        for score, overlap in ((0.25, 0.7), (0.4, 0.45)):
            expected = np.array(theirs(file, image, score, overlap), dtype=np.float32).reshape(-1, 6)
            found = opened_detector(file, ObjectOptions(score=score, overlap=overlap)).detect(image)
            rows = np.column_stack([found.xyxy, found.scores, found.classes])
            off, apart = nearest(rows, expected)
            sys.stdout.write(
                f"{file.name:30} {picture.name:10} score {score} overlap {overlap}: {len(found)} of {len(expected)} boxes,"
                f" at most {off:.4f} px and {apart:.6f} of score away\n"
            )
            worst |= not len(expected) or len(found) != len(expected) or off >= 1 or apart >= 0.01
    return worst


def nearest(rows: NDArray[np.float32], expected: NDArray[np.float32]) -> tuple[float, float]:
    """Return how far at most each expected row is from the row of ours nearest to it, of the same class: pixels, and score."""
    off = np.abs(rows[None, :, :4] - expected[:, None, :4]).max(axis=2)
    off = np.where(rows[None, :, 5] == expected[:, None, 5], off, np.inf)
    apart = np.abs(rows[None, :, 4] - expected[:, None, 4])
    best = (off + 100 * apart).argmin(axis=1)  # rows of nearly the same score may have changed places
    every = np.arange(len(expected))
    return float(off[every, best].max()), float(apart[every, best].max())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
