"""a camera's checked `watch_options` → what its pipeline is made of: engine, gallery, detector, profile, zones.

Models and galleries are in use once in a process, however many cameras ask for them.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog

from edge.camera_settings import CameraSettings
from edge.captures.loading import imported
from edge.enrolled import Enrolled
from edge.eyes_settings import EyesSettings, ZoneSettings
from edge.in_use import InUse, Used
from vision import engine, objects, profile, thresholds
from vision.assembly import Options
from vision.engine import Choice, FaceEngine
from vision.errors import OptionError
from vision.liveness import Liveness, LivenessCheck, Policy
from vision.motion import MotionOptions
from vision.objects import ObjectOptions, UltralyticsDetector
from vision.pipeline import Pace
from vision.profile import Profile
from vision.sessions import Runtime
from vision.zones import Zone
from wardroom.clock import Clock
from wardroom.errors import ConfigError

_ENGINES: Final = InUse[FaceEngine]()
_DETECTORS: Final = InUse[UltralyticsDetector]()
_GALLERIES: Final = InUse[Enrolled]()
_PROFILES: Final = {"check_in": profile.check_in, "door": profile.door}
_WITHOUT_FACES: Final = Profile(accept=1.0, unknown=1.0)
"""What nobody is measured by."""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class EyesParts:
    """What one camera's eyes use together with others, and how they look. `engine`: None where no faces are looked for."""

    engine: Used[FaceEngine] | None
    enrolled: Used[Enrolled]
    detector: Used[UltralyticsDetector] | None
    options: Options


def opened(camera: CameraSettings, asked: EyesSettings, clock: Clock) -> EyesParts:
    """Return what the eyes of a camera are made of; raises ConfigError or VisionError."""
    _check(camera.id, asked)
    eyes = _engine(asked) if asked.faces else None
    detector = _detector(asked) if asked.objects is not None else None
    options = Options(
        profile=_WITHOUT_FACES if eyes is None else _profile(asked, eyes.it.model),
        pace=Pace(asked.moving, asked.still),
        motion=MotionOptions() if asked.motion else None,
        liveness=Liveness(Policy(asked.liveness), asked.liveness_least),
        check=_liveness(camera, asked, clock),
        objects=None if detector is None else detector.it,
        zones=() if detector is None else [_zone(one, detector.it.labels) for one in asked.zones],
    )
    return EyesParts(eyes, _enrolled(asked, eyes), detector, options)


def _check(camera: str, asked: EyesSettings) -> None:
    """Raise ConfigError where options contradict each other."""
    if not asked.faces and asked.objects is None and not asked.codes:
        raise ConfigError("edge.eyes_closed", camera=camera)
    if asked.zones and asked.objects is None:
        raise ConfigError("edge.eyes_zones", camera=camera)
    if (asked.gallery is None) != (asked.gallery_key is None):
        raise ConfigError("edge.eyes_key", camera=camera)
    if asked.liveness != "off" and asked.liveness_check is None:
        raise ConfigError("edge.eyes_liveness", camera=camera, value=asked.liveness)


def _engine(asked: EyesSettings) -> Used[FaceEngine]:
    choice = Choice(Path(asked.models), asked.engine, longest=asked.longest, runtime=Runtime(asked.threads, asked.device))

    def opened_engine() -> FaceEngine:
        eyes = engine.opened_engine(choice)
        for notice in eyes.notices:
            _log.warning("face engine", engine=asked.engine, detail=str(notice))
        return eyes

    return _ENGINES.used(choice, opened_engine)


def _detector(asked: EyesSettings) -> Used[UltralyticsDetector]:
    labels = frozenset(asked.labels) or None
    options = ObjectOptions(score=asked.objects_score, labels=labels, runtime=Runtime(asked.threads, asked.device))
    file = Path(asked.objects or "")
    return _DETECTORS.used((file, options), lambda: objects.opened_detector(file, options))


def _enrolled(asked: EyesSettings, eyes: Used[FaceEngine] | None) -> Used[Enrolled]:
    model, dimensions = ("none", 1) if eyes is None else (eyes.it.model, eyes.it.embedder.dimensions)
    places = [None if name is None or eyes is None else Path(name) for name in (asked.gallery, asked.gallery_key)]
    return _GALLERIES.used((*places, model), lambda: Enrolled(*places, model=model, dimensions=dimensions, must_fit=asked.gallery_must_fit))


def _profile(asked: EyesSettings, model: str) -> Profile:
    return _PROFILES[asked.profile](thresholds.same_above(model) if asked.threshold is None else asked.threshold)


def _liveness(camera: CameraSettings, asked: EyesSettings, clock: Clock) -> LivenessCheck | None:
    if asked.liveness_check is None:
        return None
    check = imported(camera, clock, "watch_options.liveness_check", asked.liveness_check, {})
    if not callable(getattr(check, "score", None)):
        field, value = "watch_options.liveness_check", asked.liveness_check
        raise ConfigError("edge.camera_unusable", camera=camera.id, field=field, value=value, detail="no score")
    return check  # type: ignore[return-value] # what it has was looked at


def _zone(asked: ZoneSettings, known: tuple[str, ...]) -> Zone:
    for label in asked.labels:
        if label not in known:
            raise OptionError("unknown_label", value=label, known=", ".join(known[:20]))
    labels = frozenset(known.index(label) for label in asked.labels) or None
    return Zone(asked.name, asked.corners, asked.loiter_s, asked.crowd, asked.crowd_s, labels)
