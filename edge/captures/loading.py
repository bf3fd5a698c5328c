"""a camera's source by name → its class, made: the only place that brings in the libraries for pictures."""

import importlib
from collections.abc import Generator, Mapping
from typing import TYPE_CHECKING, Final, Protocol, cast

from edge.camera_settings import CameraSettings
from wardroom.clock import Clock
from wardroom.errors import ConfigError

if TYPE_CHECKING:  # a gateway without cameras never loads numpy
    from edge.captures.picture import Picture

BUILT_IN: Final[Mapping[str, str]] = {
    "rtsp": "edge.captures.rtsp:Rtsp",
    "usb": "edge.captures.usb:Usb",
    "file": "edge.captures.file:File",
    "folder": "edge.captures.folder:Folder",
}


class Source(Protocol):
    """Where one camera's pictures come from. Made with (camera, clock): the constructor checks the settings (ConfigError), touches nothing.

    `place`: what people may read of where that is; no account in it.
    """

    place: str

    def pictures(self) -> "Generator[Picture | None, None, None]":
        """Open it and yield each picture as it comes, None where there is none yet; closed with the iterator. In a thread of its own.

        Raises CameraError at any end. Every wait in it is bounded; it is asked for anew after a failure.
        """
        ...


def made(camera: CameraSettings, clock: Clock) -> Source:
    """Return the camera's source; raises ConfigError whatever its class stumbles over."""
    source = imported(camera, clock, "source", camera.source, BUILT_IN)
    if not isinstance(getattr(source, "place", None), str) or not callable(getattr(source, "pictures", None)):
        raise ConfigError("edge.camera_unusable", camera=camera.id, field="source", value=camera.source, detail="no place or no pictures")
    return cast(Source, source)


def imported(camera: CameraSettings, clock: Clock, field: str, value: str, built_in: Mapping[str, str]) -> object:
    """Return an object of the class that `value` names, by a name of `built_in` or as ``module:class``; raises ConfigError on `field`."""
    module, _, kind = built_in.get(value, value).partition(":")
    if not module or not kind:
        raise ConfigError("edge.camera_source", camera=camera.id, field=field, value=value, known=", ".join(built_in))
    try:
        return getattr(importlib.import_module(module), kind)(camera, clock)
    except ConfigError:
        raise
    except (Exception, SystemExit) as error:  # importing runs foreign code, and its end must not be the gateway's
        if value in built_in and isinstance(error, ImportError):
            raise ConfigError("edge.camera_extra", camera=camera.id, detail=str(error)) from error
        detail = f"{type(error).__name__}: {error}"
        raise ConfigError("edge.camera_unusable", camera=camera.id, field=field, value=value, detail=detail) from error
