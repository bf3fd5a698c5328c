"""TOML and environment → what one gateway is: its name, its outbox, its sensors and cameras (which may change while it runs)."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct

from edge import camera_settings, checkin_settings
from edge.camera_settings import CameraSettings
from edge.checkin_settings import CheckInSettings
from wardroom import settings, units
from wardroom.errors import ConfigError, InvalidTopic
from wardroom.event import Id
from wardroom.messages import Name, SiteDescription
from wardroom.settings import Broker, Listen, Log
from wardroom.topics import Gateway

_MIB: Final = 2**20
Options = dict[str, Any]
"""A driver's own settings: checked by the driver, not here."""
Period = Annotated[float, Meta(ge=0.01, le=86_400)]


class ReportSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When a measured value is worth a reading."""

    at_least_s: Annotated[Period, Meta(description="A value is reported at least this often (seconds), changed or not.")] = 60.0
    change: Annotated[float, Meta(description="A value that moved by more than this is reported at once.", ge=0)] = 0.0


class QuantitySettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One quantity a sensor measures."""

    id: Annotated[Id, Meta(description="The quantity's name in topics, e.g. temperature.")]
    unit: Annotated[str, Meta(description="Its unit, a SenML symbol such as Cel; empty for true and false.", max_length=16)]
    options: Annotated[Options, Meta(description="Where the driver finds it; checked by the driver.")] = msgspec.field(default_factory=dict)


class SensorSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One sensor: who it is, which driver asks it, and how often."""

    id: Annotated[Id, Meta(description="The sensor's name in topics; unique behind its gateway.")]
    name: Annotated[Name, Meta(description="What people call it, vi and en.")]
    driver: Annotated[str, Meta(description="A built-in driver (modbus) or an import string package.module:Class.", min_length=1)]
    period_s: Annotated[Period, Meta(description="Seconds between two samples.")]
    timeout_s: Annotated[Period, Meta(description="How long one sample may take before the sensor is at fault (seconds).")] = 5.0
    stuck_after_s: Annotated[Period | None, Meta(description="A sensor none of whose values moves for this long is at fault.")] = None
    report: Annotated[ReportSettings, Meta(description="When a value is reported.")] = ReportSettings()
    quantities: Annotated[tuple[QuantitySettings, ...], Meta(description="What it measures.", min_length=1, max_length=64)]
    options: Annotated[Options, Meta(description="The driver's own settings; checked by the driver.")] = msgspec.field(default_factory=dict)


class Edge(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The gateway itself, its outbox and its uplink."""

    site: Annotated[Id, Meta(description="The site this gateway stands in.")]
    gateway: Annotated[Id, Meta(description="The gateway's name in topics; unique in its site.")]
    data: Annotated[str, Meta(description="The folder of the outbox; survives restarts, no other process uses it.", min_length=1)]
    name: Annotated[Name, Meta(description="What people call the gateway, vi and en.")]
    site_description: Annotated[SiteDescription, Meta(description="The site's kind and name.")]
    outbox_bytes: Annotated[
        int, Meta(description="What the outbox may hold; beyond it the oldest readings are dropped.", ge=65_536, le=2**44)
    ] = 256 * _MIB
    window: Annotated[int, Meta(description="Packs on their way to the broker at once.", ge=1, le=1_000)] = 64
    resend_first_s: Annotated[float, Meta(description="Wait for a receipt before the first resend (seconds).", ge=0.01, le=3_600)] = 5.0
    resend_last_s: Annotated[float, Meta(description="The longest wait between two resends (seconds).", ge=0.01, le=86_400)] = 300.0
    resend_bytes_per_s: Annotated[int, Meta(description="What resends and backlog may take of the line.", ge=1_024, le=2**40)] = 256 * 1_024
    resend_limit: Annotated[
        int, Meta(description="Resends left unanswered while other packs get receipts before a pack is quarantined.", ge=1, le=1_000)
    ] = 20
    heartbeat_s: Annotated[float, Meta(description="Seconds between two heartbeats.", ge=0.1, le=3_600)] = 10.0


class Settings(Struct, frozen=True, kw_only=True):
    """The sections `wardroom edge` reads."""

    broker: Broker
    edge: Edge
    sensor: tuple[SensorSettings, ...] = ()
    camera: tuple[CameraSettings, ...] = ()
    checkin: CheckInSettings | None = None
    listen: Listen | None = None
    log: Log = Log()


def load(file: Path | None, environ: Mapping[str, str] | None = None) -> Settings:
    """Return the checked settings; raises ConfigError, its sentence naming field, value and fix."""
    return checked(settings.load(Settings, file, environ))


def checked(loaded: Settings) -> Settings:
    """Return `loaded` if what its types cannot say holds too: ids are unique, units known, the place is one a topic can carry.

    A camera whose gallery is the center's has its file and key instead.
    """
    try:
        Gateway(loaded.edge.site, loaded.edge.gateway)
    except InvalidTopic as error:
        raise ConfigError("edge.bad_gateway", field="edge.gateway", value=loaded.edge.gateway) from error
    if double := _double([sensor.id for sensor in loaded.sensor]):
        raise ConfigError("edge.double_sensor", value=double)
    for sensor in loaded.sensor:
        if double := _double([quantity.id for quantity in sensor.quantities]):
            raise ConfigError("edge.double_quantity", sensor=sensor.id, value=double)
        for quantity in sensor.quantities:
            if quantity.unit != units.BOOLEAN and quantity.unit not in units.KNOWN:
                raise ConfigError("edge.unknown_unit", sensor=sensor.id, quantity=quantity.id, value=quantity.unit)
    _check_cameras(loaded.camera)
    if loaded.checkin is not None:
        checkin_settings.check(loaded.checkin, {sensor.id for sensor in loaded.sensor})
    cameras = tuple(checkin_settings.with_gallery(camera, loaded.checkin, loaded.edge.data) for camera in loaded.camera)
    return msgspec.structs.replace(loaded, camera=cameras)


def _check_cameras(cameras: Sequence[CameraSettings]) -> None:
    if double := _double([camera.id for camera in cameras]):
        raise ConfigError("edge.double_camera", value=double)
    for camera in cameras:
        camera_settings.check(camera)


def _double(ids: list[str]) -> str | None:
    return next((one for index, one in enumerate(ids) if one in ids[:index]), None)
