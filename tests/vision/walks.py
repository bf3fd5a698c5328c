"""seeded walks across a picture → what a detector would say about them, frame by frame, with the truth beside it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vision.detections import Detections

WIDE, HIGH = 1280, 720


@dataclass(frozen=True, slots=True)
class Walker:
    """Somebody who walks from `start` at `speed` pixels a second (x, y of the feet), from second `enters` to second `leaves`."""

    start: tuple[float, float]
    speed: tuple[float, float]
    size: tuple[float, float] = (80, 200)
    enters: float = 0.0
    leaves: float = 1e9
    near: bool = False
    """Hides whoever is behind."""


@dataclass(frozen=True, slots=True)
class Looks:
    """How the detector errs: jitter in box sizes, share of sightings missed, how much of a box may be hidden before it is not seen."""

    jitter: float = 0.02
    missed: float = 0.0
    hidden: float = 0.5


@dataclass(frozen=True, slots=True)
class Sight:
    """One frame: what was detected, and whose each box is."""

    seconds: float
    detections: Detections
    owners: tuple[int, ...]


def instants(count: int, rate: float, rng: np.random.Generator | None = None) -> list[float]:
    """Return the seconds of `count` frames at `rate` a second; with `rng` the gaps vary from nothing much to three times the usual."""
    gaps = np.full(count, 1 / rate) if rng is None else rng.choice([0.3, 0.7, 1.0, 1.0, 1.5, 3.0], count) / rate
    return [float(value) for value in np.cumsum(gaps)]


def sights(walkers: Sequence[Walker], seconds: Sequence[float], rng: np.random.Generator, looks: Looks | None = None) -> Iterator[Sight]:
    """Yield what is seen at each of `seconds`."""
    looks = looks or Looks()
    for now in seconds:
        here = [(owner, box_of(walker, now), walker) for owner, walker in enumerate(walkers) if walker.enters <= now <= walker.leaves]
        near = [box for _, box, walker in here if walker.near]
        seen = [(owner, box) for owner, box, walker in here if walker.near or all(_covered(box, one) <= looks.hidden for one in near)]
        seen = [one for one in seen if rng.random() >= looks.missed and _inside(one[1])]
        rng.shuffle(seen)
        noise = [rng.normal(0, looks.jitter, 4) * np.tile(box[2:] - box[:2], 2) for _, box in seen]
        boxes = np.array([box + jitter for (_, box), jitter in zip(seen, noise, strict=True)], dtype=np.float32).reshape(-1, 4)
        scores = rng.uniform(0.6, 0.95, len(seen)).astype(np.float32)
        yield Sight(now, Detections(boxes, scores, np.zeros(len(seen), dtype=np.int32)), tuple(owner for owner, _ in seen))


def box_of(walker: Walker, seconds: float) -> NDArray[np.float64]:
    """Return a walker's true box."""
    elapsed = seconds - walker.enters
    x, y = (walker.start[axis] + walker.speed[axis] * elapsed for axis in (0, 1))
    wide, high = walker.size
    return np.array([x - wide / 2, y - high, x + wide / 2, y])


def _covered(box: NDArray[np.float64], front: NDArray[np.float64]) -> float:
    sides = np.clip(np.minimum(box[2:], front[2:]) - np.maximum(box[:2], front[:2]), 0, None)
    return float(np.prod(sides) / np.prod(box[2:] - box[:2]))


def _inside(box: NDArray[np.float64]) -> bool:
    return bool(box[2] > 0 and box[0] < WIDE and box[3] > 0 and box[1] < HIGH)
