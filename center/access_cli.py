"""`wardroom access`: accounts, tokens of walls and gateways, the key of people's data, the audit log; secrets are said once."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from center import audit_cli
from center.access import ADMINISTRATOR, OPERATOR, VIEWER, Access
from center.attempts import Attempts
from center.people import lost_key, vault
from center.people.audit import Audit
from center.settings import AccessSettings
from center.store.accounts import Accounts
from center.store.database import Database
from wardroom import service, settings
from wardroom.clock import SystemClock
from wardroom.errors import WardroomError
from wardroom.topics import Gateway

cli = typer.Typer(help="Who may come in: people, walls and gateways.", add_completion=False, no_args_is_help=True)
cli.add_typer(audit_cli.cli, name="audit")

WHO: Final = "command line"
"""Who does it, in the audit log."""


class Role(StrEnum):
    """What an account may do: see the wall and the welcome screens; run people, events and the desk as well; all."""

    VIEWER = VIEWER
    OPERATOR = OPERATOR
    ADMINISTRATOR = ADMINISTRATOR


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

    chosen = _chosen(one_time=one_time)
    _say(make, config, "administrator.reset", account)


@cli.command(name="account")
def make_account(
    *,
    account: Account,
    role: Annotated[Role, typer.Option(help="What the account may do.")] = Role.OPERATOR,
    one_time: OneTime = False,
    config: Config = None,
) -> None:
    """Create an account, or give one that is there this role and a new password; prints {"account", "role", "password"}."""

    async def make(access: Access) -> dict[str, str]:
        return {"account": account, "role": role.value, "password": await access.account(account, role.value, chosen)}

    chosen = _chosen(one_time=one_time)
    _say(make, config, f"account.{role.value}", account)


@cli.command()
def remove_account(*, account: Account, config: Config = None) -> None:
    """Remove an account; whoever is signed in with it is signed out. Prints {"account"}."""

    async def remove(access: Access) -> dict[str, str]:
        await access.remove_account(account)
        return {"account": account}

    _say(remove, config, "account.removed", account)


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
def people_key_lost(
    file: Annotated[Path, typer.Argument(help="The key that is used from now on.")],
    *,
    config: Config = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Delete every photo, face and best shot that another key sealed; prints how many. For when that key is lost: they cannot come back."""

    async def forget(chosen: AccessSettings) -> dict[str, int]:
        async with Database(chosen.database, connections=1) as database:
            return await lost_key.forget(database, vault.opened(str(file)), Audit(database), WHO)

    if not yes:
        typer.confirm("Delete for good what this key cannot open?", abort=True, err=True)
    try:
        typer.echo(json.dumps(asyncio.run(forget(settings.load(AccessSettings, config)))))
    except WardroomError as error:
        raise typer.Exit(service.report(error)) from error


@cli.command()
def gateway(*, site: Site, gateway: GatewayName, config: Config = None) -> None:
    """Make a gateway's token, in place of the one it had; prints {"token"}."""

    async def make(access: Access) -> dict[str, str]:
        return {"token": await access.make_gateway_token(Gateway(site, gateway), WHO)}

    _say(make, config, "gateway_token.made", f"{site}/{gateway}")


def _chosen(*, one_time: bool) -> str | None:
    return None if one_time else str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))


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
