"""`wardroom access audit`: the log of who did what → whether every line is still what it was."""

import asyncio
import re
from pathlib import Path
from typing import Annotated, Final

import typer

from center.people.audit import Audit, Verdict
from center.settings import AccessSettings
from center.store.database import Database
from wardroom import service, settings, texts
from wardroom.errors import ConfigError, PeopleError, WardroomError

cli = typer.Typer(help="The log of who did and looked at what.", no_args_is_help=True)

_NOTED: Final = re.compile(r"([0-9]{1,18}):([0-9a-f]{64})")


@cli.command()
def verify(
    *,
    noted: Annotated[str, typer.Option(help="A line that an earlier run said (NUMBER:DIGEST): is it still there?")] = "",
    config: Annotated[Path | None, typer.Option(envvar="WARDROOM_CONFIG", help="The settings file (TOML).")] = None,
) -> None:
    """Look at every line; say the last one, or the first that was changed, taken out or put between."""
    try:
        verdict = asyncio.run(_verified(settings.load(AccessSettings, config), _line(noted)))
    except WardroomError as error:
        raise typer.Exit(service.report(error)) from error
    language = settings.language()
    typer.echo(texts.say("people.audit_holds", language, lines=verdict.lines, last=f"{verdict.last}:{verdict.digest.hex()}"))


async def _verified(chosen: AccessSettings, noted: tuple[int, bytes] | None) -> Verdict:
    """Return what was found; raises PeopleError for a chain that is broken, or that lacks the line that was noted."""
    async with Database(chosen.database, connections=1) as database:
        audit = Audit(database)
        verdict = await audit.verify()
        if verdict.broken is not None:
            raise PeopleError("people.audit_broken", line=verdict.broken, before=verdict.last)
        if noted is not None and not await audit.stands(*noted):
            raise PeopleError("people.audit_lacks", line=noted[0])
        return verdict


def _line(noted: str) -> tuple[int, bytes] | None:
    if not noted:
        return None
    found = _NOTED.fullmatch(noted)
    if found is None:
        raise ConfigError("people.audit_noted", value=noted[:100])
    return int(found[1]), bytes.fromhex(found[2])
