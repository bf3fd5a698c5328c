"""What an arena consists of: how many gateways in how many processes, which broker, how fast; and the files all of it runs on."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from simulators import configs
from simulators.configs import Counter, Passwords, Ports
from simulators.folder import Folder
from simulators.ward import WardGateway
from tests.promises.scale import FULL
from wardroom.embedded import access
from wardroom.embedded.access import User
from wardroom.embedded.ports import free_port
from wardroom.topics import Gateway

QUANTITIES: Final = 10
"""Readings of one sample, which is one put and, unless another put is at hand, one pack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The arena a test asks for; a part named in `disks` has its data on a small disk of its own, so many mebibytes."""

    broker: str = "mosquitto"
    broker_file: Callable[[str], str] = str
    """What the test makes of mosquitto.conf."""
    edges: int = 3 if FULL else 2
    gateways: int = 3 if FULL else 4
    """In each edge process."""
    rate: float = 2_000.0
    """Readings a second, of all gateways together."""
    ingesters: int = 1
    keepalive_s: int = 30 if FULL else 2
    """The gateways'; the short form has not the time to wait for a usual one."""
    disks: dict[str, int] = field(default_factory=dict)
    gates: tuple[WardGateway, ...] = ()
    """Gateways with gates of an occasion; they run in a process of their own, and the center has a key for people."""
    people: dict[str, str] = field(default_factory=dict)
    """Further settings of the center's ``[people]``."""
    edge_lines: str = "" if FULL else "resend_first_s = 1.0"
    """Further lines of each gateway's ``[edge]``; in the short form a receipt is not waited for as long as usual."""

    @property
    def samples_per_s(self) -> float:
        return self.rate / QUANTITIES

    @property
    def sharing(self) -> bool:
        return self.ingesters > 1


class Scenery:
    """Folder, ports, passwords and the gateways' files of one arena."""

    def __init__(self, root: Path, wanted: Wanted) -> None:
        self.wanted = wanted
        self.folder = Folder(root)
        self.ports = Ports(database=free_port(), broker=free_port(), ingest=free_port(), wall=free_port())
        self.ingest_ports = (self.ports.ingest, *(free_port() for _ in range(wanted.ingesters - 1)))
        self.passwords = Passwords(**{name: secrets.token_urlsafe(9) for name in Passwords.__dataclass_fields__})
        self._gateways = {edge: [Gateway(edge, f"gw-{number}") for number in range(1, wanted.gateways + 1)] for edge in self.edges}
        at_gates = [Gateway(place.site.id, place.id) for place in wanted.gates]
        every = [*at_gates, *(gateway for some in self._gateways.values() for gateway in some)]
        self._secrets = {gateway: secrets.token_urlsafe(9) for gateway in every}

    @property
    def edges(self) -> tuple[str, ...]:
        """The edge processes' names, which are their sites' too."""
        return tuple(f"edge-{number}" for number in range(1, self.wanted.edges + 1))

    @property
    def outboxes(self) -> Path:
        return self.folder.root / "outbox"

    def status(self, edge: str) -> Path:
        return self.folder.state / f"{edge}.json"

    def users(self) -> list[User]:
        """Return everybody the broker knows."""
        services = [access.ingest(self.passwords.ingest_broker), access.center(self.passwords.center_broker)]
        return [*services, *(access.gateway(gateway, word) for gateway, word in self._secrets.items())]

    def write(self) -> None:
        """Write the services' files."""
        folder = self.folder
        for path in (folder.root, folder.config, folder.ledgers, folder.state, folder.root / "log", self.outboxes):
            path.mkdir(mode=0o700, exist_ok=True)
        for name in ("schema", "ingest", "center"):
            folder.write(self.config(name), getattr(configs, name)(self.ports, self.passwords))
        if self.wanted.gates:
            folder.gates.mkdir(mode=0o700, exist_ok=True)
            folder.write(folder.people_key, secrets.token_hex(32))

    @property
    def people(self) -> dict[str, str]:
        """What the center is told of people, as variables of its environment."""
        given = {"key": str(self.folder.people_key.resolve())} | self.wanted.people if self.wanted.gates else {}
        return {f"WARDROOM__PEOPLE__{name.upper()}": value for name, value in given.items()}

    def password(self, place: WardGateway) -> str:
        """Return a gateway's word at the broker."""
        return self._secrets[Gateway(place.site.id, place.id)]

    def config(self, name: str) -> Path:
        return self.folder.config / f"{name}.toml"

    def gateways(self, edge: str, broker_port: int) -> Path:
        """Write the files of an edge process whose broker is found at that port; return their folder."""
        folder = self.folder.gateways / edge
        folder.mkdir(parents=True, exist_ok=True)
        for counter in self._counters(edge, broker_port):
            self.folder.write(folder / f"{counter.place.gateway}.toml", configs.counter(counter))
        return folder

    def _counters(self, edge: str, broker_port: int) -> Iterator[Counter]:
        wanted = self.wanted
        for gateway in self._gateways[edge]:
            yield Counter(
                place=gateway,
                broker=broker_port,
                password=self._secrets[gateway],
                data=self.outboxes / f"{gateway.site}.{gateway.gateway}",
                quantities=QUANTITIES,
                period_s=round(wanted.edges * wanted.gateways / wanted.samples_per_s, 6),
                keepalive_s=wanted.keepalive_s,
                more=wanted.edge_lines,
            )
