"""TOML file, then environment → typed settings: frozen structs that refuse to exist if a field is missing, unknown or out of bounds.

A file may hold the sections of every service; a service reads its own. ``WARDROOM__SECTION__KEY`` overrides the file.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct, inspect

from wardroom.errors import ConfigError
from wardroom.setting_faults import bare, fault, unusable

PREFIX: Final = "WARDROOM__"
SECTIONS: Final = frozenset(
    {"broker", "database", "listen", "log", "edge", "sensor", "camera", "checkin", "ingest", "retention", "center", "people", "simulate"}
)
"""Every section of every service: another service's section is ignored, any other name is an error."""

Port = Annotated[int, Meta(ge=1, le=65_535)]
Seconds = Annotated[int, Meta(ge=1, le=3_600)]
S = TypeVar("S", bound=Struct)
_PLAIN: Final[tuple[tuple[type[inspect.Type], type], ...]] = ((inspect.IntType, int), (inspect.FloatType, float), (inspect.BoolType, bool))


class Secret:
    """A text that never shows itself: only `reveal` gives it away."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text itself."""
        return self._text

    def __repr__(self) -> str:
        return "••••"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)


class Broker(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How to reach the MQTT broker; every client signs in."""

    host: Annotated[str, Meta(description="The broker's name or address.", min_length=1)] = "127.0.0.1"
    port: Annotated[Port, Meta(description="The broker's port; 8883 is usual with TLS.")] = 1883
    username: Annotated[str, Meta(description="The account at the broker.", min_length=1)]
    password: Annotated[Secret, Meta(description="The account's password.")]
    tls_ca: Annotated[str | None, Meta(description="A PEM file of the authorities to trust; with it the connection is encrypted.")] = None
    keepalive_s: Annotated[Seconds, Meta(description="A broker silent for one and a half times this is taken for gone.")] = 30


class Database(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How to reach PostgreSQL."""

    host: Annotated[str, Meta(description="The database server's name or address.", min_length=1)] = "127.0.0.1"
    port: Annotated[Port, Meta(description="The database server's port.")] = 5432
    name: Annotated[str, Meta(description="The database's name.", min_length=1)] = "wardroom"
    user: Annotated[str, Meta(description="The role to sign in as.", min_length=1)]
    password: Annotated[Secret, Meta(description="The role's password.")]
    connect_timeout_s: Annotated[Seconds, Meta(description="How long a connection may take.")] = 5

    def conninfo(self) -> str:
        """Return libpq's connection string, the password in it: never log this."""
        parts = {
            "host": self.host,
            "port": self.port,
            "dbname": self.name,
            "user": self.user,
            "password": self.password.reveal(),
            "connect_timeout": self.connect_timeout_s,
        }
        return " ".join(f"{key}={_quoted(str(value))}" for key, value in parts.items())


class Listen(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a service answers ``/healthz`` (open to all) and ``/metrics`` (only with the token)."""

    host: Annotated[str, Meta(description="The address to listen on.", min_length=1)] = "127.0.0.1"
    port: Annotated[Port, Meta(description="The port to listen on.")]
    token: Annotated[Secret | None, Meta(description="What /metrics asks for as a bearer token; without one it answers nobody.")] = None


class Log(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is logged, and how."""

    level: Annotated[Literal["debug", "info", "warning", "error"], Meta(description="The least level that is logged.")] = "info"
    format: Annotated[Literal["json", "console"], Meta(description="json for machines, console for people.")] = "console"


def _quoted(value: str) -> str:
    if value and re.fullmatch(r"[\w./:-]+", value, re.ASCII):
        return value
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def language(environ: Mapping[str, str] | None = None) -> Literal["vi", "en"]:
    """Return the language people are spoken to in: ``$WARDROOM_LANG``, Vietnamese unless it begins with ``en``."""
    chosen = (os.environ if environ is None else environ).get("WARDROOM_LANG", "vi")
    return "en" if chosen.lower().startswith("en") else "vi"


def load(kind: type[S], file: Path | None, environ: Mapping[str, str] | None = None) -> S:
    """Return settings of `kind` from `file`, overridden by `environ` (the process's own if None).

    Raises ConfigError, its sentence naming field, value and fix.
    """
    place = str(file) if file else "wardroom.toml"
    raw = _read(file) if file else {}
    known = inspect.type_info(kind)
    assert isinstance(known, inspect.StructType)  # noqa: S101 - narrows: S is bound to Struct
    sections = {field.encode_name: field for field in known.fields}
    _override(raw, sections, os.environ if environ is None else environ)
    for name in raw:
        if name not in sections and name not in SECTIONS:
            raise ConfigError("config.unknown_section", field=name, known=", ".join(sorted(SECTIONS)), file=place)
    own = {name: value for name, value in raw.items() if name in sections}
    for name, field in sections.items():
        if field.required and isinstance(field.type, inspect.StructType):
            own.setdefault(name, {})
    return convert(own, kind, place)


def convert(raw: Mapping[str, Any], kind: type[S], place: str) -> S:
    """Return `raw` as `kind`; raises ConfigError that names `place` as where to mend it."""
    try:
        converted = msgspec.convert(raw, kind, dec_hook=_decode_secret)
    except msgspec.ValidationError as error:
        raise fault(str(error), raw, inspect.type_info(kind), place) from error
    if unfit := unusable(raw, place):
        raise unfit
    return converted


def _decode_secret(kind: type[Any], value: object) -> Secret:
    if kind is not Secret:
        raise NotImplementedError(kind)
    if not isinstance(value, str) or not value:
        raise TypeError("not a text")
    return Secret(value)


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise ConfigError("config.no_file", file=file) from error
    except OSError as error:
        raise ConfigError("config.unreadable", file=file, detail=error.strerror) from error
    except (ValueError, RecursionError) as error:  # not TOML, not UTF-8, a number of thousands of digits, brackets without end
        raise ConfigError("config.not_toml", file=file, detail=str(error)) from error


def _override(raw: dict[str, Any], sections: Mapping[str, inspect.Field], environ: Mapping[str, str]) -> None:
    """Lay the environment over `raw`, each text turned into what its field holds where it can be."""
    for variable, text in sorted(environ.items()):
        if not variable.startswith(PREFIX):
            continue
        path = variable.removeprefix(PREFIX).lower().split("__")
        if len(path) < 2 or not all(path):
            raise ConfigError("config.bad_variable", field=variable)
        field = sections.get(path[0])
        kind = field.type if field else None
        table = raw
        for name in path[:-1]:
            inner = table.setdefault(name, {})
            if not isinstance(inner, dict):
                raise ConfigError("config.bad_variable", field=variable)
            table = inner
        for name in path[1:]:
            kind = _inner(kind, name)
        table[path[-1]] = _from_text(text, kind)


def _inner(kind: inspect.Type | None, name: str) -> inspect.Type | None:
    table = bare(kind)
    if not isinstance(table, inspect.StructType):
        return None
    return next((field.type for field in table.fields if field.encode_name == name), None)


def _from_text(text: str, kind: inspect.Type | None) -> object:
    """Return a variable's text as a number or true/false where its field holds one; as itself where that fails, for the one error path."""
    target = next((plain for described, plain in _PLAIN if isinstance(bare(kind), described)), None)
    if target is None:
        return text
    try:
        return msgspec.convert(text, target, strict=False)
    except msgspec.ValidationError:
        return text
