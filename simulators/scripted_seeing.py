"""frames → visits by a script: something that looks and knows beforehand what it sees, for tests and for showing the way of an event."""

from collections.abc import Sequence
from typing import Annotated

import msgspec
import uuid6
from msgspec import Meta, Struct

from edge.camera_settings import CameraSettings
from edge.wire_clock import instant
from vision.frames import Frame
from wardroom.clock import Clock
from wardroom.sight_events import Change, ObjectVisitData, SightData

Span = tuple[Annotated[int, Meta(ge=1)], Annotated[int, Meta(ge=1)]]
"""Of the frames that are looked at, the number of the first and of the last one somebody is seen in."""


class Script(Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be seen: `visits` of `label`."""

    visits: tuple[Span, ...] = ((1, 5),)
    label: str = "person"


class Scripted:
    """Looks at one camera's frames. Made with (camera, clock); its script is the camera's `watch_options`."""

    def __init__(self, camera: CameraSettings, clock: Clock) -> None:
        del clock
        self._camera = camera.id
        self._script = msgspec.convert(camera.watch_options, Script)
        self._looked = 0
        self._open: dict[Span, ObjectVisitData] = {}

    def look(self, frame: Frame) -> Sequence[SightData]:
        """Return who comes and goes with this frame."""
        self._looked += 1
        at = instant(frame.at_us)
        told: list[SightData] = []
        for span in self._script.visits:
            if span[0] == self._looked:
                visit = str(uuid6.uuid7())
                seen = ObjectVisitData(
                    camera=self._camera, visit=visit, change=Change.NEW, label=self._script.label, score=1.0, began=at, seen=at
                )
                self._open[span] = seen
                told.append(seen)
            if span in self._open and span[1] <= self._looked:
                told.append(msgspec.structs.replace(self._open.pop(span), change=Change.END, seen=at))
        return told

    def gone(self) -> Sequence[SightData]:
        """End the visits that last."""
        ended = [msgspec.structs.replace(visit, change=Change.END) for visit in self._open.values()]
        self._open.clear()
        return ended
