"""Mosquitto's defaults drop silently; the configuration we ship does not; and even with the defaults receipts lose nothing.

Silently: the publisher has its PUBACK for every message, and the absent subscriber with a persistent session never gets them all.
"""

import secrets
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from tests.promises.conftest import Build
from tests.promises.scale import FULL, note
from tests.promises.scenery import Wanted
from tests.promises.verdict import judged
from tests.servers.places import remove_home, silent
from tests.servers.running import Running
from wardroom.documents import mosquitto_conf
from wardroom.embedded import access, mqtt_probe
from wardroom.embedded.access import User
from wardroom.embedded.folders import prepare
from wardroom.embedded.mosquitto import HOST, Mosquitto, find_program, limits
from wardroom.embedded.ports import free_port
from wardroom.topics import Gateway

pytestmark = [pytest.mark.servers, pytest.mark.timeout(300)]
GATEWAY = Gateway("kho", "gw-1")
MESSAGES = 3_000
QUIET_S = 3.0
DEFAULT_QUEUE = 1_000
"""Mosquitto's `max_queued_messages`; some of its versions add the 20 of `max_inflight_messages`."""
INGEST, EDGE = access.ingest("i"), access.gateway(GATEWAY, "g")


@contextmanager
def a_broker(folder: Path, change: Callable[[str], str]) -> Iterator[int]:
    """Run Mosquitto with a changed configuration; lend its port."""
    if find_program("mosquitto") is None or find_program("mosquitto_passwd") is None:
        pytest.skip("Mosquitto is not installed")
    place = prepare(folder / "broker", silent)
    try:
        server, probe = Mosquitto(place=place, port=free_port(), log=folder / "broker.log"), access.probe()
        server.configure((INGEST, EDGE, probe))
        place.write("mosquitto.conf", change(server.configuration()))
        running = Running(server.program(), lambda: mqtt_probe.answers(HOST, server.port, probe))
        running.start()
        try:
            yield server.port
        finally:
            running.stop()
    finally:
        remove_home(place)


def defaults(configuration: str) -> str:
    """Return the configuration without our word on queues."""
    own = ("max_inflight_messages", "max_queued_messages", "max_queued_bytes")
    return "\n".join(line for line in configuration.splitlines() if not line.startswith(own)) + "\n"


def shipped(configuration: str) -> str:
    """Return the production file for the test's listener and folder, without TLS: what is in question is what it queues."""
    words = ("listener", "password_file", "acl_file", "persistence_location")
    mine = dict(line.split(" ", 1) for line in configuration.splitlines() if line.startswith(words))
    kept = [line for line in mosquitto_conf.document().splitlines() if not line.startswith(("certfile", "keyfile"))]
    return "\n".join(f"{word} {mine[word]}" if (word := line.split(" ")[0]) in mine else line for line in kept) + "\n"


def came_back(port: int) -> tuple[int, int]:
    """Publish to a persistent subscriber that is away; return how many were acknowledged to the publisher, and how many it gets."""
    with closing(_Client(port, INGEST)) as subscriber:
        subscriber.subscribe(f"{GATEWAY.prefix}/#")
    with closing(_Client(port, EDGE)) as publisher:
        acknowledged = publisher.publish(MESSAGES)
    with closing(_Client(port, INGEST)) as subscriber:
        return acknowledged, subscriber.received()


@pytest.mark.parametrize(
    ("change", "expected"),
    [(defaults, range(DEFAULT_QUEUE, DEFAULT_QUEUE + 21)), (str, (MESSAGES,)), (shipped, (MESSAGES,))],
    ids=["defaults", "embedded", "deploy"],
)
def test_what_an_absent_subscriber_gets(tmp_path: Path, change: Callable[[str], str], expected: Sequence[int]) -> None:
    with a_broker(tmp_path, change) as port:
        acknowledged, received = came_back(port)

    note("mosquitto queues", configuration=change.__name__, acknowledged=acknowledged, received=received)
    assert acknowledged == MESSAGES
    assert received in expected


def test_the_shipped_file_has_every_limit_of_the_embedded_one() -> None:
    assert set(limits()) <= set(mosquitto_conf.document().splitlines())


def test_mosquitto_takes_the_shipped_file_and_speaks_tls(tmp_path: Path) -> None:
    program, openssl = find_program("mosquitto"), shutil.which("openssl")
    if program is None or openssl is None:
        pytest.skip("Mosquitto or openssl is not installed")
    config, port = tmp_path / "config", free_port()
    for folder in (config, tmp_path / "data"):
        folder.mkdir()
    names = ("-subj", "/CN=broker", "-addext", "subjectAltName=IP:127.0.0.1")
    files = ("-keyout", str(config / "key.pem"), "-out", str(config / "certificate.pem"))
    kind = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2")
    subprocess.run((openssl, "req", "-x509", *kind, *names, *files), check=True, capture_output=True)
    for name in ("passwords", "acl"):
        (config / name).touch()
    text = mosquitto_conf.document().replace(mosquitto_conf.FOLDER, str(tmp_path)).replace("listener 8883", f"listener {port} {HOST}")
    (config / "mosquitto.conf").write_text(f"user root\n{text}")
    context = ssl.create_default_context(cafile=str(config / "certificate.pem"))
    with (tmp_path / "said").open("wb") as said:
        process = subprocess.Popen((str(program), "-c", str(config / "mosquitto.conf")), stderr=said)
    try:
        _until(lambda: _handshakes(context, port) or process.poll() is not None)
        assert _handshakes(context, port), (tmp_path / "said").read_text()
    finally:
        process.terminate()
        process.wait(10)


def _handshakes(context: ssl.SSLContext, port: int) -> bool:
    try:
        with socket.create_connection((HOST, port), 2) as plain, context.wrap_socket(plain, server_hostname=HOST):
            return True
    except OSError:
        return False


@pytest.mark.skipif(not FULL, reason="may be skipped: make chaos runs it")
def test_even_with_the_defaults_receipts_lose_nothing(build: Build) -> None:
    with build(Wanted(broker_file=defaults)) as arena:
        with arena.load():
            arena.kill("ingest")
            time.sleep(5 * DEFAULT_QUEUE / arena.wanted.samples_per_s)
            arena.start(["ingest"])
            recovery_s = arena.recovered()
        verdict = judged(arena)
    note("receipts with mosquitto's defaults", recovery_s=round(recovery_s, 2), **verdict.figures())


class _Client:
    """A plain client with a persistent session, every wait bounded."""

    def __init__(self, port: int, user: User) -> None:
        self._count = 0
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=f"plain-{user.name}", clean_session=False)
        self._client.username_pw_set(user.name, user.password)
        self._client.max_inflight_messages_set(MESSAGES)
        self._client.on_message = self._heard
        self._acknowledged = 0
        self._client.on_publish = self._published
        self._granted = False
        self._client.on_subscribe = self._subscribed
        self._client.connect(HOST, port)
        self._client.loop_start()

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def subscribe(self, topics: str) -> None:
        self._client.subscribe(topics, 1)
        _until(lambda: self._granted)

    def publish(self, messages: int) -> int:
        boot = secrets.token_hex(4)
        for number in range(messages):
            self._client.publish(GATEWAY.pack("readings", boot, number), b"[]", 1)
        _until(lambda: self._acknowledged == messages)
        return self._acknowledged

    def received(self) -> int:
        """Return how many came: all, or those there are once nothing has come for three seconds."""
        before = -1
        while before != self._count < MESSAGES:
            before = self._count
            _until(lambda: self._count == MESSAGES, QUIET_S)
        return self._count

    def _heard(self, *_: object) -> None:
        self._count += 1

    def _published(self, *_: object) -> None:
        self._acknowledged += 1

    def _subscribed(self, *_: object) -> None:
        self._granted = True


def _until(holds: Callable[[], bool], within_s: float = 20) -> None:
    deadline = time.monotonic() + within_s
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.01)
