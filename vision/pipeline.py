"""frame → facts: motion, then faces and things, followed, judged and decided; and how well the camera stands for it.

Everything it works with is passed in. It reads no clock (time comes with the frame), touches no file and draws nothing. It is for one
stream and one thread. Whatever it remembers belongs to a track and goes with it.
"""

from dataclasses import dataclass, replace
from typing import Final

from vision.blindness import Blindness, Patience
from vision.decision import Verdict
from vision.face_watch import FaceParts, FacesSeen, FaceWatch
from vision.facts import Facts
from vision.frames import Frame
from vision.funnel import Counting
from vision.motion import MotionGate, Stir, Why
from vision.object_watch import ObjectParts, ObjectsSeen, ObjectWatch
from vision.stopwatch import Stopwatch, untimed

PERSON: Final = "person"
_UNGATED: Final = Stir(Why.MOTION, 1.0)
_NOTHING: Final = Stir(Why.STILL, 0.0)


@dataclass(frozen=True, slots=True)
class Pace:
    """How often detectors look: at every `moving`-th frame while something moves or somebody is not decided yet.

    At every `still`-th while those who are decided stand still. Somebody followed is never left without a look for longer.
    """

    moving: int = 1
    still: int = 3


@dataclass(frozen=True, slots=True)
class Parts:
    """What a pipeline works with. Without a gate every frame passes; without faces or objects nobody looks for them."""

    gate: MotionGate | None = None
    faces: FaceParts | None = None
    objects: ObjectParts | None = None
    pace: Pace = Pace()
    patience: Patience = Patience()  # noqa: RUF009 - frozen


class Pipeline:
    """Looks at one stream."""

    def __init__(self, parts: Parts, stopwatch: Stopwatch = untimed) -> None:
        self._gate = parts.gate
        self._pace = parts.pace
        self._time = stopwatch
        self._faces = FaceWatch(parts.faces, stopwatch) if parts.faces is not None else None
        self._objects = ObjectWatch(parts.objects, stopwatch) if parts.objects is not None else None
        self._counting = Counting()
        self._blindness = Blindness(parts.patience)
        self._followed = {"faces": 0, "objects": 0}
        self._open = False
        self._since = 0
        self._last: Frame | None = None

    def __len__(self) -> int:
        """Return how many face tracks are remembered."""
        return max(len(self._counting), len(self._faces) if self._faces is not None else 0)

    def look(self, frame: Frame) -> Facts:
        """Return what a frame says; frames come in the order they were caught."""
        self._last = replace(frame, image=frame.image[:1, :1].copy())  # its times are kept, not its megabytes
        with self._time("motion"):
            stir = self._gate.look(frame.image, frame.seconds) if self._gate is not None else _UNGATED
        if not self._due(stir):
            return Facts(frame.number, frame.at_us, frame.seconds, stir, looked=False, funnel=self._counting.seen())
        faces = self._faces.look(frame) if self._faces is not None else FacesSeen()
        objects = self._objects.look(frame) if self._objects is not None else None
        self._note(faces, objects, frame.seconds)
        return self._facts(frame, stir, faces, objects)

    def close(self) -> Facts | None:
        """End all that is followed: no more frames come, or none for a while. None if there never was one."""
        if self._last is None:
            return None
        faces = self._faces.close() if self._faces is not None else FacesSeen()
        objects = self._objects.close(self._last) if self._objects is not None else None
        self._note(faces, objects, self._last.seconds)
        return self._facts(self._last, _NOTHING, faces, objects)

    def _facts(self, frame: Frame, stir: Stir, faces: FacesSeen, objects: ObjectsSeen | None) -> Facts:
        return Facts(
            number=frame.number,
            at_us=frame.at_us,
            seconds=frame.seconds,
            stir=stir,
            looked=True,
            faces=faces.faces,
            objects=None if objects is None else objects.objects,
            visits=(*faces.visits, *(objects.visits if objects else ())),
            zones=objects.zones if objects else (),
            crossed=objects.crossed if objects else (),
            about=objects.about if objects else {},
            ended=faces.ended,
            last_words=faces.last_words,
            funnel=self._counting.seen(),
            blind=self._blindness.blind(frame.seconds),
        )

    def _due(self, stir: Stir) -> bool:
        """Return whether detectors look now: while something moves, while somebody is followed, and now and then."""
        self._since += 1
        quiet = not stir.passes and not any(self._followed.values())
        step = self._pace.moving if stir.passes or self._open else self._pace.still
        due = not quiet and (self._since >= step or stir.why in {Why.FIRST, Why.LIGHT, Why.CHECK})
        self._since = 0 if due else self._since
        return due

    def _note(self, faces: FacesSeen, objects: ObjectsSeen | None, seconds: float) -> None:
        """Remember who is followed, and count."""
        self._followed["faces"] = faces.found + len(faces.unseen)
        self._open = faces.found > len(faces.faces) or any(face.open for face in faces.faces)
        if objects is not None:
            self._followed["objects"] = objects.found + len(objects.unseen)
            self._count_persons(objects, seconds)
        self._count_faces(faces)

    def _count_persons(self, objects: ObjectsSeen, seconds: float) -> None:
        for each in objects.objects:
            if each.new and each.label == PERSON:
                self._counting.person()
                if each.track.box_xyxy[3] - each.track.box_xyxy[1] >= self._blindness.patience.tall_px:
                    self._blindness.person(seconds)

    def _count_faces(self, faces: FacesSeen) -> None:
        if faces.found:
            self._blindness.face()
        for face in faces.faces:
            self._counting.face(face.track)
            if not face.refusals:
                self._counting.usable(face.track)
            else:
                self._counting.unusable(face.track, face.refusals[0].flaw)
            if face.decision is not None and face.decision.verdict is not Verdict.PENDING:
                self._counting.decided(face.track, named=face.decision.verdict is Verdict.KNOWN)
        self._counting.ended(faces.ended)
