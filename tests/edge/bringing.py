"""Eyes for tests that tell of a stranger with a picture on each frame, as often as `count` says: what fills a gateway's spool."""

import cv2
import numpy as np
import uuid6

from edge.camera_settings import CameraSettings
from edge.gates_loading import Keep
from edge.wire_clock import instant
from vision.frames import Frame
from wardroom.clock import Clock
from wardroom.sight_events import Change, FaceUnknownData


def shot(number: int) -> bytes:
    """Return picture `number`, always the same one."""
    image = np.random.default_rng(number).integers(0, 255, (96, 96, 3)).astype(np.uint8)
    return cv2.imencode(".jpg", image)[1].tobytes()


class Bringing:
    """Made with (camera, clock); `watch_options.count`: how many strangers come."""

    def __init__(self, camera: CameraSettings, clock: Clock) -> None:
        del clock
        self._camera = camera.id
        self._count = int(camera.watch_options.get("count", 0))
        self._came = 0
        self._keep: Keep | None = None

    def keep_evidence(self, keep: Keep) -> None:
        self._keep = keep

    def look(self, frame: Frame) -> list[FaceUnknownData]:
        if self._came >= self._count or self._keep is None:
            return []
        evidence = self._keep(shot(self._came))
        self._came += 1
        told = FaceUnknownData(
            camera=self._camera,
            visit=str(uuid6.uuid7()),
            change=Change.NEW,
            at=instant(frame.at_us),
            reason="far",
            evidence=evidence,
        )
        return [told]

    def gone(self) -> list[FaceUnknownData]:
        return []
