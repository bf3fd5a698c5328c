"""a driver's name → its class; a driver's options → its own typed struct. Whatever is wrong is a ConfigError that names the sensor."""

import importlib
import re
from collections.abc import Mapping
from typing import Any, Final, TypeVar, cast

import msgspec
from msgspec import Struct

from edge.sensors import DriverFactory
from edge.settings import SensorSettings
from wardroom.errors import ConfigError

BUILT_IN: Final[Mapping[str, str]] = {"modbus": "edge.drivers.modbus:Modbus"}
S = TypeVar("S", bound=Struct)

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
    except (ImportError, AttributeError) as error:
        raise ConfigError("edge.no_driver", sensor=sensor.id, value=sensor.driver, detail=str(error)) from error
    if not callable(found):
        raise ConfigError("edge.no_driver", sensor=sensor.id, value=sensor.driver, detail=f"{name} is not a class")
    return cast(DriverFactory, found)


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
