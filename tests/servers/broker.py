"""A real Mosquitto for a test session, with the product's own rights and passwords."""

import secrets
import signal
import time
from pathlib import Path

from tests.servers.places import remove_home, silent
from tests.servers.running import Running
from wardroom.embedded import access, mqtt_probe
from wardroom.embedded.access import User
from wardroom.embedded.folders import prepare
from wardroom.embedded.mosquitto import HOST, Mosquitto
from wardroom.embedded.ports import free_port
from wardroom.settings import Broker, Secret
from wardroom.topics import Gateway


class TestBroker:
    """Mosquitto on a random port; `broker(username)` gives the settings to sign in with."""

    __test__ = False

    def __init__(self, folder: Path) -> None:
        self.host = HOST
        self.port = free_port()
        self._probe = access.probe()
        self._users = {
            user.name: user for user in (self._probe, access.ingest(secrets.token_urlsafe(9)), access.center(secrets.token_urlsafe(9)))
        }
        self._server = Mosquitto(place=prepare(folder / "broker", silent), port=self.port, log=folder / "broker.log")
        self._server.configure(tuple(self._users.values()))
        self._running = Running(self._server.program(), lambda: mqtt_probe.answers(HOST, self.port, self._probe))

    @property
    def folder(self) -> Path:
        return self._server.place.path

    @property
    def pid(self) -> int:
        return self._running.pid

    def broker(self, username: str) -> Broker:
        """Return the settings of a user: ``ingest``, ``center``, or a gateway that was added."""
        user = self._users[username]
        return Broker(host=self.host, port=self.port, username=user.name, password=Secret(user.password))

    def add_gateway(self, site: str, gateway: str) -> Broker:
        """Make a gateway's user with exactly a gateway's rights and return its settings; the same again for the same gateway."""
        user = access.gateway(Gateway(site, gateway), secrets.token_urlsafe(9))
        return self.add_user(user)

    def add_user(self, user: User) -> Broker:
        """Make any user; returns when the broker knows it."""
        if user.name not in self._users:
            self._users[user.name] = user
            self._server.configure(tuple(self._users.values()))
            if self._running.running:
                self._reload(user)
        return self.broker(user.name)

    def start(self) -> None:
        self._running.start()

    def stop(self) -> None:
        self._running.stop()

    def kill(self) -> None:
        """SIGKILL it: queues and retained messages since the last autosave are gone."""
        self._running.kill()

    def remove(self) -> None:
        """Stop it and leave nothing behind."""
        self._running.stop()
        remove_home(self._server.place)

    def _reload(self, user: User) -> None:
        self._running.send(signal.SIGHUP)
        deadline = time.monotonic() + 5
        while not mqtt_probe.answers(HOST, self.port, user):
            assert time.monotonic() < deadline, f"the broker never learnt of {user.name}"
            time.sleep(0.01)
