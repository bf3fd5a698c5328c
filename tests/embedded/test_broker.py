"""The demo's broker: supervised, answering, forgetting nothing it should keep."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.embedded.conftest import GATEWAY, OTHER, Ready
from tests.embedded.mqtt import Plain, connected
from tests.servers.broker import TestBroker
from tests.servers.places import remove_home, silent
from wardroom.embedded import access, mqtt_probe
from wardroom.embedded.broker import EmbeddedBroker, find_broker
from wardroom.embedded.folders import prepare
from wardroom.embedded.mosquitto import HOST, IN_FLIGHT, MESSAGE_LIMIT, Mosquitto
from wardroom.embedded.ports import free_port
from wardroom.errors import EmbeddedError
from wardroom.senml import WIRE_LIMIT

pytestmark = pytest.mark.servers

INGEST = access.ingest("a password with ' and \"")
CENTER = access.center("c")
ALERT = "ward/vp-ubnd/center/alerts/a"


@pytest.fixture
async def found(tmp_path: Path, broker: TestBroker) -> AsyncIterator[EmbeddedBroker]:
    """Mosquitto is here (`broker` says so), so it is what the demo gets."""
    assert broker.port
    folder = tmp_path / "demo folder"
    async with find_broker(folder / "broker", free_port(), (INGEST, CENTER), log=folder / "broker.log", announce=silent) as up:
        yield up
    remove_home(prepare(folder / "broker", silent))


async def test_the_demo_gets_mosquitto_where_it_is(found: EmbeddedBroker) -> None:
    assert (found.kind, found.sharing) == ("mosquitto", True)
    assert mqtt_probe.answers(HOST, found.port, INGEST)


async def test_a_killed_broker_comes_back_with_the_same_users(found: EmbeddedBroker) -> None:
    before = found.pid
    assert before is not None
    os.kill(before, 9)
    await _restarted(found, 1)
    assert found.pid != before
    assert mqtt_probe.answers(HOST, found.port, INGEST)


async def _restarted(found: EmbeddedBroker, times: int) -> None:
    async with asyncio.timeout(30):
        while found.process.restarts < times:  # noqa: ASYNC110 - the supervision has no event for this, and needs none
            await asyncio.sleep(0.01)
        await found.process.wait_ready()


async def test_retained_messages_outlive_a_restart(found: EmbeddedBroker) -> None:
    with connected(CENTER, found.port) as client:
        client.publish(ALERT, b"kept", retain=True, acknowledged=True)
    await found.restart()
    with connected(INGEST, found.port) as client:
        client.subscribe("ward/#")
        assert client.next() == (ALERT, b"kept")


async def test_users_change_without_a_restart(found: EmbeddedBroker) -> None:
    gateway = access.gateway(GATEWAY, "g")
    assert not mqtt_probe.answers(HOST, found.port, gateway)
    before = found.pid
    await found.update((INGEST, gateway))
    async with asyncio.timeout(30):
        while not await asyncio.to_thread(mqtt_probe.answers, HOST, found.port, gateway):  # noqa: ASYNC110 - SIGHUP has no answer
            await asyncio.sleep(0.01)
    assert not mqtt_probe.answers(HOST, found.port, CENTER)
    assert found.pid == before


async def test_memory_is_measured(found: EmbeddedBroker) -> None:
    async with asyncio.timeout(30):
        while found.process.peak_rss_mb < 1:  # noqa: ASYNC110 - sampled each second
            await asyncio.sleep(0.05)


async def test_a_taken_port_is_one_clear_sentence(tmp_path: Path) -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        server = Mosquitto(place=prepare(tmp_path / "broker", silent), port=port, log=tmp_path / "log")
        with pytest.raises(EmbeddedError, match=f"port {port} for the broker is taken"):
            await EmbeddedBroker(server, (INGEST,)).__aenter__()
    remove_home(server.place)


async def test_a_port_taken_just_now_is_told_from_the_log(tmp_path: Path, broker: TestBroker) -> None:
    server = Mosquitto(place=prepare(tmp_path / "broker", silent), port=broker.port, log=tmp_path / "log")
    server.configure((INGEST,))
    process = server.program().popen()
    assert process.wait(10) != 0
    remove_home(server.place)
    assert server.program().failure().key == "embedded.port_taken"


def test_messages_wait_for_an_absent_subscriber_and_outlive_a_kill(each_broker: Ready) -> None:
    # Mosquitto keeps its queue in memory between autosaves: what SIGKILL takes there, the receipts bring back.
    stop = each_broker.running.stop if each_broker.server.kind == "mosquitto" else each_broker.running.kill
    with connected(each_broker.ingest, each_broker.port, "ingest", clean=False) as client:
        client.subscribe(f"{GATEWAY.prefix}/readings/+/+")
    with connected(each_broker.gateway, each_broker.port) as client:
        for seq in range(20):
            client.publish(f"{GATEWAY.prefix}/readings/b/{seq}", b"v", acknowledged=True)
        stop()  # right after the last acknowledgement
    each_broker.running.start()
    waiting = Plain(each_broker.ingest, "ingest", clean=False)
    assert waiting.connect(each_broker.port)
    assert [waiting.next()[0].rpartition("/")[2] for _ in range(20)] == [str(seq) for seq in range(20)]
    waiting.close()


def test_of_many_messages_on_their_way_at_once_all_come_in_their_order(each_broker: Ready) -> None:
    count, filters = 1_000, "ward/+/+/readings/+/+"
    with (
        connected(each_broker.ingest, each_broker.port, "ingest", clean=False) as kept,
        connected(each_broker.center, each_broker.port) as live,
        connected(each_broker.gateway, each_broker.port) as one,
        connected(each_broker.other, each_broker.port) as other,
    ):
        assert kept.subscribe(filters)
        assert live.subscribe(filters)
        for seq in range(count):
            one.publish(f"{GATEWAY.prefix}/readings/b/{seq}")
            other.publish(f"{OTHER.prefix}/readings/b/{seq}")
        for watcher in (kept, live):
            came = [watcher.next()[0] for _ in range(2 * count)]
            for place in (GATEWAY, OTHER):
                sent = [f"{place.prefix}/readings/b/{seq}" for seq in range(count)]
                assert [topic for topic in came if topic.startswith(place.prefix)] == sent


def test_a_pack_at_the_wire_limit_passes(each_broker: Ready) -> None:
    assert MESSAGE_LIMIT > WIRE_LIMIT
    with connected(each_broker.ingest, each_broker.port) as watcher:
        watcher.subscribe("ward/#")
        with connected(each_broker.gateway, each_broker.port) as client:
            client.publish(f"{GATEWAY.prefix}/readings/b/1", b"v" * WIRE_LIMIT, acknowledged=True)
        assert len(watcher.next()[1]) == WIRE_LIMIT


def test_mosquitto_keeps_the_ingest_queues_bound_in_flight(broker: TestBroker) -> None:
    conf = (broker.folder / "mosquitto.conf").read_text(encoding="utf-8").splitlines()
    assert f"max_inflight_messages {IN_FLIGHT}" in conf
    assert "allow_anonymous false" in conf
    assert "set_tcp_nodelay true" in conf
    assert f"listener {broker.port} 127.0.0.1" in conf


def test_no_password_lies_in_mosquittos_files(broker: TestBroker) -> None:
    secret = broker.broker("ingest").password.reveal()
    files = [file for file in broker.folder.iterdir() if file.is_file()]
    assert {"acl", "passwords", "mosquitto.conf"} <= {file.name for file in files}
    assert not [file.name for file in files if secret.encode() in file.read_bytes()]
    assert [file.name for file in files if file.stat().st_mode & 0o077] == []


def test_the_sessions_broker_learns_gateways_on_the_fly_and_outlives_a_kill(broker: TestBroker) -> None:
    settings = broker.add_gateway("t-site", "t-gw")
    assert settings == broker.add_gateway("t-site", "t-gw")
    broker.kill()
    late = broker.add_gateway("t-site", "t-late")
    broker.start()
    for known in (settings, late):
        user = access.User(name=known.username, password=known.password.reveal())
        assert mqtt_probe.answers(broker.host, broker.port, user)


def test_nothing_answers_on_a_free_port() -> None:
    assert not mqtt_probe.answers(HOST, free_port(), INGEST)
