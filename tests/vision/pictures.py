"""pictures that need no file of ours: one that is computed, and two that installed packages bring."""

from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np

from vision.frames import Image


def synthetic(wide: int = 333, high: int = 251) -> Image:
    """Return the same odd-sized picture everywhere: integer arithmetic only."""
    y, x = np.mgrid[0:high, 0:wide]
    blue = (x * 5 + y * 3) % 256
    green = (x * y // 64) % 256
    red = np.where((x // 24 + y // 17) % 2 == 0, 220, 30)
    return np.stack([blue, green, red], axis=-1).astype(np.uint8)


def bundled() -> dict[str, Path]:
    """Return the picture files that `skimage` and `insightface` bring, by name, without importing either."""
    files = (("skimage", "data/astronaut.png"), ("insightface", "data/images/t1.jpg"))
    specs = [(find_spec(package), file) for package, file in files]
    found = [Path(spec.origin).parent / file for spec, file in specs if spec is not None and spec.origin]
    return {file.stem: file for file in found if file.is_file()}


def decoded(file: Path) -> Image:
    """Return a file's picture as OpenCV decodes it."""
    return np.asarray(cv2.imread(str(file), cv2.IMREAD_COLOR), dtype=np.uint8)
