"""Embeddings with known cosines: what the tests of galleries and decisions are made of."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from vision.faces import Embeddings
from vision.gallery_entries import Person

MODEL: Final = "test:0123456789abcdef:1"
DIMENSIONS: Final = 32


def random(count: int, seed: int = 0, dimensions: int = DIMENSIONS) -> Embeddings:
    """Return rows of length 1 in random directions: strangers to each other."""
    rows = np.random.default_rng(seed).standard_normal((count, dimensions))
    found: Embeddings = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return found


def near(row: NDArray[np.float32], cosine: float, seed: int = 0) -> Embeddings:
    """Return one row, (1, dimensions), with exactly this cosine to `row`, (dimensions,)."""
    other = np.random.default_rng([seed, 1]).standard_normal(len(row))
    other -= (other @ row) * row
    other /= np.linalg.norm(other)
    found: Embeddings = (cosine * row + np.sqrt(1 - cosine**2) * other).astype(np.float32)[None]
    return found


def people(count: int, photos: int = 1, seed: int = 0) -> list[Person]:
    """Return strangers named p0, p1 …, the first photo in a random direction and the others near it."""
    return [
        Person(f"p{number}", np.concatenate([row[None], *(near(row, 0.8, seed=photo) for photo in range(1, photos))]))
        for number, row in enumerate(random(count, seed))
    ]
