"""[[camera]] → what one camera is: where its pictures come from, how many are looked at, and when it is given up for a while."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from wardroom.errors import ConfigError
from wardroom.event import Id
from wardroom.messages import Name
from wardroom.settings import Secret

Filled = Annotated[str, Meta(min_length=1)]
Size = Annotated[str, Meta(pattern=r"^[1-9]\d{1,4}x[1-9]\d{1,4}$(?!\n)")]
Options = dict[str, Any]
Wait = Annotated[float, Meta(ge=0.1, le=3_600)]


class CameraSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One camera."""

    id: Annotated[Id, Meta(description="The camera's name in events and metrics; unique behind its gateway.")]
    name: Annotated[Name, Meta(description="What people call it, vi and en.")]
    enabled: Annotated[bool, Meta(description="false: it is left alone, and its status says disabled.")] = True
    source: Annotated[
        str, Meta(description="rtsp, usb, file, folder, or an import string package.module:Class.", min_length=1, max_length=200)
    ]
    url: Annotated[
        Secret | None, Meta(description="rtsp: its address, rtsp://host:port/path; never shown, for the account that may be in it.")
    ] = None
    username: Annotated[Filled | None, Meta(description="rtsp: the account at the camera.")] = None
    password: Annotated[Secret | None, Meta(description="rtsp: the account's password.")] = None
    path: Annotated[Filled | None, Meta(description="usb: the device, e.g. /dev/video0; file: the video; folder: of pictures.")] = None
    size: Annotated[Size | None, Meta(description="usb: the size to ask the device for, e.g. 1280x720.")] = None
    repeat: Annotated[bool, Meta(description="file, folder: begin again at the end.")] = True
    fps: Annotated[float, Meta(description="Pictures looked at a second, at most; a folder shows as many.", ge=0.01, le=60)] = 5.0
    max_width: Annotated[int, Meta(description="Wider pictures are scaled down to this (pixels).", ge=160, le=7_680)] = 1_920
    open_s: Annotated[Wait, Meta(description="How long connecting may take (seconds).")] = 5.0
    stall_s: Annotated[Wait, Meta(description="A stream without a picture for this long is given up and opened again (seconds).")] = 10.0
    retry_first_s: Annotated[Wait, Meta(description="The wait before the first try to open it again (seconds); it doubles each time.")] = (
        1.0
    )
    retry_last_s: Annotated[Wait, Meta(description="The longest wait between two tries (seconds).")] = 60.0
    settled_s: Annotated[Wait, Meta(description="Only after pictures for this long the waits begin anew (seconds).")] = 30.0
    options: Annotated[Options, Meta(description="For a source by import string; checked by it.")] = msgspec.field(default_factory=dict)
    watch: Annotated[
        str | None, Meta(description="What looks at its pictures: eyes, or an import string package.module:Class; without it nobody does.")
    ] = None
    watch_options: Annotated[Options, Meta(description="For what looks at them; checked by it.")] = msgspec.field(default_factory=dict)

    def needed(self, field: str) -> str:
        """Return the text in a field that this source cannot do without; raises ConfigError."""
        value = getattr(self, field)
        if value is None:
            raise ConfigError("edge.camera_missing", camera=self.id, field=field, source=self.source)
        if field == "path" and "://" in value:  # FFmpeg would open it, and it may hold a password
            raise ConfigError("edge.camera_path", camera=self.id, source=self.source)
        return str(value.reveal() if isinstance(value, Secret) else value)


def check(camera: CameraSettings) -> None:
    """Raise ConfigError where two settings contradict each other."""
    if camera.password is not None and camera.username is None:
        raise ConfigError("edge.camera_password", camera=camera.id)
    if camera.stall_s * camera.fps <= 1:
        raise ConfigError("edge.camera_pace", camera=camera.id, fps=camera.fps, every_s=round(1 / camera.fps, 2), stall_s=camera.stall_s)
