"""``python -m bench [NAME …]`` → a table, files in bench/out/, and with --quick a verdict over the ratios."""

import asyncio
import logging
import sys
from typing import Annotated

import msgspec
import structlog
import typer
from rich.console import Console

from bench import gate, machine, page, runs, table
from bench.runs import Run

_cli = typer.Typer(add_completion=False)


@_cli.command(help="Measure: each benchmark's ratio to a limit that is measured in the same run.")
def bench(
    names: Annotated[list[str] | None, typer.Argument(help="Which benchmarks; all where none is named.", show_default=False)] = None,
    *,
    quick: Annotated[bool, typer.Option("--quick", help="Short forms; their ratios are compared with the committed ones.")] = False,
    accept: Annotated[bool, typer.Option("--accept", help="With --quick: write the ratios down instead of comparing them.")] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Write the results into docs/performance.md too.")] = False,
) -> None:
    """Run what the command line names, or all."""
    every = runs.found()
    if unknown := [name for name in names or () if name not in every]:
        raise typer.BadParameter(f"'{unknown[0]}' is no benchmark; choose from {', '.join(every)}")
    if (accept and not quick) or (keep and quick):
        raise typer.BadParameter("--accept goes with --quick, --keep with whole runs: quick figures are for the gate only")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    raise typer.Exit(asyncio.run(_run(names or every, every, _Wish(quick, accept, keep))))


class _Wish(msgspec.Struct, frozen=True):
    quick: bool
    accept: bool
    keep: bool


async def _run(names: list[str], every: list[str], wish: _Wish) -> int:
    benchmarks = runs.named(names)
    run = await runs.measured(benchmarks, quick=wish.quick, machine=machine.here(), say=_say)
    ratios = gate.committed()
    if wish.quick and not wish.accept:
        run = msgspec.structs.replace(run, results=await gate.best(run.results, benchmarks, ratios, _say))
    _show(run)
    said = [f"{name}: failed, {reason}" for name, reason in run.failed.items()]
    if wish.accept:
        gate.accept(await gate.lowest(run.results, benchmarks, _say))
    elif wish.quick:
        said += gate.findings(run.results, ratios, [name for name in names if name not in run.failed | run.lacking])
        said += gate.strangers(ratios, every)
    if wish.keep:
        page.keep(run)
    for sentence in said:
        _say(sentence)
    return 1 if said else 0


def _show(run: Run) -> None:
    console = Console(width=None if sys.stdout.isatty() else 200)
    console.print(table.terminal(run.results))
    console.print(f"written: {runs.kept(run)}")


def _say(sentence: str) -> None:
    sys.stderr.write(f"bench: {sentence}\n")


_cli()
