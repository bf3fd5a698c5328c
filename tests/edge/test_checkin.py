"""A gateway whose settings name the center's gallery, and what it says where that cannot be."""

import asyncio
from pathlib import Path

import pytest

from edge.app import App
from edge.center_sync import LIST_FILE
from edge.checkin import CheckIn
from edge.fault_book import FaultBook
from edge.intake import Intake
from edge.outbox import Outbox
from edge.sealing import Sealing, gate_key
from edge.settings import load
from tests.edge.a_gate import code, face, listed
from tests.edge.factories import GATEWAY
from tests.edge.fake_ingest import FakeIngest
from tests.edge.test_app import configured, running
from tests.edge.test_checkin_settings import asked
from tests.edge.test_settings import FILE
from tests.edge.waiting import until
from tests.servers.broker import TestBroker
from vision.gallery_key import new_key
from wardroom import gate_list, messages
from wardroom.clock import SystemClock
from wardroom.embedded.ports import free_port
from wardroom.errors import ConfigError
from wardroom.messages import EventData
from wardroom.settings import Secret
from wardroom.sight_events import SightData
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


class AGateway:
    """A gateway's gates that may be started again on the same folder. `greeted`: what its screen was told."""

    def __init__(self, folder: Path) -> None:
        new_key(folder / "gate.key")
        self.folder = folder
        self.list = folder / LIST_FILE
        self.expect()

    def expect(self) -> None:
        Sealing(gate_key(str(self.folder / "gate.key")), "list of gates").write(self.list, gate_list.encoded(listed()))

    async def greets(self, *seen: SightData) -> list[str]:
        """Start, let cameras see what they see, stop; return the visits that were greeted."""
        given = asked(center="http://127.0.0.1:1", key=str(self.folder / "gate.key"), screen_port=1, screen_token=Secret("x" * 16))
        clock = SystemClock()
        async with Outbox(file=self.folder / "outbox.db", gateway=GATEWAY, limit_bytes=2**20, clock=clock) as outbox:
            book = FaultBook(self.folder / "faults.json")
            intake = Intake(outbox, gateway=GATEWAY, clock=clock, connected=lambda: False, book=book)
            gates = CheckIn(given, gateway=GATEWAY, data=self.folder, clock=clock, intake=intake)
            await gates.open()
            for data in seen:
                await gates.seen(data)
        assert gates._screen is not None
        return list(gates._screen._recent._said)


async def test_a_restart_greets_nobody_whom_it_greeted_a_moment_ago(tmp_path: Path) -> None:
    gateway = AGateway(tmp_path)
    came = await gateway.greets(face("person-an", "v1"), face("person-an", "v2", after_s=400))
    again = await gateway.greets(face("person-an", "v3", after_s=430), code("b" * 64, "v4", after_s=431))
    later = await gateway.greets(face("person-an", "v5", after_s=701), code("b" * 64, "v6", after_s=702))

    assert (came, again, later) == (["v1", "v2"], ["v4"], ["v5"])


async def test_a_list_that_does_not_open_any_more_makes_nobody_be_greeted_twice(tmp_path: Path) -> None:
    gateway = AGateway(tmp_path)
    await gateway.greets(face("person-an", "v1"))
    gateway.list.write_bytes(b"damaged")
    without = await gateway.greets(face("person-an", "v2", after_s=10))
    gateway.expect()
    again = await gateway.greets(face("person-an", "v3", after_s=20))

    assert (without, again) == ([], [])


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
