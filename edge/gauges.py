"""what an agent counts → Prometheus; one process may run many gateways, so each has its label."""

from typing import Final

from wardroom import metrics
from wardroom.topics import Gateway

_LABELS: Final = ("site", "gateway")

READINGS: Final = metrics.counter("wardroom_edge_readings_total", "Readings put into the outbox.", _LABELS)
FAULTS: Final = metrics.counter("wardroom_edge_sensor_faults_total", "Times a sensor stopped telling the truth.", _LABELS)
PACKS: Final = metrics.gauge("wardroom_edge_outbox_messages", "Packs in the outbox.", _LABELS)
BYTES: Final = metrics.gauge("wardroom_edge_outbox_bytes", "Bytes in the outbox.", _LABELS)
DROPPED: Final = metrics.gauge("wardroom_edge_outbox_dropped", "Packs dropped since the boot: outbox or disk full.", _LABELS)
QUARANTINED: Final = metrics.gauge("wardroom_edge_outbox_quarantined", "Packs set aside since the boot: never receipted.", _LABELS)
RESENT: Final = metrics.counter("wardroom_edge_resent_total", "Packs sent again for want of a receipt.", _LABELS)
RECEIPTS: Final = metrics.counter("wardroom_edge_receipts_total", "Receipts, by whether they could be read.", (*_LABELS, "result"))
CONNECTED: Final = metrics.gauge("wardroom_edge_connected", "1 while the broker is connected.", _LABELS)
_CAMERA: Final = (*_LABELS, "camera")
CAMERA_AGE: Final = metrics.gauge(
    "wardroom_camera_last_frame_age_seconds", "Since the camera's last picture; +Inf before its first.", _CAMERA
)
CAMERA_FRAMES: Final = metrics.counter("wardroom_camera_frames_total", "Pictures a camera sent that could be decoded.", _CAMERA)
CAMERA_SKIPPED: Final = metrics.counter(
    "wardroom_camera_skipped_total", "Pictures replaced by a newer one before they were looked at.", _CAMERA
)
CAMERA_LOOKED: Final = metrics.counter("wardroom_camera_looked_at_total", "Pictures of a camera that were looked at.", _CAMERA)
CAMERA_RESTARTS: Final = metrics.counter("wardroom_camera_restarts_total", "Times a camera was given up, by reason.", (*_CAMERA, "reason"))
EVIDENCE_SENT: Final = metrics.counter("wardroom_evidence_sent_total", "Best shots the center has taken.", _LABELS)
EVIDENCE_LOST: Final = metrics.counter(
    "wardroom_evidence_lost_total",
    "Best shots let go: spool full, damaged, disk takes none, too large, refused by the center.",
    (*_LABELS, "reason"),
)
GATE_SCREEN: Final = metrics.gauge("wardroom_gate_screen_up", "1 while the gates' own screen is served.", _LABELS)
GATE_DECISIONS: Final = metrics.counter(
    "wardroom_gate_decisions_total", "What a gateway decided at its gates by itself.", (*_LABELS, "result")
)


def of(gateway: Gateway) -> tuple[str, str]:
    """Return the gateway's label values."""
    return gateway.site, gateway.gateway
