"""a camera of the network → pictures: RTSP over TCP, every wait bounded; a failure is looked into until it has a reason."""

import socket
import time
from collections.abc import Generator
from typing import Final
from urllib.parse import SplitResult, quote, urlsplit

import av
from av.container import InputContainer

from edge.camera_settings import CameraSettings
from edge.captures import decoding
from edge.captures.picture import Picture
from wardroom.clock import Clock
from wardroom.errors import CameraError, ConfigError

_SCHEMES: Final = {"rtsp": 554, "rtsps": 322}
_PLAIN_PATH: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-")
_NONSENSE: Final = "no valid answer"
"""It hung up in the middle, or does not speak RTSP."""
_PROBE: Final = {"analyzeduration": "100000", "probesize": "200000"}
"""The description tells all there is to know: by default FFmpeg watches for two seconds more."""


class Rtsp:
    """One camera of the network. Made with (camera, clock): checks the address and touches nothing."""

    def __init__(self, camera: CameraSettings, clock: Clock) -> None:
        del clock
        self._camera = camera
        self._address = _address(camera)
        self.place = _place(self._address)

    def pictures(self) -> Generator[Picture | None, None, None]:
        """Yield each picture as it comes, None for what cannot be decoded; raises CameraError at any end."""
        yield from decoding.live(self._opened(), self.place, self._camera)

    def _opened(self) -> InputContainer:
        began = time.monotonic()
        camera = self._camera
        try:
            return av.open(
                _signed(self._address, camera), options={"rtsp_transport": "tcp", **_PROBE}, timeout=(camera.open_s, camera.stall_s)
            )
        except (av.FFmpegError, OSError, ValueError) as error:
            raise self._failure(error, waited_s=time.monotonic() - began) from None

    def _failure(self, error: Exception, *, waited_s: float) -> CameraError:
        """Return why it could not be opened: FFmpeg has one error for an unknown name, silence and nonsense.

        It calls an unanswered PLAY a lack of permission; that is nobody's account.
        """
        unanswered = isinstance(error, av.PermissionError)
        if not unanswered and (known := decoding.opening(error, self.place)) is not None:
            return known
        host, port = str(self._address.hostname), self._address.port or _SCHEMES[self._address.scheme]
        try:
            socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return CameraError("camera.dns", place=self.place)
        try:
            socket.create_connection((host, port), timeout=self._camera.open_s).close()
        except OSError:
            return CameraError("camera.connect", place=self.place)
        if waited_s >= self._camera.open_s:
            return CameraError("camera.no_answer", place=self.place, seconds=self._camera.open_s)
        said = None if unanswered or isinstance(error, av.InvalidDataError) else getattr(error, "strerror", None)
        return CameraError("camera.refused", place=self.place, detail=said or _NONSENSE)


def _address(camera: CameraSettings) -> SplitResult:
    try:
        address = urlsplit(camera.needed("url"))
        fits = address.scheme in _SCHEMES and address.hostname and address.port != 0
    except ValueError:  # brackets without end, a port that is no number
        raise ConfigError("edge.camera_url", camera=camera.id) from None
    if not fits:
        raise ConfigError("edge.camera_url", camera=camera.id)
    if "@" not in address.netloc and "@" in address.path + address.query + address.fragment:  # rtsp://user:12/34@host/
        raise ConfigError("edge.camera_account", camera=camera.id)
    return address


def _place(address: SplitResult) -> str:
    """Return what people may read of an address: no account, and of a path that may hold one only that it is there."""
    path = address.path if _PLAIN_PATH.issuperset(address.path) else "/…"
    return f"{address.scheme}://{_host(address)}{path}"


def _host(address: SplitResult) -> str:
    return address.netloc.rpartition("@")[2]


def _signed(address: SplitResult, camera: CameraSettings) -> str:
    """Return the address as FFmpeg wants it, the account in it."""
    if camera.username is None:
        return address.geturl()
    password = camera.password.reveal() if camera.password else ""
    return address._replace(netloc=f"{quote(camera.username, safe='')}:{quote(password, safe='')}@{_host(address)}").geturl()
