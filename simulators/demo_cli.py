"""`wardroom demo`: everything on this machine, embedded and simulated, by one command."""

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from simulators.demo import Demo, DemoSettings
from simulators.folder import MODELS, WALL_PORT
from simulators.pixels import ENGINE, Pixels
from wardroom import service
from wardroom.errors import ConfigError, WardroomError
from wardroom.settings import Log

cli = typer.Typer(add_completion=False, help="Run everything on this machine: database, broker, services, a simulated ward and its wall.")


@cli.callback(invoke_without_command=True)
def demo(  # noqa: PLR0913 - each is an option of the command line
    *,
    seconds: Annotated[float | None, typer.Option("--for", min=1, help="Run so many seconds, drain, compare and stop.")] = None,
    report: Annotated[Path | None, typer.Option("--report", help="With --for: write what was found, as JSON.")] = None,
    panel: Annotated[bool, typer.Option("--panel/--no-panel", help="Draw what flows.")] = True,
    history: Annotated[
        bool, typer.Option("--history/--no-history", help="In a new folder: begin with the sensors' last 24 hours, or with nothing.")
    ] = True,
    congress: Annotated[
        bool, typer.Option("--congress/--no-congress", help="Hold a simulated congress: delegates who come in at a gate, or nobody.")
    ] = True,
    portraits: Annotated[
        Path | None, typer.Option("--portraits", help="DIR/person/*.jpg: people who come to the congress and are recognised on pixels.")
    ] = None,
    models: Annotated[Path | None, typer.Option("--models", help="The models' folder; models in the demo's folder without.")] = None,
    engine: Annotated[str, typer.Option("--engine", help="What recognises: yunet+sface, or yunet+FILE of the models' folder.")] = ENGINE,
    port: Annotated[int, typer.Option("--port", min=1, max=65_535, help="The wall's port.")] = WALL_PORT,
    folder: Annotated[Path, typer.Option("--folder", help="What is kept between two runs.")] = Path(".wardroom"),
    seed: Annotated[int, typer.Option("--seed", help="Another seed is another ward.")] = 1,
) -> None:
    """Run the demo until Ctrl-C, or for some seconds; exit status 1 if a reading is missing or was never measured."""
    pixels = None if portraits is None else Pixels(portraits, models or folder / MODELS, engine)
    try:
        _check(seconds, report)
        if pixels is not None:
            pixels.check()
    except WardroomError as error:
        raise typer.Exit(service.report(error)) from error
    console = Console(soft_wrap=True)
    drawn = panel and console.is_terminal
    chosen = DemoSettings(
        folder=folder, port=port, seed=seed, seconds=seconds, report=report, panel=drawn,
        history=history, congress=congress, pixels=pixels,
    )  # fmt: skip
    run = Demo(chosen, console)
    status = service.run(run.run, log=Log(level="error" if chosen.panel else "warning"))
    raise typer.Exit(status or int(run.report is not None and not run.report.right))


def _check(seconds: float | None, report: Path | None) -> None:
    if report is not None and seconds is None:
        raise ConfigError("simulators.report_without_for")
    center = find_spec("center")
    places = [Path(place) for place in (center.submodule_search_locations or ())] if center else []
    if not any((place / "web" / "dist" / "app" / "index.html").is_file() for place in places):
        raise ConfigError("simulators.no_web")
