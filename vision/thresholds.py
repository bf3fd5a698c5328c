"""whose embeddings → the cosine from which two photos count as the same person, as far as anybody has published one."""

from typing import Final

from vision import catalogue

ASSUMED: Final = 0.4
"""For a recogniser nobody has published a threshold for: what ArcFace's family is usually run with. Measure yours with your own people."""


def same_above(model: str) -> float:
    """Return the threshold of a model. `model`: as embeddings name it (name, digits of the SHA-256, version)."""
    digits = model.split(":")[1] if model.count(":") == 2 else ""
    known = (each.same_above for each in catalogue.MODELS if digits and each.sha256.startswith(digits) and each.same_above is not None)
    return next(known, ASSUMED)
