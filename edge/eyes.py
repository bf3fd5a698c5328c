"""a camera's `watch_options` → its eyes: frame → facts → what there is to tell of visits, zones and faces.

Everything heavy is opened when the eyes are made, so that what is missing or damaged is one sentence at start. Faces are told by who they
are, as soon as that is decided; their visits are not told a second time as those of things. QR codes are told by their digest.
"""

from collections.abc import Iterator, Sequence

import structlog
import uuid6

from edge import eyes_parts, sightings
from edge.camera_options import checked
from edge.camera_settings import CameraSettings
from edge.code_visits import CodeVisits
from edge.eyes_settings import EyesSettings
from edge.face_evidence import FaceEvidence
from edge.gates_loading import Keep
from edge.sightings import FaceVisits, Moment
from vision import assembly
from vision.codes import CodeWatch
from vision.errors import VisionError
from vision.facts import Facts
from vision.frames import Frame
from vision.zones import Crowded, Dispersed
from wardroom.clock import Clock
from wardroom.errors import ConfigError
from wardroom.sight_events import SightData

_log = structlog.get_logger()


class Eyes:
    """Looks at one camera's frames. Made with (camera, clock); raises ConfigError for whatever its `watch_options` lack."""

    def __init__(self, camera: CameraSettings, clock: Clock) -> None:
        asked = checked(camera.id, "watch_options", camera.watch_options, EyesSettings)
        try:
            self._parts = parts = eyes_parts.opened(camera, asked, clock)
            engine = None if parts.engine is None else parts.engine.it
            self._pipeline = assembly.pipeline(engine, parts.enrolled.it.gallery, parts.options, _new_id)
        except VisionError as error:
            raise ConfigError("edge.eyes_unusable", camera=camera.id, detail=error) from error
        self._camera = camera.id
        self._evidence = FaceEvidence()
        self._faces = FaceVisits(camera.id, _new_id, self._pictured)
        self._codes = CodeWatch(asked.codes_every_s) if asked.codes else None
        self._code_visits = CodeVisits(camera.id, _new_id)
        self._blind = False

    def __len__(self) -> int:
        """Return how many faces are remembered."""
        return max(len(self._pipeline), len(self._faces), len(self._evidence))

    def keep_evidence(self, keep: Keep) -> None:
        """From now on keep the best shot of whom something is told."""
        self._evidence = FaceEvidence(keep)

    def look(self, frame: Frame) -> Sequence[SightData]:
        """Return what there is to tell after a frame."""
        self._parts.enrolled.it.follow(frame.seconds)
        facts = self._pipeline.look(frame)
        if facts.looked and facts.blind != self._blind:
            self._blind = facts.blind
            _log.warning("persons pass and no face is seen: mind angle, light and lens", camera=self._camera, blind=facts.blind)
        return [*self._read(frame, facts), *self._told(facts)]

    def gone(self) -> Sequence[SightData]:
        """End the visits that last: no frames come."""
        facts = self._pipeline.close()
        return () if facts is None else list(self._told(facts))

    def _pictured(self, track: int) -> str | None:
        return self._evidence.of(track)

    def _read(self, frame: Frame, facts: Facts) -> Iterator[SightData]:
        """Yield what codes say that are held before the camera; only where something moves."""
        if self._codes is not None:
            codes = self._codes.look(frame, moving=facts.stir.passes)
            yield from self._code_visits.update([code.text for code in codes], Moment(frame.at_us, frame.seconds))

    def _told(self, facts: Facts) -> Iterator[SightData]:
        moment = Moment(facts.at_us, facts.seconds)
        yield from (sightings.visit(self._camera, event, moment) for event in facts.visits if event.after.label != assembly.FACE)
        for event in facts.zones:
            about = None if isinstance(event, Crowded | Dispersed) else facts.about.get(event.track)
            yield sightings.zone(self._camera, event, about, moment)
        self._evidence.note(facts.faces)
        decisions = [face.decision for face in facts.faces if face.decision is not None]
        yield from self._faces.update(decisions, facts.last_words, moment, gone=facts.ended)
        self._evidence.forget(facts.ended)


def _new_id() -> str:
    return str(uuid6.uuid7())
