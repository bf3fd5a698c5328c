"""[checkin] → a gateway with gates: its center, its word there, the key of what it keeps of people, and the gates' own screen."""

from collections.abc import Collection
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta, Struct

from edge.camera_settings import CameraSettings, Filled
from wardroom.errors import ConfigError
from wardroom.settings import Port, Secret

CENTERS: Final = "center"
"""The gallery that comes from the center, in a camera's `watch_options`."""
GALLERY_FILE: Final = "center.gallery"
SCREEN: Final = "gate-screen"
"""The sensor as which faults of the gates' own screen are told; no other one may be called so beside it."""
_TOKEN: Final = 16
_MIB: Final = 2**20


class CheckInSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A gateway that has gates."""

    center: Annotated[Filled, Meta(description="The center's address, https://host[:port]; http:// only on this machine itself.")]
    token: Annotated[Secret, Meta(description="The gateway's token (wardroom access gateway).")]
    key: Annotated[Filled, Meta(description="The file of the key that all about people is sealed with here: 64 hexadecimal digits, 0600.")]
    ca: Annotated[Filled | None, Meta(description="A PEM file of the authorities to trust; the system's if not given.")] = None
    every_s: Annotated[float, Meta(description="The center is asked this often for what changed (seconds).", ge=0.5, le=3_600)] = 3.0
    timeout_s: Annotated[float, Meta(description="How long the center may keep an answer waiting (seconds).", ge=0.5, le=120)] = 10.0
    evidence: Annotated[bool, Meta(description="false: no best shots are kept and sent.")] = True
    evidence_bytes: Annotated[
        int, Meta(description="What best shots may take here until they are sent; beyond it the oldest go.", ge=_MIB, le=2**40)
    ] = 64 * _MIB
    evidence_count: Annotated[int, Meta(description="How many of them at most; beyond it the oldest go.", ge=10, le=1_000_000)] = 5_000
    screen_host: Annotated[Filled, Meta(description="The address the gates' own screen is served at.")] = "127.0.0.1"
    screen_port: Annotated[Port | None, Meta(description="The port of the gates' own screen; without it there is none.")] = None
    screen_page: Annotated[
        Filled | None, Meta(description="The folder of the screen's built page (center/web/dist/gate); a plain one of the gateway without.")
    ] = None
    screen_token: Annotated[Secret | None, Meta(description="What stands in the screen's address: 16 of A-Z a-z 0-9 _ - or more.")] = None


def check(asked: CheckInSettings, sensors: Collection[str] = ()) -> None:
    """Raise ConfigError for an address that is none, or would show the token to the network; for a screen without its token or name.

    `sensors`: the gateway's.
    """
    _check_center(asked.center)
    if asked.screen_port is None:
        return
    token = "" if asked.screen_token is None else asked.screen_token.reveal()
    if len(token) < _TOKEN or not token.replace("-", "").replace("_", "").isalnum() or not token.isascii():
        raise ConfigError("gates.screen_token", least=_TOKEN)
    if SCREEN in sensors:
        raise ConfigError("gates.screen_sensor", value=SCREEN)


def with_gallery(camera: CameraSettings, checkin: CheckInSettings | None, data: str) -> CameraSettings:
    """Return the camera with the file and the key of the center's gallery, where that is the one it asks for. Raises ConfigError."""
    if camera.watch_options.get("gallery") != CENTERS:
        return camera
    if checkin is None:
        raise ConfigError("gates.no_checkin", camera=camera.id)
    own = {"gallery": str(Path(data) / GALLERY_FILE), "gallery_key": checkin.key, "gallery_must_fit": False}
    return msgspec.structs.replace(camera, watch_options=camera.watch_options | own)


def _check_center(address: str) -> None:
    try:
        parts = urlsplit(address)
        host, usable = parts.hostname or "", parts.port != 0
    except ValueError as error:
        raise ConfigError("gates.bad_center", value=address) from error
    bare = not (parts.path.strip("/") or parts.query or parts.fragment or parts.username or parts.password)
    if parts.scheme not in {"http", "https"} or not host or not usable or not bare:
        raise ConfigError("gates.bad_center", value=address if parts.password is None else "…")
    if parts.scheme == "http" and not _is_here(host):
        raise ConfigError("gates.center_in_the_clear", value=address)


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
