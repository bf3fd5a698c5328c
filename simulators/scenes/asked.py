"""an order → the script and the people it asks for: read from files, or made up from the seed."""

from typing import Final

from simulators.scenes import script
from simulators.scenes.order import Order
from simulators.scenes.people import Drawn, Folder, People
from simulators.scenes.plan import Wish, planned
from simulators.scenes.script import LightChange, SceneScript
from vision import models, yunet
from wardroom import settings

_SECONDS: Final = 60.0


def asked(order: Order) -> tuple[SceneScript, People]:
    """Return the script and its people."""
    people: People = Drawn(order.drawn, order.seed)
    if order.people is not None:
        detector = None if order.models is None else yunet.opened(models.found(order.models, "yunet").file)
        people = Folder(order.people, detector)
    if order.script is None:
        return planned(people, Wish(order.seconds or _SECONDS, order.seed, order.light, order.fps)), people
    return _overridden(script.read(order.script), order), people


def _overridden(read: SceneScript, order: Order) -> SceneScript:
    """Return the script as the command line would have it."""
    changed: dict[str, object] = {}
    if order.seconds is not None:
        changed["seconds"] = order.seconds
    if order.light is not None:
        changed["light"] = (LightChange(from_s=0, level=order.light),)
    return settings.convert(script.plain(read) | changed, SceneScript, str(order.script))
