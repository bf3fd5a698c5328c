"""`wardroom db`: bring the database to this program's schema, say how it stands, back it up and restore it."""

from datetime import datetime, timedelta, timezone
from typing import Final

import typer

from ingest import backup_cli, migrate, reconciliation, rollups, standing
from ingest.database import connected
from ingest.database_settings import ConfigFile, Settings
from ingest.progress import Progress
from ingest.standing import Standing
from wardroom import service, settings, texts

cli = typer.Typer(no_args_is_help=True, help="The database's schema and its backups.")
backup_cli.add_to(cli)
_VIETNAM: Final = timezone(timedelta(hours=7))
_NEVER: Final = 2000
"""The year of a floor that was never raised."""


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

    raise typer.Exit(service.run(main, log=chosen.log, job=True))


@cli.command()
def status(config: ConfigFile = None) -> None:
    """Say which schema files ran, how the storage stands and how much room it takes; changes nothing."""
    chosen = settings.load(Settings, config)

    async def main() -> None:
        states = await migrate.status(chosen.database.conninfo())
        for each in states:
            _say(f"ingest.file_{each.state}", file=each.name)
        if all(each.state is migrate.State.RAN for each in states):
            async with connected(chosen.database.conninfo(), program="wardroom-db", statement_timeout_s=30) as connection:
                _tell(await standing.find(connection))

    raise typer.Exit(service.run(main, log=chosen.log, job=True))


@cli.command()
def reconcile(config: ConfigFile = None) -> None:
    """Compare the rollups with their readings now instead of at night; what differs is computed anew."""
    chosen = settings.load(Settings, config)

    async def main() -> None:
        async with connected(chosen.database.conninfo(), program="wardroom-db", statement_timeout_s=600) as connection:
            await migrate.check(connection)
            progress = Progress("ingest.reconcile_progress")
            try:
                found = await reconciliation.reconcile(connection, tell=lambda until, buckets: progress(_minute(until), buckets))
            finally:
                progress.end()
            if found.mismatched:
                await rollups.refresh(connection)
            key = "ingest.reconciled_wrong" if found.mismatched else "ingest.reconciled"
            _say(key, buckets=found.buckets, mismatched=found.mismatched)

    raise typer.Exit(service.run(main, log=chosen.log, job=True))


def _tell(found: Standing) -> None:
    known = found.capabilities
    _say(f"ingest.edition_{known.edition}", postgresql=known.postgresql, timescaledb=known.timescaledb)
    _say("ingest.rollups_until", done=_minute(found.done), minutes=round(found.lag_s / 60), notes=found.notes)
    _say("ingest.weeks", weeks=found.weeks, begins=_day(found.begins) if found.begins else "-")
    if found.floor.year > _NEVER:
        _say("ingest.dropped_before", floor=_day(found.floor))
    for table, size in found.bytes.items():
        _say("ingest.table_size", table=table, size=f"{size / 1e6:,.1f}")


def _say(key: str, **data: object) -> None:
    typer.echo(texts.say(key, settings.language(), **data))


def _minute(instant: datetime) -> str:
    return instant.astimezone(_VIETNAM).isoformat(timespec="minutes")


def _day(instant: datetime) -> str:
    return instant.astimezone(_VIETNAM).date().isoformat()
