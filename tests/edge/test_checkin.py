"""A gateway whose settings name the center's gallery, and what it says where that cannot be."""

import asyncio
from pathlib import Path

import pytest

from edge.app import App
from edge.settings import load
from tests.edge.fake_ingest import FakeIngest
from tests.edge.test_app import configured, running
from tests.edge.test_settings import FILE
from tests.edge.waiting import until
from tests.servers.broker import TestBroker
from vision.gallery_key import new_key
from wardroom import messages
from wardroom.clock import SystemClock
from wardroom.embedded.ports import free_port
from wardroom.errors import ConfigError
from wardroom.messages import EventData
from wardroom.topics import Gateway

CAMERA = """
[[camera]]
id = "gate"
name = { vi = "Cổng", en = "Gate" }
source = "rtsp"
url = "rtsp://127.0.0.1/x"
watch = "eyes"
watch_options = { gallery = "center" }
"""


def test_the_centers_gallery_without_a_center_is_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / "gateway.toml"
    file.write_text(FILE + CAMERA, encoding="utf-8")

    with pytest.raises(ConfigError, match=r"\[checkin\]"):
        load(file, {})


@pytest.mark.parametrize(
    ("line", "words"), [('center = "http://center.example"', "unencrypted"), ("evry_s = 3", "evry_s"), ("every_s = 0", "every_s")]
)
def test_what_is_wrong_in_the_section_is_one_sentence_and_no_token(tmp_path: Path, line: str, words: str) -> None:
    section = {"center": 'center = "https://center.example"', "token": 'token = "hunter2"', "key": 'key = "gate.key"'}
    section[line.partition(" ")[0]] = line
    file = tmp_path / "gateway.toml"
    file.write_text("\n".join([FILE, "[checkin]", *section.values()]), encoding="utf-8")

    with pytest.raises(ConfigError, match=words) as refused:
        load(file, {})
    assert "hunter2" not in str(refused.value)


SCREEN_AT = """
[checkin]
center = "http://127.0.0.1:{center}"
token = "a-token"
key = "{key}"
screen_port = {port}
screen_token = "0123456789abcdef_-"
"""
SENSOR = """
[[sensor]]
id = "air1"
name = { vi = "A", en = "A" }
driver = "tests.edge.drivers:Scripted"
period_s = 0.02
quantities = [ { id = "t", unit = "Cel" } ]
"""


@pytest.mark.servers
async def test_a_taken_port_of_the_screen_is_told_and_the_gateway_goes_on_measuring(broker: TestBroker, tmp_path: Path) -> None:
    gateway, port = Gateway("vp-checkin", "screen"), free_port()
    account = broker.add_gateway(gateway.site, gateway.gateway)
    new_key(tmp_path / "gate.key")
    file = tmp_path / "gateway.toml"
    section = SCREEN_AT.format(center=free_port(), key=tmp_path / "gate.key", port=port)
    file.write_text(configured(account, gateway, tmp_path / "data") + section + SENSOR, encoding="utf-8")
    taken = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", port)
    async with FakeIngest(broker.broker("ingest"), gateway) as ingest:

        def told() -> list[EventData]:
            events = [messages.decode_event(payload, gateway) for topic, payload in ingest.got if topic.kind == "events"]
            return [event.data for event in events]

        async with running(App(load(file, {}), clock=SystemClock())):
            await until(lambda: len(told()) == 1)
            await until(lambda: len([topic for topic, _ in ingest.got if topic.kind == "readings"]) > 5)
        async with running(App(load(file, {}), clock=SystemClock())):  # a restart tells it no second time
            before = len(ingest.got)
            await until(lambda: len(ingest.got) > before + 5)
            assert len(told()) == 1
            taken.close()
            await until(lambda: len(told()) == 2)

    fault, recovered = told()
    assert isinstance(fault, messages.SensorFaultData)
    assert isinstance(recovered, messages.SensorRecoveredData)
    assert fault.sensor == recovered.sensor == "gate-screen"
