"""bytes ↔ what cameras tell: how they are. Every type has flat `data`, and `subject` is the camera."""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from wardroom.event import Detail, Event, Id, Instant


class CameraState(StrEnum):
    """Whether pictures come: `disabled` is what somebody wanted, by its setting or by removing the camera."""

    ONLINE = "online"
    OFFLINE = "offline"
    DISABLED = "disabled"


class CameraReason(StrEnum):
    """Why no pictures come; the same words label the metric of restarts."""

    DNS = "dns"
    CONNECT = "connect"
    NO_ANSWER = "no_answer"
    AUTH = "auth"
    REFUSED = "refused"
    NOT_FOUND = "not_found"
    DECODE = "decode"
    STALL = "stall"
    LOST = "lost"
    ENDED = "ended"
    FAILED = "failed"


class CameraStatusData(Struct, frozen=True, forbid_unknown_fields=True):
    """A camera began or ceased to show pictures, or another reason keeps it from it. `since`: when that began.

    `fault_s`: of one that is online again, how long it was not. An address in `detail` has no account in it.
    """

    camera: Id
    state: CameraState
    since: Instant
    reason: CameraReason | None = None
    detail: Detail = ""
    fault_s: Annotated[float, Meta(ge=0)] | None = None

    def __post_init__(self) -> None:
        """Refuse a reason for being online, and being offline for none."""
        if (self.state is CameraState.OFFLINE) != (self.reason is not None):
            raise ValueError(f"state {self.state} with reason {self.reason}")


class CameraStatus(Event, frozen=True, kw_only=True, tag="vn.wardroom.camera.status.v1"):
    """`CameraStatusData` in its envelope."""

    data: CameraStatusData
