"""`wardroom center`: configuration file → a running operations centre."""

from pathlib import Path
from typing import Annotated

import typer
import uvloop

from center.room import Room
from center.server import serve
from center.settings import Settings
from wardroom import service, settings
from wardroom.clock import SystemClock
from wardroom.errors import WardroomError

cli = typer.Typer(help="The operations centre: REST, the live WebSocket and the wall.", add_completion=False)


@cli.callback(invoke_without_command=True)
def center(config: Annotated[Path | None, typer.Option(envvar="WARDROOM_CONFIG", help="The settings file (TOML).")] = None) -> None:
    """Run the operations centre until SIGTERM or Ctrl-C."""
    try:
        chosen = settings.load(Settings, config)
    except WardroomError as error:
        raise typer.Exit(service.report(error)) from error

    async def main() -> None:
        await serve(Room.assemble(chosen, SystemClock()))

    raise typer.Exit(service.run(main, log=chosen.log, loop_factory=uvloop.new_event_loop))
