"""aedes with wills: told also by the broker that comes after a killed one, and none that its client may not publish."""

import dataclasses
import time
from collections.abc import Iterator

import pytest

from tests.embedded.conftest import GATEWAY, OTHER, Ready
from tests.embedded.mqtt import Plain, connected
from tests.servers.running import Running
from wardroom.embedded import mqtt_probe
from wardroom.embedded.mosquitto import HOST

pytestmark = [pytest.mark.servers, pytest.mark.parametrize("each_broker", ["aedes"], indirect=True)]
HEARTBEAT_MS = 100


@pytest.fixture
def hasty(each_broker: Ready) -> Iterator[Running]:
    """The broker again, in its place, with a heart that beats fast."""
    each_broker.running.kill()
    program = each_broker.server.program()
    program = dataclasses.replace(program, argv=(*program.argv, str(HEARTBEAT_MS)))
    running = Running(program, lambda: mqtt_probe.answers(HOST, each_broker.port, each_broker.center))
    running.start()
    yield running
    running.stop()


def test_a_will_outlives_the_broker_and_is_told_where_its_client_stays_away(each_broker: Ready, hasty: Running) -> None:
    with connected(each_broker.gateway, each_broker.port, will=(GATEWAY.status, b"offline")):
        hasty.kill()
    hasty.start()
    with connected(each_broker.center, each_broker.port) as center:
        center.subscribe("ward/#")
        assert center.next() == (GATEWAY.status, b"offline")
        time.sleep(8 * HEARTBEAT_MS / 1_000)
        assert hasty.running
        assert center.received.empty(), "it is told once"


def test_nobody_signs_in_with_a_will_he_may_not_publish(each_broker: Ready) -> None:
    stranger = Plain(each_broker.gateway, will=(OTHER.status, b"offline"))
    assert not stranger.connect(each_broker.port)
    stranger.close()
    with connected(each_broker.gateway, each_broker.port, will=(GATEWAY.status, b"offline")):
        pass
