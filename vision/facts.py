"""what a frame says, as one shape: whoever uses the eyes reads this and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from vision.decision import Decision
from vision.face_watch import SeenFace
from vision.funnel import Funnel
from vision.lines import Crossed
from vision.motion import Stir
from vision.object_watch import SeenObject
from vision.visits import Visit, VisitEvent
from vision.zones import ZoneEvent


@dataclass(frozen=True, slots=True)
class Facts:
    """What a frame says. `looked`: whether detectors looked at it; if not, nothing below `looked` is new.

    `objects`: None where it was not their turn. `ended`: face tracks that never come again, `last_words`: what was decided on them.
    `visits`: of faces and of things, new, updated and ended. `zones`, `crossed`: what things did; `about`: what is known of the
    tracks that `zones` speak of. `funnel`: counts since the beginning.
    `blind`: persons pass, and not one face is seen: the camera stands wrong, or sees wrongly.
    """

    number: int
    at_us: int
    seconds: float
    stir: Stir
    looked: bool
    faces: tuple[SeenFace, ...] = ()
    objects: tuple[SeenObject, ...] | None = None
    ended: tuple[int, ...] = ()
    last_words: tuple[Decision, ...] = ()
    visits: tuple[VisitEvent, ...] = ()
    zones: tuple[ZoneEvent, ...] = ()
    crossed: tuple[Crossed, ...] = ()
    about: Mapping[int, Visit] = field(default_factory=dict)
    funnel: Funnel = field(default_factory=Funnel)
    blind: bool = False
