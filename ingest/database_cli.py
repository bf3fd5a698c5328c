"""`wardroom db`: bring the database to this program's schema, or say how it stands."""

from pathlib import Path
from typing import Annotated

import typer
from msgspec import Meta, Struct

from ingest import migrate
from wardroom import service, settings, texts
from wardroom.settings import Database, Log

cli = typer.Typer(no_args_is_help=True, help="The database's schema.")
ConfigFile = Annotated[Path | None, typer.Option("--config", envvar="WARDROOM_CONFIG", help="Settings file (TOML) of the schema's owner.")]


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What `wardroom db` needs: the sections it reads."""

    database: Annotated[Database, Meta(description="The database, signed in to as the schema's owner.")]
    log: Annotated[Log, Meta(description="The log.")] = Log()


@cli.command()
def upgrade(config: ConfigFile = None) -> None:
    """Bring the database to this program's schema; run again, it changes nothing."""
    chosen = settings.load(Settings, config)

    async def main() -> None:
        ran = await migrate.upgrade(chosen.database.conninfo())
        for name in ran:
            _say("ingest.migrated", file=name)
        if not ran:
            _say("ingest.up_to_date")

    raise typer.Exit(service.run(main, log=chosen.log))


@cli.command()
def status(config: ConfigFile = None) -> None:
    """Say which schema files ran and which are still to run; changes nothing."""
    chosen = settings.load(Settings, config)

    async def main() -> None:
        for each in await migrate.status(chosen.database.conninfo()):
            _say(f"ingest.file_{each.state}", file=each.name)

    raise typer.Exit(service.run(main, log=chosen.log))


def _say(key: str, **data: object) -> None:
    typer.echo(texts.say(key, settings.language(), **data))
