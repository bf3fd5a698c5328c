"""tracks by hand: what a tracker would say, frame by frame, for tests of what is built on it."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np

from vision.tracking import Track, Tracked

SIZE = (1000, 1000)
"""The picture: a share of 0.001 is a pixel."""


class Look(NamedTuple):
    """How a thing looks: its class, its score, and the side of its square box in pixels."""

    label: int = 0
    score: float = 0.9
    side: float = 100


LOOK: Final = Look()


def at(
    seconds: float,
    places: Mapping[int, tuple[float, float]],
    *,
    ended: Sequence[int] = (),
    unseen: Sequence[int] = (),
    look: Look = LOOK,
) -> Tracked:
    """Return a frame in which tracks stand at `places`, in shares of the picture, on the lower edge of a square box."""
    return Tracked(
        tuple(_track(track, place, seconds, look) for track, place in places.items()),
        unseen=tuple(unseen),
        ended=tuple(ended),
    )


def _track(track: int, place: tuple[float, float], seconds: float, look: Look) -> Track:
    side = look.side
    x, y = place[0] * SIZE[0], place[1] * SIZE[1]
    box = np.array([x - side / 2, y - side, x + side / 2, y], dtype=np.float32)
    return Track(track, look.label, track, box, look.score, began=seconds, seconds=seconds, velocity_xy=(0.0, 0.0), jumped=False)
