"""`wardroom simulate`: the fleet, the probe, the comparison of ledger and database, load, scenes, and delegates."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from msgspec import Struct

from simulators import delegate_cli, report, scene_cli
from simulators.fleet import Fleet, FleetSettings
from simulators.history import History, HistorySettings
from simulators.load import Load, LoadSettings
from simulators.probe import Probe
from simulators.scenarios import plan
from simulators.verify import Outcome, compare
from simulators.ward import GATEWAYS
from wardroom import service, settings, texts
from wardroom.clock import SystemClock
from wardroom.errors import ConfigError
from wardroom.settings import Database, Log

cli = typer.Typer(no_args_is_help=True, add_completion=False, help="A simulated ward with known truth.")

Ledgers = Annotated[Path, typer.Option("--ledger", help="The folder of the ledgers.")]
Status = Annotated[Path | None, typer.Option("--status", help="Where to say once a second how it goes.")]


class VerifySettings(Struct, frozen=True, kw_only=True):
    """The sections `wardroom simulate verify` reads: ingest's way to the database."""

    database: Database


@cli.command()
def fleet(
    *,
    gateways: Annotated[Path, typer.Option("--gateways", help="The folder of the gateways' TOML files.")],
    ledger: Ledgers,
    status: Status = None,
    seed: Annotated[int | None, typer.Option("--seed", help="Faults by this seed; without it nothing fails.")] = None,
    drain: Annotated[float, typer.Option("--drain", min=0, help="At the end wait so long for receipts (seconds).")] = 10.0,
) -> None:
    """Run the real edge program for every gateway of a folder, its readings in a ledger, until SIGTERM."""
    chosen = FleetSettings(gateways=gateways, ledgers=ledger, status=status, drain_s=drain)
    faults = () if seed is None else plan(seed, GATEWAYS)
    raise typer.Exit(service.run(Fleet(chosen, clock=SystemClock(), faults=faults).run, log=Log()))


@cli.command()
def history(
    *,
    gateways: Annotated[Path, typer.Option("--gateways", help="The folder of the gateways' TOML files.")],
    ledger: Ledgers,
    within: Annotated[float, typer.Option("--within", min=1, help="Leave to the fleet what is not stored after so many seconds.")] = 30.0,
) -> None:
    """Send what the simulated sensors would have measured in the last 24 hours, through the gateways' own outboxes and sessions."""
    chosen = HistorySettings(gateways=gateways, ledgers=ledger, within_s=within)
    raise typer.Exit(service.run(History(chosen, clock=SystemClock()).run, log=Log(level="warning")))


@cli.command()
def probe(
    *,
    url: Annotated[str, typer.Option("--url", help="The centre's WebSocket, e.g. ws://127.0.0.1:8080/ws.")],
    token_file: Annotated[Path, typer.Option("--token-file", help="A file with a wall token.")],
    ledger: Ledgers,
    status: Annotated[Path, typer.Option("--status", help="Where to say once a second what was measured.")],
) -> None:
    """Measure how long readings take from the sensor to a screen, until SIGTERM."""

    async def main() -> None:
        await Probe(url=url, token=await asyncio.to_thread(_token, token_file), ledgers=ledger, file=status).run()

    raise typer.Exit(service.run(main, log=Log()))


@cli.command()
def verify(
    *,
    config: Annotated[Path | None, typer.Option("--config", envvar="WARDROOM_CONFIG", help="ingest's settings file (TOML).")] = None,
    ledger: Ledgers,
) -> None:
    """Compare the ledgers with the database, record by record; exit status 1 if anything is missing or was never recorded."""
    outcomes: list[Outcome] = []

    async def main() -> None:
        database = settings.load(VerifySettings, config).database
        outcomes.append(await asyncio.to_thread(compare, ledger, database.conninfo()))

    status = service.run(main, log=Log(level="warning"))
    for outcome in outcomes:
        typer.echo(report.told(outcome, settings.language()))
        status = status or (0 if outcome.right else 1)
    raise typer.Exit(status)


@cli.command()
def load(
    *,
    config: Annotated[
        Path | None, typer.Option("--config", envvar="WARDROOM_CONFIG", help="The gateway to be (TOML); its own sensors rest.")
    ] = None,
    rate: Annotated[float, typer.Option("--rate", min=1, max=1_000_000, help="Readings a second.")],
    seconds: Annotated[float, typer.Option("--seconds", min=0.1, help="How long.")] = 10.0,
    pack: Annotated[int, typer.Option("--pack", min=1, max=64, help="Readings in one sample.")] = 10,
    ledger: Annotated[Path | None, typer.Option("--ledger", help="Record every reading in this folder, for verify.")] = None,
) -> None:
    """Measure and send at a steady rate, through the real edge program and its outbox; say what was reached and receipted."""
    chosen = LoadSettings(config=config, rate=rate, seconds=seconds, pack=pack, ledgers=ledger)
    run = Load(chosen, clock=SystemClock())
    status = service.run(run.run, log=Log(level="warning"))
    if (result := run.result) is not None:
        typer.echo(texts.say("simulators.load_result", settings.language(), **result.places()))
        status = status or (1 if result.open_packs else 0)
    raise typer.Exit(status)


cli.command("scene")(scene_cli.scene)
cli.command("delegates")(delegate_cli.write)


def _token(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigError("config.unreadable", file=file, detail=error.strerror) from error
