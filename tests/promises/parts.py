"""One arena's files → its parts as processes that a test may break: database, broker, ingest, center and the edges."""

import os
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Final

import pytest

from simulators import services
from tests.promises.scenery import Scenery
from tests.servers.places import remove_home, silent
from tests.servers.running import Running
from tests.servers.volume import Volume, mounted
from wardroom.embedded import access, binaries, mqtt_probe, node
from wardroom.embedded.aedes_broker import Aedes
from wardroom.embedded.broker import Server
from wardroom.embedded.cluster import Cluster
from wardroom.embedded.folders import Place, prepare, straight
from wardroom.embedded.mosquitto import HOST, Mosquitto, find_program
from wardroom.embedded.provision import DATABASE, Roles, database_sql, extensions_sql, roles_sql
from wardroom.errors import EmbeddedError

DRAIN_S: Final = 120.0
"""How long edges that were asked to stop may take until all they have is receipted."""


class Parts:
    """Makes them; `exits` undoes what stays of a part outside of its process. What no process runs yet is configured here, too."""

    def __init__(self, scenery: Scenery, exits: ExitStack) -> None:
        self.volumes: dict[str, Volume] = {}
        self.homes: list[Path] = []
        self._scenery = scenery
        self._exits = exits
        self._root = scenery.folder.root
        self.cluster: Cluster | None = None
        self.broker_store: Path = self._root

    def database(self) -> Running:
        place = self._place("database")
        try:
            programs = binaries.find(place)
        except EmbeddedError as reason:
            pytest.skip(str(reason))
        self.cluster = Cluster(place=place, programs=programs, port=self._scenery.ports.database, log=self._scenery.folder.log("database"))
        self.cluster.create()
        return Running(self.cluster.program(), self.cluster.is_ready, self.cluster.clear_stale)

    def provision(self) -> None:
        """Make roles and the database in the running server."""
        assert self.cluster is not None, "no database yet"
        words = self._scenery.passwords
        roles = Roles(owner=words.owner_database, ingest=words.ingest_database, center=words.center_database)
        self.cluster.psql().run(roles_sql(roles) + database_sql(DATABASE))
        self.cluster.psql().run(extensions_sql(), DATABASE)

    def broker(self) -> Running:
        server = self._mosquitto() if self._scenery.wanted.broker == "mosquitto" else self._aedes()
        probe = access.probe()
        try:
            server.configure((*self._scenery.users(), probe))
        except EmbeddedError as reason:
            pytest.skip(str(reason))
        if isinstance(server, Mosquitto):
            server.place.write("mosquitto.conf", self._scenery.wanted.broker_file(server.configuration()))
        return Running(server.program(), lambda: mqtt_probe.answers(HOST, server.port, probe))

    def ingest(self, number: int) -> Running:
        port = self._scenery.ingest_ports[number]
        environment = {"WARDROOM__LISTEN__PORT": str(port)}
        if self._scenery.wanted.sharing:
            environment["WARDROOM__INGEST__SHARING"] = "arena"
        arguments = ("ingest", "--config", str(self._scenery.config("ingest")))
        program = services.program(self._scenery.folder, f"ingest-{number + 1}", *arguments, environment=environment)
        return Running(program, partial(services.is_well, port))

    def center(self) -> Running:
        arguments = ("center", "--config", str(self._scenery.config("center")))
        program = services.program(self._scenery.folder, "center", *arguments, environment=self._scenery.people)
        return Running(program, partial(services.is_well, self._scenery.ports.wall))

    def gates(self) -> Running:
        """Return the process of the gateways with gates; whoever starts it has written their files."""
        folder = self._scenery.folder
        status = folder.state / "gates.json"
        places = ("--gateways", folder.gates, "--ledger", self._root / "gates", "--status", status)
        arguments = ("simulate", "fleet", *map(str, places), "--drain", str(DRAIN_S))
        program = services.program(folder, "gates", *arguments, stop_within_s=DRAIN_S + 10)
        return Running(program, lambda: services.is_fresh(status), lambda: status.unlink(missing_ok=True))

    def edge(self, name: str) -> Running:
        if "edge" in self._scenery.wanted.disks and "edge" not in self.volumes:
            self._mount("edge", self._scenery.outboxes)
        status = self._scenery.status(name)
        places = ("--gateways", self._scenery.folder.gateways / name, "--ledger", self._scenery.folder.ledgers, "--status", status)
        arguments = ("simulate", "fleet", *map(str, places), "--drain", str(DRAIN_S))
        program = services.program(self._scenery.folder, name, *arguments, stop_within_s=DRAIN_S + 10)
        return Running(program, lambda: services.is_fresh(status), lambda: status.unlink(missing_ok=True))

    def _mosquitto(self) -> Server:
        if find_program("mosquitto") is None or find_program("mosquitto_passwd") is None:
            pytest.skip("Mosquitto is not installed")
        place = self._place("broker")
        self.broker_store = place.path / "mosquitto.db"
        return Mosquitto(place=place, port=self._scenery.ports.broker, log=self._scenery.folder.log("broker"))

    def _aedes(self) -> Server:
        try:
            found = node.find()
        except EmbeddedError as reason:
            pytest.skip(str(reason))
        place = straight(self._root / "broker")
        self.broker_store = place.path / "level"
        return Aedes(place=place, port=self._scenery.ports.broker, log=self._scenery.folder.log("broker"), node=found, announce=silent)

    def _place(self, part: str) -> Place:
        place = prepare(self._root / part, silent)
        if place.home not in self.homes:
            self.homes.append(place.home)
            self._exits.callback(remove_home, place)
        if part in self._scenery.wanted.disks:
            self._mount(part, place.path)
        return place

    def _mount(self, part: str, path: Path) -> None:
        if os.geteuid() != 0:
            pytest.skip("only root may mount a small disk")
        self.volumes[part] = self._exits.enter_context(mounted(path, self._scenery.wanted.disks[part]))
