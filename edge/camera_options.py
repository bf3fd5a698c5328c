"""a camera's table of options → a checked struct; what is wrong is a ConfigError that names the camera and the option."""

from collections.abc import Mapping
from types import GenericAlias
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from wardroom import settings
from wardroom.errors import ConfigError

S = TypeVar("S", bound=Struct)


def checked(camera: str, field: str, options: Mapping[str, Any], kind: type[S]) -> S:
    """Return the `options` under `field` of a `camera` as `kind`; raises ConfigError.

    They are checked where they stand, in a list of cameras, so that no sentence names a variable of the environment.
    """
    given = msgspec.defstruct("Given", [(field, kind)], frozen=True, kw_only=True)
    listed = msgspec.defstruct("Listed", [("camera", GenericAlias(tuple, (given, ...)))], frozen=True, kw_only=True)
    try:
        table: Any = settings.convert({"camera": [{field: options}]}, listed, f"camera '{camera}'")
    except ConfigError as error:
        named = str(error.data.get("field", "")).removeprefix("camera[0].")
        raise ConfigError(error.key, **(error.data | {"field": named})) from error
    found: S = getattr(table.camera[0], field)
    return found
