from datetime import UTC, datetime

import pytest

from tests.edge.factories import GATEWAY
from wardroom import messages, texts
from wardroom.camera_events import CameraReason, CameraState, CameraStatus, CameraStatusData
from wardroom.errors import InvalidMessage

AT = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)


def event(data: CameraStatusData) -> messages.AnyEvent:
    identity = "019aaea4-7f40-7c3d-9b1e-5a2f0c64d801"
    return messages.enveloped(data, id=identity, source=GATEWAY.prefix, time=AT, offline=False, subject=data.camera)


def test_a_camera_s_status_travels_as_it_is() -> None:
    data = CameraStatusData("gate", CameraState.OFFLINE, AT, CameraReason.AUTH, "rtsp://10.0.0.5/ grants no access")
    sent = event(data)

    assert isinstance(sent, CameraStatus)
    assert messages.decode_event(messages.encode(sent), GATEWAY) == sent


@pytest.mark.parametrize(
    ("state", "reason"), [(CameraState.OFFLINE, None), (CameraState.ONLINE, CameraReason.DNS), (CameraState.DISABLED, CameraReason.LOST)]
)
def test_only_a_camera_that_is_offline_has_a_reason(state: CameraState, reason: CameraReason | None) -> None:
    with pytest.raises(ValueError, match="with reason"):
        CameraStatusData("gate", state, AT, reason)


def test_a_status_that_contradicts_itself_is_refused_on_the_wire() -> None:
    payload = messages.encode(event(CameraStatusData("gate", CameraState.ONLINE, AT))).replace(b'"online"', b'"offline"')

    with pytest.raises(InvalidMessage):
        messages.decode_event(payload, GATEWAY)


def test_every_reason_has_its_sentence() -> None:
    assert {reason.value for reason in CameraReason} == set(texts.catalogue("camera", "en"))
