"""a running center → the administrator's one-time password and a wall token, both made by `wardroom access`."""

import asyncio
from dataclasses import dataclass, field
from typing import Final

import msgspec
import psycopg
from msgspec import Struct

from simulators import services
from simulators.stack import Stack
from wardroom.errors import StorageGone
from wardroom.settings import Database

ADMINISTRATOR: Final = "administrator"
_LABEL: Final = "demo"


class _Token(Struct, frozen=True):
    token: str


class Account(Struct, frozen=True):
    """An administrator's name and one-time password."""

    account: str
    password: str

    def __repr__(self) -> str:
        """Say nothing of the password."""
        return f"Account({self.account!r})"


@dataclass(frozen=True, slots=True)
class SignIn:
    """What people need at the first screen; no password where the administrator has chosen one already."""

    account: str
    password: str | None = field(repr=False)
    token: str = field(repr=False)


async def sign_in(stack: Stack) -> SignIn:
    """Return how to sign in, and keep the wall token in its file for the probe and the next run."""
    config = ("--config", str((stack.folder.config / "center.toml").resolve()))
    token = await _kept_token(stack)
    if token is None:
        made = await services.once(stack.folder, "access", "wall-token", "--label", _LABEL, *config)
        token = msgspec.json.decode(made, type=_Token).token
        stack.folder.write(stack.folder.wall_token, token + "\n")
    if await asyncio.to_thread(_chosen, stack.database("schema")):
        return SignIn(ADMINISTRATOR, None, token)
    account = await one_time(stack, ADMINISTRATOR)
    return SignIn(account.account, account.password, token)


async def one_time(stack: Stack, name: str) -> Account:
    """Return an administrator of this name with a new one-time password."""
    config = ("--config", str((stack.folder.config / "center.toml").resolve()))
    made = await services.once(stack.folder, "access", "administrator", "--one-time", "--account", name, *config)
    return msgspec.json.decode(made, type=Account)


async def _kept_token(stack: Stack) -> str | None:
    """Return the last run's wall token if the center still knows it."""
    file = stack.folder.wall_token
    token = file.read_text(encoding="utf-8").strip() if file.exists() else ""
    if token and await asyncio.to_thread(services.answers, stack.port, "/api/v1/session", token) is not None:
        return token
    return None


def _chosen(database: Database) -> bool:
    """Return whether the administrator has a password of their own."""
    try:
        with psycopg.connect(database.conninfo()) as connection:
            row = connection.execute("SELECT must_change FROM account WHERE name = %s", (ADMINISTRATOR,)).fetchone()
    except psycopg.Error as error:
        raise StorageGone("simulators.no_database", detail=str(error).strip()) from error
    return row is not None and not row[0]
