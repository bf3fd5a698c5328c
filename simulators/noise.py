"""(seed, key, time) → repeatable chance: the same question always has the same answer; what is asked again and again is kept a while."""

from functools import lru_cache
from hashlib import blake2b
from math import cos, floor, pi
from typing import Final

_KEPT: Final = 16_384


def uniform(seed: int, key: str, step: int) -> float:
    """Return a number in [0, 1) for this seed, key and step."""
    digest = blake2b(f"{seed}|{key}|{step}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


_knot = lru_cache(maxsize=_KEPT)(uniform)


def smooth(seed: int, key: str, time_s: float, scale_s: float) -> float:
    """Return a number in [-1, 1] that wanders, with about one turn in `scale_s` seconds."""
    step = floor(time_s / scale_s)
    phase = (1 - cos(pi * (time_s / scale_s - step))) / 2
    before, after = _knot(seed, key, step), _knot(seed, key, step + 1)
    return 2 * (before + (after - before) * phase) - 1


def jump(seed: int, key: str, time_s: float, *, every_s: float, lasts_s: float, chance: float) -> float:
    """Return the strength in [0.5, 1] of what happens just now, 0 while nothing does.

    Time is cut into slots of `every_s`; in each, with `chance`, one thing happens for `lasts_s`, somewhere in the slot.
    """
    slot = floor(time_s / every_s)
    if _knot(seed, f"{key}:happens", slot) >= chance:
        return 0.0
    start = slot * every_s + _knot(seed, f"{key}:when", slot) * max(0.0, every_s - lasts_s)
    if not start <= time_s < start + lasts_s:
        return 0.0
    return 0.5 + _knot(seed, f"{key}:how", slot) / 2
