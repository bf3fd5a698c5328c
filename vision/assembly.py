"""an engine, a gallery and options → a pipeline over one stream: everything that remembers is new, everything that is large is shared."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from vision import tracking
from vision.attention import Attention, Budget
from vision.best_shot import BestShots
from vision.blindness import Patience
from vision.decision import Decisions
from vision.detections import ObjectDetector
from vision.engine import FaceEngine
from vision.face_watch import FaceParts
from vision.gallery import Gallery
from vision.gates import RECOGNITION, Gates
from vision.lines import Line, Lines
from vision.liveness import OFF, Liveness, LivenessCheck
from vision.motion import MotionGate, MotionOptions
from vision.object_watch import ObjectParts
from vision.pipeline import Pace, Parts, Pipeline
from vision.profile import Profile
from vision.stopwatch import Stopwatch, untimed
from vision.tracking import Tracker
from vision.visits import Visits
from vision.zones import Zone, Zones

FACE: Final = "face"
"""What visits of faces are called."""


@dataclass(frozen=True, slots=True)
class Options:
    """How a stream is watched. `motion` None: every frame passes."""

    profile: Profile
    gates: Gates = RECOGNITION
    budget: Budget = field(default_factory=Budget)
    pace: Pace = field(default_factory=Pace)
    patience: Patience = field(default_factory=Patience)
    motion: MotionOptions | None = field(default_factory=MotionOptions)
    liveness: Liveness = OFF
    check: LivenessCheck | None = None
    objects: ObjectDetector | None = None
    zones: Sequence[Zone] = ()
    lines: Sequence[Line] = ()


def pipeline(
    engine: FaceEngine | None, gallery: Gallery, options: Options, new_id: Callable[[], str], stopwatch: Stopwatch = untimed
) -> Pipeline:
    """Return a pipeline for one stream; engine and gallery may serve many. Without an engine nobody looks for faces.

    `new_id`: gives each visit its id.
    """
    faces = _faces(engine, gallery, options, new_id) if engine is not None else None
    gate = MotionGate(options.motion) if options.motion is not None else None
    things = _things(options.objects, options, new_id) if options.objects is not None else None
    return Pipeline(Parts(gate, faces, things, options.pace, options.patience), stopwatch)


def _faces(engine: FaceEngine, gallery: Gallery, options: Options, new_id: Callable[[], str]) -> FaceParts:
    return FaceParts(
        engine=engine,
        gallery=gallery,
        gates=options.gates,
        tracker=Tracker(tracking.FACES),
        attention=Attention(options.budget),
        decisions=Decisions(options.profile, options.liveness),
        shots=BestShots(),
        visits=Visits((FACE,), new_id),
        liveness=options.check,
    )


def _things(detector: ObjectDetector, options: Options, new_id: Callable[[], str]) -> ObjectParts:
    return ObjectParts(
        detector=detector,
        tracker=Tracker(tracking.OBJECTS),
        zones=Zones(options.zones),
        lines=Lines(options.lines),
        visits=Visits(detector.labels, new_id),
    )
