"""`.wardroom/` → what the demo keeps between two runs: made once, private, and what a person edited there stays.

Ports and secrets stand in ``secrets.toml``; a gateway's password stands in its own file, which is also what makes it a user of the broker.
"""

import fcntl
import os
import secrets
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from edge import settings as edge_settings
from simulators import configs, hall
from simulators.configs import Passwords, Ports
from simulators.ward import GATEWAYS, LOAD, WardGateway
from wardroom.embedded import access
from wardroom.embedded.access import User
from wardroom.embedded.folders import clear_errors
from wardroom.embedded.ports import lasting_ports
from wardroom.errors import ConfigError, EmbeddedError
from wardroom.topics import Gateway

WALL_PORT: Final = 8080
MODELS: Final = "models"
_KEY: Final = 32
"""Bytes of a key."""


class Kept(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What ``secrets.toml`` holds."""

    seed: int
    ports: Ports
    passwords: Passwords


@dataclass(frozen=True, slots=True)
class Folder:
    """Paths below `root`, and how they come to be."""

    root: Path

    @property
    def config(self) -> Path:
        """The services' configurations."""
        return self.root / "config"

    @property
    def gateways(self) -> Path:
        """One configuration per gateway."""
        return self.config / "gateways"

    @property
    def gates(self) -> Path:
        """One configuration per gateway of the congress's hall; they are written anew in each run."""
        return self.config / "gates"

    @property
    def people_key(self) -> Path:
        """The key of people's photos and faces."""
        return self.root / "people.key"

    @property
    def load(self) -> Path:
        """The configuration of the gateway that `wardroom simulate load` may be."""
        return self.config / "load.toml"

    @property
    def ledgers(self) -> Path:
        """One ledger per run."""
        return self.root / "ledger"

    @property
    def state(self) -> Path:
        """What the fleet and the probe say of themselves, once a second."""
        return self.root / "state"

    @property
    def wall_token(self) -> Path:
        """The wall token that was made for this demo."""
        return self.root / "wall-token"

    def log(self, name: str) -> Path:
        """Return a process's log."""
        return self.root / "log" / f"{name}.log"

    @contextmanager
    def held(self) -> Iterator[None]:
        """Make the folder, private, and keep a second demo out of it."""
        with clear_errors(self.root):
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            for path in (self.config, self.ledgers, self.state, self.root / "log"):
                path.mkdir(mode=0o700, exist_ok=True)
            descriptor = os.open(self.root / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(descriptor)
            raise EmbeddedError("simulators.folder_in_use", folder=self.root) from error
        try:
            yield
        finally:
            os.close(descriptor)

    def prepare(self, *, seed: int, wall_port: int) -> Kept:
        """Write what is not there yet, and return what is kept; `seed` and `wall_port` count only where nothing is."""
        kept = self._kept(seed, wall_port)
        for name, content in (
            ("schema", configs.schema(kept.ports, kept.passwords)),
            ("ingest", configs.ingest(kept.ports, kept.passwords)),
            ("center", configs.center(kept.ports, kept.passwords)),
        ):
            if not (file := self.config / f"{name}.toml").exists():
                self.write(file, content)
        if not self.load.exists():
            self.write(self.load, self._gateway(LOAD, kept))
        if not self.gateways.exists():
            self._write_gateways(kept)
        self._write_gates(kept)
        if not self.people_key.exists():
            self.write(self.people_key, secrets.token_hex(_KEY))
        return kept

    def users(self, passwords: Passwords) -> list[User]:
        """Return everybody the broker knows; a gateway's file that cannot be read is a ConfigError."""
        users = [access.ingest(passwords.ingest_broker), access.center(passwords.center_broker)]
        for file in (self.load, *self.gateway_files(), *map(self.gate_file, hall.GATEWAYS)):
            loaded = edge_settings.load(file, {})
            place = Gateway(loaded.edge.site, loaded.edge.gateway)
            user = access.gateway(place, loaded.broker.password.reveal())
            if loaded.broker.username != user.name:
                raise ConfigError("simulators.wrong_username", file=file, value=loaded.broker.username, expected=user.name)
            if any(other.name == user.name for other in users):
                raise ConfigError("simulators.double_gateway", file=file, value=user.name)
            users.append(user)
        return users

    def gateway_files(self) -> list[Path]:
        """Return the gateways' configurations."""
        return sorted(self.gateways.glob("*.toml"))

    def gate_file(self, place: WardGateway) -> Path:
        """Return the configuration of a gateway of the hall."""
        return self.gates / f"{place.site.id}.{place.id}.toml"

    def write(self, file: Path, content: str) -> None:
        """Write a private file, whole or not at all."""
        part = file.with_name(f".{file.name}.part")
        with clear_errors(file):
            part.unlink(missing_ok=True)
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as stream:
                stream.write(content)
            part.replace(file)

    def _kept(self, seed: int, wall_port: int) -> Kept:
        file = self.root / "secrets.toml"
        if not file.exists():
            database, broker, ingest = lasting_ports(3)
            ports = Ports(database=database, broker=broker, ingest=ingest, wall=wall_port)
            passwords = Passwords(**{name: secrets.token_urlsafe(24) for name in Passwords.__dataclass_fields__})
            self.write(file, _secrets_text(Kept(seed=seed, ports=ports, passwords=passwords)))
        try:
            return msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8")), Kept)
        except (OSError, ValueError) as error:
            raise ConfigError("simulators.bad_secrets", file=file, detail=str(error)) from error

    def _gateway(self, place: WardGateway, kept: Kept) -> str:
        data = self.root.resolve() / "outbox" / f"{place.site.id}.{place.id}"
        return configs.gateway(place, ports=kept.ports, password=secrets.token_urlsafe(18), data=data, seed=kept.seed)

    def _write_gates(self, kept: Kept) -> None:
        """Write what makes the hall's gateways users of the broker."""
        with clear_errors(self.gates):
            self.gates.mkdir(mode=0o700, exist_ok=True)
        for place in hall.GATEWAYS:
            if not (file := self.gate_file(place)).exists():
                self.write(file, self._gateway(place, kept))

    def _write_gateways(self, kept: Kept) -> None:
        """Write all gateways aside, then put them in place at once: a folder that is there was whole, and is a person's from then on."""
        part = self.config / "gateways.part"
        with clear_errors(part):
            part.mkdir(mode=0o700, exist_ok=True)
        for place in GATEWAYS:
            self.write(part / f"{place.site.id}.{place.id}.toml", self._gateway(place, kept))
        with clear_errors(self.gateways):
            part.rename(self.gateways)


def _secrets_text(kept: Kept) -> str:
    entries = {name: getattr(kept.passwords, name) for name in Passwords.__dataclass_fields__}
    ports = {name: getattr(kept.ports, name) for name in Ports.__dataclass_fields__}
    return "\n".join((f"seed = {kept.seed}", "", configs.table("ports", ports), configs.table("passwords", entries)))
