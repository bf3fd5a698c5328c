"""`wardroom db backup` and `wardroom db restore`: files and settings → what was saved or brought back, in a sentence."""

import sys
import time
from pathlib import Path
from typing import Annotated, Final

import typer

from ingest import backup as saving
from ingest import backup_file
from ingest import restore as bringing
from ingest.backup_file import Manifest
from ingest.database_settings import ConfigFile, Settings
from ingest.restore import Restored
from wardroom import service, settings, texts
from wardroom.errors import WardroomError

_TELL_EVERY_S: Final = 0.2


class Progress:
    """Says on a terminal how far it is, now and then, on one line."""

    def __init__(self, key: str) -> None:
        self._key = key
        self._told_s = 0.0

    def __call__(self, table: str, done: int) -> None:
        if sys.stderr.isatty() and time.monotonic() - self._told_s > _TELL_EVERY_S:
            self._told_s = time.monotonic()
            sys.stderr.write(f"\r\x1b[K{texts.say(self._key, settings.language(), table=table, done=done)}")
            sys.stderr.flush()

    def end(self) -> None:
        """Leave the line for what is said next."""
        if self._told_s:
            sys.stderr.write("\r\x1b[K")


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
