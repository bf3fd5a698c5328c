"""events → those a wall lists: of what one camera sees passing (faces, codes, visits) only the newest, so that a crowd pushes no fault out.

The page keeps its own list by the same rule (`store/ward.ts`).
"""

from collections.abc import Iterable
from typing import Final

from wardroom.live import LiveEvent
from wardroom.sight_events import CodeRead, FaceRecognized, FaceUnknown, ObjectVisit

PASSING: Final = frozenset(str(kind.__struct_config__.tag) for kind in (CodeRead, FaceRecognized, FaceUnknown, ObjectVisit))


def newest(events: Iterable[LiveEvent]) -> tuple[LiveEvent, ...]:
    """Return the events, ascending by `seq` as they were given, without sights of a camera that has a newer one."""
    kept = list(events)
    last = {_camera(event): event.seq for event in kept if event.type in PASSING}
    return tuple(event for event in kept if event.type not in PASSING or last[_camera(event)] == event.seq)


def _camera(event: LiveEvent) -> tuple[str, str, str | None]:
    return event.site, event.gateway, event.subject
