"""(people, seed, length, light) → a script: people alone, and groups that cross, overtake and hide each other; between them nobody."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from simulators.scenes.people import People
from simulators.scenes.script import Arrival, Level, LightChange, PathName, SceneScript

_PATHS: Final = (PathName.CENTRE, PathName.LEFT, PathName.RIGHT, PathName.TURN_BACK)
_EMPTY_S: Final = (2.0, 6.0)
_VISIT_S: Final = 12.0
"""About how long one visit takes, from far to gone."""
_STRANGERS: Final = 3
"""Of so many people one is a stranger."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a script should be like; without `light` it is bright, normal and dim in turn."""

    seconds: float
    seed: int = 1
    light: Level | None = None
    fps: float = 12.0


def planned(people: People, wish: Wish) -> SceneScript:
    """Return a script with everybody of the folder in turn, equal for equal seeds; of three or more people the last third are strangers."""
    chance = Random(f"scene:{wish.seed}")
    names = list(people.people)
    chance.shuffle(names)
    arrivals: list[Arrival] = []
    start, kind = 0.5, 0
    while start + _VISIT_S * 0.7 < wish.seconds or not arrivals:
        group = _group(kind, start, [names[(len(arrivals) + offset) % len(names)] for offset in range(4)], chance)
        arrivals += group
        start = max(arrival.at_s for arrival in group) + _VISIT_S - 2.0 + chance.uniform(*_EMPTY_S)
        kind += 1
    known = sorted(people.people)[: -(len(names) // _STRANGERS) or None]
    return SceneScript(
        seconds=wish.seconds,
        seed=wish.seed,
        fps=wish.fps,
        arrivals=tuple(arrivals),
        light=_light(wish),
        enrolled=tuple(known),
    )


def _light(wish: Wish) -> tuple[LightChange, ...]:
    if wish.light is not None:
        return (LightChange(from_s=0, level=wish.light),)
    third = wish.seconds / 3
    return tuple(LightChange(from_s=third * number, level=level) for number, level in enumerate((Level.NORMAL, Level.BRIGHT, Level.DIM)))


def _group(kind: int, start: float, names: Sequence[str], chance: Random) -> list[Arrival]:
    """Return the arrivals of one moment: the kinds come in turn, the rest is chance."""

    def one(number: int, later: float, path: PathName, **more: object) -> Arrival:
        speed = round(chance.uniform(1.0, 1.4), 2)
        made = {
            "person": names[number],
            "at_s": round(start + later, 2),
            "path": path,
            "speed_mps": speed,
            "pause_s": round(chance.uniform(1.5, 3), 1),
        }
        return Arrival(**(made | more))  # type: ignore[arg-type]

    kinds = (
        lambda: [one(0, 0, chance.choice(_PATHS))],
        lambda: [one(0, 0, PathName.CROSS_LEFT), one(1, 0.4, PathName.CROSS_RIGHT)],
        lambda: [one(0, 0, PathName.LEFT, badge=f"WR1:{names[0]}:{chance.getrandbits(40):010x}")],
        lambda: [one(0, 0, PathName.RIGHT, speed_mps=0.8), one(1, 2.2, PathName.CENTRE, speed_mps=1.7)],
        lambda: [one(0, 0, PathName.LEFT), one(1, 0.7, PathName.LEFT), one(2, 1.1, PathName.RIGHT)],
        lambda: [one(0, 0, PathName.CENTRE, covers="mask"), one(1, 3.0, PathName.EDGE_RIGHT)],
        lambda: [one(0, 0, PathName.RIGHT, shows=names[1], on="phone"), one(2, 2.0, PathName.AWAY)],
    )
    return kinds[kind % len(kinds)]()
