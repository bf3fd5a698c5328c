"""command line → the agent's process: ``wardroom edge --config FILE``."""

from pathlib import Path
from typing import Annotated

import typer

from edge.app import App
from edge.settings import load
from wardroom import service
from wardroom.clock import SystemClock
from wardroom.errors import ConfigError

cli = typer.Typer(help="Run the agent of one gateway: sensors, durable outbox, uplink.", add_completion=False)


@cli.callback(invoke_without_command=True)
def edge(
    config: Annotated[Path, typer.Option("--config", envvar="WARDROOM_CONFIG", help="The gateway's TOML file.")],
) -> None:
    """Run the agent of one gateway until SIGTERM."""
    try:
        settings = load(config)
    except ConfigError as error:
        raise typer.Exit(service.report(error)) from error
    app = App(settings, clock=SystemClock(), config_file=config)
    raise typer.Exit(service.run(app.run, log=settings.log))
