"""`wardroom db backup` and `wardroom db restore`: files and settings → what was saved or brought back, in a sentence."""

from pathlib import Path
from typing import Annotated

import typer

from ingest import backup as saving
from ingest import backup_file
from ingest import restore as bringing
from ingest.backup_file import Manifest
from ingest.database_settings import ConfigFile, Settings
from ingest.progress import Progress
from ingest.restore import Restored
from wardroom import service, settings, texts
from wardroom.errors import WardroomError


def add_to(cli: typer.Typer) -> None:
    """Give `wardroom db` its two commands about backups."""
    cli.command()(backup)
    cli.command()(restore)


def backup(
    target: Annotated[Path, typer.Argument(help="The file to make, or a folder that gets one named by the time.")],
    config: ConfigFile = None,
    *,
    verify: Annotated[bool, typer.Option("--verify", help="Read an existing backup from end to end instead; needs no database.")] = False,
) -> None:
    """Save every table's rows as of now into one file, while everything goes on; sessions stay out."""
    if verify:
        raise typer.Exit(_verified(target))
    chosen = settings.load(Settings, config)
    progress = Progress("ingest.backup_progress")

    async def main() -> None:
        try:
            path, manifest = await saving.backup(chosen.database.conninfo(), target, tell=progress)
        finally:
            progress.end()
        _say("ingest.backup_made", manifest, path=path)

    raise typer.Exit(service.run(main, log=chosen.log, job=True))


def restore(file: Annotated[Path, typer.Argument(help="A backup made by `wardroom db backup`.")], config: ConfigFile = None) -> None:
    """Bring a backup into an empty database: schema, rows and numbering, whole or not at all."""
    chosen = settings.load(Settings, config)
    progress = Progress("ingest.restore_progress")

    async def main() -> None:
        try:
            restored = await bringing.restore(chosen.database.conninfo(), file, tell=progress)
        finally:
            progress.end()
        _say("ingest.restored", restored, database=chosen.database.name)
        for table in restored.left:
            typer.echo(texts.say("ingest.restore_left", settings.language(), table=table))

    raise typer.Exit(service.run(main, log=chosen.log, job=True))


def _verified(path: Path) -> int:
    try:
        manifest = backup_file.verify(path)
    except WardroomError as error:
        return service.report(error)
    _say("ingest.backup_whole", manifest, path=path)
    return 0


def _say(key: str, of: Manifest | Restored, **data: object) -> None:
    rows = sum(table.rows for table in of.tables)
    said = {"rows": rows, "tables": len(of.tables), "taken": f"{of.taken:%Y-%m-%d %H:%M:%S} UTC", **data}
    typer.echo(texts.say(key, settings.language(), **said))
