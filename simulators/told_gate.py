"""frames and a schedule → the events of a gate that knows beforehand who comes: faces and codes, each when it is due, marked as simulated.

What is told is noted first, a line with the visit's id; started again, everything that is due is told again under the same ids.
"""

import hashlib
import os
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Final

from msgspec import Struct

from edge.camera_options import checked
from edge.camera_settings import CameraSettings
from edge.wire_clock import instant
from simulators import schedule
from simulators.attendance import Told
from vision.frames import Frame
from wardroom.admission import Method
from wardroom.clock import Clock
from wardroom.sight_events import Change, CodeReadData, FaceRecognizedData, FaceUnknownData, SightData

REASON: Final = "simulated"
"""Why such a face is known or unknown: nobody looked at one."""
_VOTES: Final = 5


class GateOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A told gate's `watch_options`: the file of the schedule, of which it tells its own camera's part, and where it notes what it told."""

    schedule: str
    notes: str | None = None


class ToldGate:
    """Looks at one camera's frames. Made with (camera, clock); named ``simulators.told_gate:ToldGate`` in a gateway's file."""

    def __init__(self, camera: CameraSettings, clock: Clock) -> None:
        del clock
        options = checked(camera.id, "watch_options", camera.watch_options, GateOptions)
        self._camera = camera.id
        self._notes = None if options.notes is None else Path(options.notes)
        self._left = deque(one for one in schedule.read(Path(options.schedule)) if one.gate == camera.id)  # only ever shrinks

    def __len__(self) -> int:
        """Return how much is still to be told."""
        return len(self._left)

    def look(self, frame: Frame) -> Sequence[SightData]:
        """Return what is due by the instant of this frame."""
        due = []
        while self._left and self._left[0].at_us <= frame.at_us:
            due.append(self._left.popleft())
        self._note(due)
        return [seen(self._camera, one) for one in due]

    def gone(self) -> Sequence[SightData]:
        """Return nothing: what is told is whole."""
        return ()

    def _note(self, due: Sequence[Told]) -> None:
        if due and self._notes is not None:
            descriptor = os.open(self._notes, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
            try:
                os.write(descriptor, "".join(f"{one.id}\n" for one in due).encode())
            finally:
                os.close(descriptor)


def noted(file: Path) -> set[str]:
    """Return the ids of what was told."""
    return set(file.read_text(encoding="ascii").split()) if file.exists() else set()


def seen(camera: str, one: Told) -> SightData:
    """Return the event of one passage."""
    at = instant(one.at_us)
    if one.method is Method.CODE:
        return CodeReadData(camera=camera, visit=one.id, at=at, digest=hashlib.sha256((one.code or "").encode()).hexdigest())
    if one.person is None:
        return FaceUnknownData(camera=camera, visit=one.id, change=Change.NEW, at=at, reason=REASON, frames=_VOTES)
    score = round(Random(one.id).uniform(0.45, 0.8), 4)
    return FaceRecognizedData(
        camera=camera, visit=one.id, change=Change.NEW, at=at, reason=REASON, votes=_VOTES, frames=_VOTES, person=one.person, score=score
    )
