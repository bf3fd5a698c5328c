"""TOML and environment → the settings of `wardroom db`."""

from pathlib import Path
from typing import Annotated

import typer
from msgspec import Meta, Struct

from wardroom.settings import Database, Log

ConfigFile = Annotated[Path | None, typer.Option("--config", envvar="WARDROOM_CONFIG", help="Settings file (TOML) of the schema's owner.")]


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What `wardroom db` needs: the sections it reads."""

    database: Annotated[Database, Meta(description="The database, signed in to as the schema's owner.")]
    log: Annotated[Log, Meta(description="The log.")] = Log()
