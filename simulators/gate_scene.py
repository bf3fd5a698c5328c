"""who comes to a gate → the script of a scene before its camera: drawn people hold up badges, people of portraits show their faces."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from simulators.attendance import Told
from simulators.scenes.paths import FAR_M, GATE_M
from simulators.scenes.script import Arrival, PathName, SceneScript

DRAWN: Final = 6
_WIDTH, _HEIGHT, _FPS = 960, 540, 8.0
_PATHS: Final = (PathName.CENTRE, PathName.LEFT, PathName.RIGHT)
_SPEED_MPS: Final = 2.4
_PAUSE_S: Final = 1.6
_APART_S: Final = 2.6
"""People come one after the other: a badge behind somebody's back is none."""
WALK_S: Final = (FAR_M - GATE_M) / _SPEED_MPS
"""From the back of the hall to the gate."""
_A_DAY_S: Final = 86_400.0
"""When the scene begins anew: nobody's demo lasts so long, and a camera that ends is a camera with a fault."""


def shown(told: Iterable[Told], faces: Mapping[int, str]) -> tuple[Told, ...]:
    """Return who is in the scene, in order: everybody with a badge, or where there are portraits (by delegate) only their people."""
    some = (one for one in told if (one.delegate in faces if faces else one.code is not None))
    return tuple(sorted(some, key=lambda one: one.at_us))


def scene(who: Sequence[Told], start_us: int, faces: Mapping[int, str], seed: int = 1) -> SceneScript:
    """Return the script of those `shown`, whose beginning is `start_us`."""
    arrivals = tuple(_arrivals(who, start_us, faces))
    return SceneScript(seconds=_A_DAY_S, seed=seed, fps=_FPS, width=_WIDTH, height=_HEIGHT, arrivals=arrivals, enrolled=(), stamp=False)


def gone_by(script: SceneScript) -> tuple[float, ...]:
    """Return when each arrival of the script goes on from the gate, in seconds of the scene."""
    return tuple(arrival.at_s + WALK_S + _PAUSE_S for arrival in script.arrivals)


def _arrivals(who: Iterable[Told], start_us: int, faces: Mapping[int, str]) -> Iterator[Arrival]:
    at_s = -_APART_S
    for number, one in enumerate(who):
        at_s = max(at_s + _APART_S, (one.at_us - start_us) / 1e6 - WALK_S)
        person = faces[one.delegate] if faces and one.delegate is not None else f"drawn-{number % DRAWN + 1}"
        path, badge = _PATHS[number % len(_PATHS)], None if faces else one.code
        yield Arrival(person=person, at_s=round(max(0.0, at_s), 2), path=path, speed_mps=_SPEED_MPS, pause_s=_PAUSE_S, badge=badge)
