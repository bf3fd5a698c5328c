"""event → the same without who it may be: what a wall shows of a face or a code is that there was one."""

from typing import Final

import msgspec

from wardroom.live import LiveEvent
from wardroom.sight_events import CodeRead, FaceRecognized, FaceUnknown

_KINDS: Final = frozenset(str(kind.__struct_config__.tag) for kind in (CodeRead, FaceRecognized, FaceUnknown))
TOLD: Final = frozenset({"camera", "visit", "change", "at", "reason", "votes", "frames", "liveness"})
"""Fields that say nothing of a person: no name, no likeness to anybody's, no picture, no digest of a badge."""


def faceless(event: LiveEvent) -> LiveEvent:
    """Return what everybody who is signed in may be told of an event."""
    if event.type not in _KINDS:
        return event
    return msgspec.structs.replace(event, data={name: value for name, value in event.data.items() if name in TOLD})
