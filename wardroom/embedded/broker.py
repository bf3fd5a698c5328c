"""folder, port and users → a broker of our own, up and supervised: Mosquitto where it is or can be installed, else aedes."""

import asyncio
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, Self

from wardroom.embedded import mqtt_probe, node, packages
from wardroom.embedded.access import User, probe
from wardroom.embedded.aedes_broker import Aedes
from wardroom.embedded.folders import Announce, prepare, straight
from wardroom.embedded.mosquitto import HOST, Mosquitto, find_program
from wardroom.embedded.ports import refuse_taken
from wardroom.embedded.process import Supervised
from wardroom.embedded.program import Program
from wardroom.errors import EmbeddedError


class Server(Protocol):
    """What Mosquitto and aedes have in common."""

    @property
    def kind(self) -> str:
        """``mosquitto`` or ``aedes``."""

    @property
    def sharing(self) -> bool:
        """Whether ``$share`` subscriptions are served."""

    @property
    def port(self) -> int:
        """Where it listens, on 127.0.0.1."""

    def configure(self, users: Sequence[User]) -> None:
        """Write its files."""

    def program(self) -> Program:
        """Return what to run."""


class EmbeddedBroker:
    """The demo's broker, as an async context manager: it answers a real CONNECT when entered."""

    def __init__(self, server: Server, users: Sequence[User]) -> None:
        self.kind = server.kind
        self.sharing = server.sharing
        self.port = server.port
        self._server = server
        self._users = tuple(users)
        self._probe = probe()
        self._process: Supervised | None = None

    async def __aenter__(self) -> Self:
        """Write its files, start it, and return when it answers."""
        await asyncio.to_thread(refuse_taken, HOST, self.port, "broker")
        await asyncio.to_thread(self._server.configure, (*self._users, self._probe))
        self._process = Supervised(self._server.program(), ready=lambda: mqtt_probe.answers(HOST, self.port, self._probe))
        await self._process.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        """Stop it; what it keeps is written."""
        await self.process.__aexit__(*error)

    @property
    def process(self) -> Supervised:
        """The supervised server: restarts, memory, signals."""
        assert self._process is not None, "enter the context first"  # noqa: S101 - a programming error
        return self._process

    @property
    def pid(self) -> int | None:
        """The broker's process number."""
        return self.process.pid

    async def update(self, users: Sequence[User]) -> None:
        """Replace the users and their rights without a restart."""
        self._users = tuple(users)
        await asyncio.to_thread(self._server.configure, (*self._users, self._probe))
        self.process.send(signal.SIGHUP)

    async def restart(self) -> None:
        """Stop and start it; clients come back by themselves."""
        await self.process.restart()


def find_broker(folder: Path, port: int, users: Sequence[User], *, log: Path, announce: Announce) -> EmbeddedBroker:
    """Return the broker for this machine, its data in `folder`; installs Mosquitto, said before, where root can.

    Blocking (it may install a package): call it in a thread.
    """
    if not _have_mosquitto() and packages.installable():
        _install(announce)
    if _have_mosquitto():
        return EmbeddedBroker(Mosquitto(place=prepare(folder, announce), port=port, log=log), users)
    place = straight(folder.with_name(f"{folder.name}-aedes"))  # Node.js may lie where only this process's user can reach it
    return EmbeddedBroker(Aedes(place=place, port=port, log=log, node=node.find(), announce=announce), users)


def _install(announce: Announce) -> None:
    """Install Mosquitto; where that fails, without a network say, aedes does."""
    try:
        packages.install(("mosquitto",), announce)
    except EmbeddedError as error:
        announce("embedded.aedes_instead", detail=str(error))


def _have_mosquitto() -> bool:
    return find_program("mosquitto") is not None and find_program("mosquitto_passwd") is not None
