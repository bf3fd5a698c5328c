"""`wardroom simulate delegates`: a list of simulated delegates as a workbook, to rehearse an import with."""

import importlib
from pathlib import Path
from typing import Annotated, Any

import typer

from simulators.delegates import COUNT, delegates
from wardroom import service, settings, texts
from wardroom.embedded.folders import clear_errors
from wardroom.errors import ConfigError, WardroomError


def write(
    *,
    to: Annotated[Path, typer.Option("--to", help="The file: .xlsx or .csv.")],
    count: Annotated[int, typer.Option("--count", min=1, max=20_000, help="How many.")] = COUNT,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Another seed is another list.")] = 1,
) -> None:
    """Write a list of delegates who do not exist, each with a badge's code."""
    try:
        content = _content(to, count, seed)
        with clear_errors(to):
            to.write_bytes(content)
    except WardroomError as error:
        raise typer.Exit(service.report(error)) from error
    typer.echo(texts.say("simulators.delegates_written", settings.language(), file=to, count=count))


def _content(to: Path, count: int, seed: int) -> bytes:
    if to.suffix.lower() not in {".xlsx", ".csv"}:
        raise ConfigError("simulators.delegates_kind", file=to)
    workbook = _workbook()
    made: bytes = workbook.xlsx(delegates(seed, count)) if to.suffix.lower() == ".xlsx" else workbook.csv_text(delegates(seed, count))
    return made


def _workbook() -> Any:
    """Return what makes workbooks, imported only now: fleet and load do without it. Raises ConfigError where it is not installed."""
    try:
        return importlib.import_module("simulators.workbook")
    except ModuleNotFoundError as error:
        raise ConfigError("cli.not_installed", value="simulate delegates", package=error.name, extra="center") from error
