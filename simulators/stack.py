"""a folder → the whole of Wardroom on this machine, each part a supervised process: database, broker, ingest, center, then probe and fleet.

Left, it stops in the opposite order: the fleet drains while everything it needs still runs.
"""

import asyncio
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, Self

from msgspec import Struct

from simulators import services
from simulators.configs import HOST
from simulators.folder import MODELS, Folder, Kept
from simulators.ledger import files
from simulators.pixels import Pixels
from wardroom import settings
from wardroom.embedded.broker import find_broker
from wardroom.embedded.folders import Announce
from wardroom.embedded.ports import refuse_taken
from wardroom.embedded.postgres import Postgres
from wardroom.embedded.process import Supervised
from wardroom.embedded.provision import Roles
from wardroom.errors import EmbeddedError
from wardroom.settings import Database

_STOP_S: Final = 20.0
SHOWN: Final = ("edge", "broker", "ingest", "center", "database")
"""The processes of the report."""


class _Database(Struct, frozen=True, kw_only=True):
    database: Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """How the fleet is to run."""

    seed: int
    drain_s: float


class Stack:
    """All processes of the demo, by name."""

    def __init__(
        self, folder: Folder, kept: Kept, *, port: int, announce: Announce, history: bool = False, pixels: Pixels | None = None
    ) -> None:
        self.folder = folder
        self.port = port
        self.processes: dict[str, Supervised] = {}
        self._kept = kept
        self._announce = announce
        self._history = history
        self._pixels = pixels or Pixels(folder.root, folder.root / MODELS)
        self._exits = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Start everything but the fleet, and return when it is well."""
        async with AsyncExitStack() as exits:
            await asyncio.to_thread(refuse_taken, HOST, self.port, "center")
            await asyncio.to_thread(refuse_taken, HOST, self._kept.ports.ingest, "ingest")
            await self._servers(exits)
            await self._service(exits, "ingest", self._kept.ports.ingest)
            if self._history:
                await self._fill()
            await asyncio.to_thread(refuse_taken, HOST, self.port, "center")  # a history takes its time, and another demo may have come
            # the wall's sparklines begin with what is stored when the center starts
            await self._service(exits, "center", self.port, self._center())
            self._exits = exits.pop_all()
        return self

    async def __aexit__(self, *error: object) -> None:
        """Stop everything, last started first."""
        await self._exits.aclose()

    @asynccontextmanager
    async def fleet(self, running: Running) -> AsyncIterator[None]:
        """Run the probe and the fleet; left, the fleet drains and both have said their last."""
        state, ledgers = self.folder.state, self.folder.ledgers
        url = f"ws://{HOST}:{self.port}/ws"
        probe = ("probe", "--url", url, "--token-file", self.folder.wall_token, "--ledger", ledgers, "--status", state / "probe.json")
        ward = ("fleet", "--gateways", self.folder.gateways, "--ledger", ledgers, "--status", state / "fleet.json")
        how = ("--seed", running.seed, "--drain", running.drain_s)
        async with AsyncExitStack() as exits:
            await self._simulate(exits, "probe", probe, state / "probe.json", _STOP_S)
            await self._simulate(exits, "edge", (*ward, *how), state / "fleet.json", running.drain_s + _STOP_S)
            yield

    @asynccontextmanager
    async def gates(self, ledgers: Path, drain_s: float) -> AsyncIterator[None]:
        """Run the hall's gateways; left, they have told all they had."""
        state = self.folder.state / "gates.json"
        words = ("fleet", "--gateways", self.folder.gates, "--ledger", ledgers, "--status", state, "--drain", drain_s)
        async with AsyncExitStack() as exits:
            await self._simulate(exits, "gates", words, state, drain_s + _STOP_S)
            yield

    def kill(self) -> None:
        """End everything at once: what is durable stays."""
        for process in self.processes.values():
            process.send(signal.SIGKILL)

    def database(self, name: str) -> Database:
        """Return a service's way to the database, from its configuration."""
        return settings.load(_Database, self.folder.config / f"{name}.toml", {}).database

    def stored(self) -> int | None:
        """Return how many readings the ingest process that runs now has stored."""
        return services.stored(self._kept.ports.ingest, self._kept.passwords.metrics)

    async def _servers(self, exits: AsyncExitStack) -> None:
        folder, ports, passwords = self.folder, self._kept.ports, self._kept.passwords
        users = await asyncio.to_thread(folder.users, passwords)
        postgres = Postgres(folder.root / "database", ports.database, log=folder.log("database"), announce=self._announce)
        self.processes["database"] = (await exits.enter_async_context(postgres)).process
        roles = Roles(owner=passwords.owner_database, ingest=passwords.ingest_database, center=passwords.center_database)
        await postgres.provision(roles)
        await services.once(folder, "db", "upgrade", "--config", str(self._config("schema")))
        broker = await asyncio.to_thread(
            find_broker, folder.root / "broker", ports.broker, users, log=folder.log("broker"), announce=self._announce
        )
        self.processes["broker"] = (await exits.enter_async_context(broker)).process

    async def _service(self, exits: AsyncExitStack, name: str, port: int, environment: Mapping[str, str] | None = None) -> None:
        child = services.program(self.folder, name, name, "--config", str(self._config(name)), environment=environment)
        supervised = Supervised(child, ready=partial(services.is_well, port))
        self.processes[name] = await exits.enter_async_context(supervised)

    def _center(self) -> dict[str, str]:
        """Return what the center is told beside its file, which is the person's who edits it."""
        folder = self.folder
        people = {"KEY": folder.people_key.resolve(), "MODELS": self._pixels.models.resolve(), "ENGINE": self._pixels.engine}
        return {"WARDROOM__LISTEN__PORT": str(self.port)} | {f"WARDROOM__PEOPLE__{name}": str(path) for name, path in people.items()}

    async def _fill(self) -> None:
        """Give a ward that has no past one: the demo goes on without it where that fails, and with the rest of it where it takes long."""
        if files(self.folder.ledgers):
            return
        if await asyncio.to_thread(services.has_readings, self.database("schema")):
            return
        self._announce("simulators.demo_history")
        gateways, ledgers = (str(path.resolve()) for path in (self.folder.gateways, self.folder.ledgers))
        try:
            await services.once(self.folder, "simulate", "history", "--gateways", gateways, "--ledger", ledgers)
        except EmbeddedError as error:
            self._announce("simulators.demo_no_history", detail=error.sentence(settings.language()))

    async def _simulate(self, exits: AsyncExitStack, name: str, arguments: tuple[object, ...], status: Path, stop_s: float) -> None:
        words = [str(word.resolve() if isinstance(word, Path) else word) for word in arguments]
        child = services.program(self.folder, name, "simulate", *words, stop_within_s=stop_s)
        supervised = Supervised(child, ready=lambda: services.is_fresh(status), before=lambda: status.unlink(missing_ok=True))
        self.processes[name] = await exits.enter_async_context(supervised)

    def _config(self, name: str) -> Path:
        return (self.folder.config / f"{name}.toml").resolve()
