"""command line → the ingest process: ``wardroom ingest --config FILE``."""

import gc
from pathlib import Path
from typing import Annotated, Final

import typer

from ingest.app import App
from ingest.settings import Settings
from wardroom import service, settings
from wardroom.clock import SystemClock

_CONTAINERS: Final = 20_000
"""Made and not yet freed before Python looks for cycles; messages on their way are in none, and there are thousands."""

cli = typer.Typer(help="Store what gateways send.", add_completion=False)


@cli.callback(invoke_without_command=True)
def ingest(
    config: Annotated[Path, typer.Option("--config", envvar="WARDROOM_CONFIG", help="The settings file (TOML).")],
) -> None:
    """Store what gateways send, until SIGTERM."""
    chosen = settings.load(Settings, config)
    gc.freeze()
    gc.set_threshold(_CONTAINERS, 10, 10)
    raise typer.Exit(service.run(lambda: App(chosen, clock=SystemClock()).run(), log=chosen.log))
