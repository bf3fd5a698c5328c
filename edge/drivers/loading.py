"""a driver's name → its class; a driver's options → its own typed struct. Whatever is wrong is a ConfigError that names the sensor."""

import importlib
import re
from collections.abc import Mapping
from typing import Any, Final, TypeVar, cast

import msgspec
from msgspec import Struct

from edge.sensors import Driver, DriverFactory
from edge.settings import SensorSettings
from wardroom.clock import Clock
from wardroom.errors import ConfigError, WardroomError

BUILT_IN: Final[Mapping[str, str]] = {"modbus": "edge.drivers.modbus:Modbus"}
S = TypeVar("S", bound=Struct)
_METHODS: Final = ("open", "read", "close")

_AT: Final = re.compile(r"^(?P<what>.*?)(?: - at `\$\.?(?P<path>.*)`)?$", re.DOTALL)
_NAMED: Final = re.compile(r"^Object (?P<fault>missing required|contains unknown) field `(?P<name>.*)`$")


def factory(sensor: SensorSettings) -> DriverFactory:
    """Return the class of the sensor's driver."""
    target = BUILT_IN.get(sensor.driver, sensor.driver)
    module, _, name = target.partition(":")
    if not module or not name:
        raise ConfigError("edge.unknown_driver", sensor=sensor.id, value=sensor.driver, known=", ".join(BUILT_IN))
    try:
        found = getattr(importlib.import_module(module), name)
    except (Exception, SystemExit) as error:  # importing runs foreign code, and its end must not be the gateway's
        raise ConfigError("edge.no_driver", sensor=sensor.id, value=sensor.driver, detail=_said(error)) from error
    if not isinstance(found, type):
        raise ConfigError("edge.no_driver", sensor=sensor.id, value=sensor.driver, detail=f"{name} is not a class")
    if missing := ", ".join(method for method in _METHODS if not callable(getattr(found, method, None))):
        raise ConfigError("edge.no_driver", sensor=sensor.id, value=sensor.driver, detail=f"{name} has no {missing}")
    return cast(DriverFactory, found)


def made(sensor: SensorSettings, clock: Clock) -> Driver:
    """Return the sensor's driver; raises ConfigError whatever its class stumbles over."""
    kind = factory(sensor)
    try:
        return kind(sensor, clock)
    except ConfigError:
        raise
    except (Exception, SystemExit) as error:  # a constructor is foreign code too
        raise ConfigError("edge.driver_failed", sensor=sensor.id, value=sensor.driver, detail=_said(error)) from error


def _said(error: BaseException) -> str:
    """Return what an error of somebody else's code says; its kind where that alone would be too little."""
    return str(error) if isinstance(error, ImportError | AttributeError | WardroomError) else f"{type(error).__name__}: {error}"


def checked(raw: Mapping[str, Any], kind: type[S], sensor: str, place: str) -> S:
    """Return a driver's options as `kind`; `place` is how a person finds them, e.g. ``options`` or ``temperature.options``."""
    try:
        return msgspec.convert(raw, kind)
    except msgspec.ValidationError as error:
        raise _fault(str(error), raw, sensor, place) from error


def _fault(message: str, raw: Mapping[str, Any], sensor: str, place: str) -> ConfigError:
    match = _AT.match(message)
    what, path = (match["what"], match["path"] or "") if match else (message, "")
    if named := _NAMED.match(what):
        key = "edge.option_missing" if named["fault"] == "missing required" else "edge.option_unknown"
        return ConfigError(key, sensor=sensor, field=f"{place}.{named['name']}")
    return ConfigError("edge.bad_option", sensor=sensor, field=f"{place}.{path}", value=raw.get(path), detail=what)
