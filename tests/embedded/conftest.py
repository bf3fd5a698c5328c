"""Both kinds of broker as running servers, and places that leave nothing behind."""

import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.servers.places import remove_home, silent
from tests.servers.running import Running
from wardroom.embedded import access, mqtt_probe, node
from wardroom.embedded.access import User
from wardroom.embedded.aedes_broker import Aedes
from wardroom.embedded.broker import Server
from wardroom.embedded.folders import Place, prepare, straight
from wardroom.embedded.mosquitto import HOST, Mosquitto, find_program
from wardroom.embedded.ports import free_port
from wardroom.errors import EmbeddedError
from wardroom.topics import Gateway

GATEWAY = Gateway("vp-ubnd", "gw-1")
OTHER = Gateway("vp-ubnd", "gw-2")


@dataclass(frozen=True, kw_only=True)
class Ready:
    """A configured broker and its users; `running` starts and kills it."""

    server: Server
    running: Running
    ingest: User
    center: User
    gateway: User
    other: User

    @property
    def port(self) -> int:
        return self.server.port


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """A server's place below a folder with a space in its name."""
    made = prepare(tmp_path / "a folder" / "server", silent)
    yield made
    remove_home(made)


@pytest.fixture(scope="session")
def aedes_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which aedes is installed, to copy from."""
    folder = tmp_path_factory.mktemp("aedes installed")
    try:
        server = Aedes(place=straight(folder), port=free_port(), log=folder / "log", node=node.find(), announce=silent)
        server.configure(())
    except EmbeddedError as error:
        pytest.skip(f"aedes cannot be had: {error}")
    return folder


def _mosquitto(place: Place, tmp_path: Path) -> Server:
    if find_program("mosquitto") is None:
        pytest.skip("Mosquitto is not installed")
    return Mosquitto(place=place, port=free_port(), log=tmp_path / "broker.log")


def _aedes(installed: Path, tmp_path: Path) -> Server:
    folder = tmp_path / "aedes folder"
    shutil.copytree(installed, folder)
    return Aedes(place=straight(folder), port=free_port(), log=tmp_path / "aedes.log", node=node.find(), announce=silent)


@pytest.fixture(params=["mosquitto", "aedes"])
def each_broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ready]:
    """A broker of the test's own, once of each kind, up, with four users."""
    if request.param == "mosquitto":
        server = _mosquitto(request.getfixturevalue("place"), tmp_path)
    else:
        server = _aedes(request.getfixturevalue("aedes_folder"), tmp_path)
    probe = access.probe()
    users = (access.ingest("i"), access.center("c"), access.gateway(GATEWAY, secrets.token_urlsafe(9)), access.gateway(OTHER, "o"))
    server.configure((*users, probe))
    running = Running(server.program(), lambda: mqtt_probe.answers(HOST, server.port, probe))
    running.start()
    yield Ready(server=server, running=running, ingest=users[0], center=users[1], gateway=users[2], other=users[3])
    running.stop()
