"""(seed, key, time) → repeatable chance: the same question always has the same answer, and nothing is kept between questions."""

from hashlib import blake2b
from math import cos, floor, pi


def uniform(seed: int, key: str, step: int) -> float:
    """Return a number in [0, 1) for this seed, key and step."""
    digest = blake2b(f"{seed}|{key}|{step}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


def smooth(seed: int, key: str, time_s: float, scale_s: float) -> float:
    """Return a number in [-1, 1] that wanders, with about one turn in `scale_s` seconds."""
    step = floor(time_s / scale_s)
    phase = (1 - cos(pi * (time_s / scale_s - step))) / 2
    before, after = uniform(seed, key, step), uniform(seed, key, step + 1)
    return 2 * (before + (after - before) * phase) - 1


def jump(seed: int, key: str, time_s: float, *, every_s: float, lasts_s: float, chance: float) -> float:
    """Return the strength in [0.5, 1] of what happens just now, 0 while nothing does.

    Time is cut into slots of `every_s`; in each, with `chance`, one thing happens for `lasts_s`, somewhere in the slot.
    """
    slot = floor(time_s / every_s)
    if uniform(seed, f"{key}:happens", slot) >= chance:
        return 0.0
    start = slot * every_s + uniform(seed, f"{key}:when", slot) * max(0.0, every_s - lasts_s)
    if not start <= time_s < start + lasts_s:
        return 0.0
    return 0.5 + uniform(seed, f"{key}:how", slot) / 2
