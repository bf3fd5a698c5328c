"""Small scenes of drawn people, quick to compose."""

from functools import cache

from simulators.scenes.people import Drawn
from simulators.scenes.scene import Scene, prepared
from simulators.scenes.script import Arrival, SceneScript

WIDTH, HEIGHT = 640, 360


def script(*arrivals: Arrival, **more: object) -> SceneScript:
    fields: dict[str, object] = {"seconds": 14.0, "fps": 5.0, "width": WIDTH, "height": HEIGHT, "arrivals": arrivals}
    return SceneScript(**(fields | more))  # type: ignore[arg-type]


@cache
def people() -> Drawn:
    return Drawn(4)


def scene(*arrivals: Arrival, **more: object) -> Scene:
    return prepared(script(*arrivals, **more), people())
