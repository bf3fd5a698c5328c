"""`wardroom access`: the administrator, tokens of walls and gateways, the key of people's data, the audit log; secrets are said once."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Final

import typer

from center import audit_cli
from center.access import Access
from center.attempts import Attempts
from center.people import vault
from center.people.audit import Audit
from center.settings import AccessSettings
from center.store.accounts import Accounts
from center.store.database import Database
from wardroom import service, settings
from wardroom.clock import SystemClock
from wardroom.errors import WardroomError
from wardroom.topics import Gateway

cli = typer.Typer(help="Who may come in: the administrator, the walls and the gateways.", add_completion=False, no_args_is_help=True)
cli.add_typer(audit_cli.cli, name="audit")

WHO: Final = "command line"
"""Who does it, in the audit log."""

Config = Annotated[Path | None, typer.Option(envvar="WARDROOM_CONFIG", help="The settings file (TOML).")]
Account = Annotated[str, typer.Option(help="The account's name.")]
OneTime = Annotated[bool, typer.Option("--one-time", help="Make a password that must be changed at the first sign-in.")]
Label = Annotated[str, typer.Option(help="What people call the screen.")]

Site = Annotated[str, typer.Option(help="The site the gateway stands in.")]
GatewayName = Annotated[str, typer.Option(help="The gateway's name in its site.")]


@cli.command()
def administrator(*, one_time: OneTime = False, account: Account = "administrator", config: Config = None) -> None:
    """Create the administrator, or give them a new password; prints {"account", "password"}."""

    async def make(access: Access) -> dict[str, str]:
        return {"account": account, "password": await access.administrator(account, chosen)}

    chosen = None if one_time else typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    _say(make, config, "administrator.reset", account)


@cli.command()
def wall_token(*, label: Label, config: Config = None) -> None:
    """Make a token that signs a screen in until it is revoked; prints {"token"}."""

    async def make(access: Access) -> dict[str, str]:
        return {"token": (await access.make_wall_token(label, WHO))[0]}

    _say(make, config, "wall_token.made", label)


@cli.command()
def people_key(file: Annotated[Path, typer.Argument(help="The new file; one that is there stays as it is.")]) -> None:
    """Make the key that seals photos and faces, readable by its owner only; keep a copy apart from the database and its backups."""
    try:
        vault.make_key(file)
    except WardroomError as error:
        raise typer.Exit(service.report(error)) from error


@cli.command()
def gateway(*, site: Site, gateway: GatewayName, config: Config = None) -> None:
    """Make a gateway's token, in place of the one it had; prints {"token"}."""

    async def make(access: Access) -> dict[str, str]:
        return {"token": await access.make_gateway_token(Gateway(site, gateway), WHO)}

    _say(make, config, "gateway_token.made", f"{site}/{gateway}")


def _say(make: Callable[[Access], Awaitable[dict[str, str]]], config: Path | None, action: str, subject: str) -> None:
    """Say what was made, once it is in the audit log."""

    async def made(chosen: AccessSettings) -> dict[str, str]:
        clock = SystemClock()
        async with Database(chosen.database, connections=1) as database:
            said = await make(Access(accounts=Accounts(database), attempts=Attempts(allowed=1, clock=clock), clock=clock))
            await Audit(database).note(WHO, action, subject)
            return said

    try:
        typer.echo(json.dumps(asyncio.run(made(settings.load(AccessSettings, config)))))
    except WardroomError as error:
        raise typer.Exit(service.report(error)) from error
