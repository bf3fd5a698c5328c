import asyncio
from itertools import pairwise
from pathlib import Path

import pytest

from edge import settings as edge_settings
from simulators.history import History, HistorySettings, instants, packs
from simulators.ledger import Mark, Reader, files, is_closed
from simulators.signals import value
from tests.servers.broker import TestBroker
from tests.servers.places import silent
from tests.simulators.receiving import Receiver
from tests.simulators.test_load import written
from wardroom.clock import SystemClock
from wardroom.embedded import access, node
from wardroom.embedded.aedes_broker import Aedes
from wardroom.embedded.broker import EmbeddedBroker
from wardroom.embedded.folders import straight
from wardroom.embedded.ports import free_port
from wardroom.errors import BrokerGone, EmbeddedError
from wardroom.senml import RECORD_LIMIT
from wardroom.settings import Broker, Secret
from wardroom.topics import Gateway

NOW_US = 1_794_805_234 * 1_000_000
MINUTE_US = 60_000_000


def gateways(folder: Path, *, port: int, password: str) -> Path:
    made = folder / "gateways"
    made.mkdir()
    written(made, port=port, password=password)
    return made


def test_the_past_is_a_day_and_denser_in_its_last_hour() -> None:
    at = instants(NOW_US)

    assert NOW_US - at[-1] < MINUTE_US
    assert at[-1] - at[0] == 24 * 60 * MINUTE_US
    assert [later - earlier for earlier, later in pairwise(at)].count(MINUTE_US) == 59 + at[-60] // MINUTE_US % 2
    assert {later - earlier for earlier, later in pairwise(at)} == {MINUTE_US, 2 * MINUTE_US}


def test_the_past_shows_what_the_sensors_would_have_shown(tmp_path: Path) -> None:
    settings = edge_settings.load(written(tmp_path, port=1, password="x"), {})
    made = list(packs(settings, NOW_US, SystemClock()))
    readings = [reading for pack in made for reading in pack]

    assert all(0 < len(pack) <= RECORD_LIMIT for pack in made)
    assert len(readings) == len(instants(NOW_US)) * sum(len(sensor.quantities) for sensor in settings.sensor)
    assert {(one.sensor, one.quantity, one.unit) for one in readings} == {
        (sensor.id, quantity.id, quantity.unit) for sensor in settings.sensor for quantity in sensor.quantities
    }
    assert [one.value for one in readings if one.quantity == "co2"] == [
        value("co2", seed=1, place="vp-hcc/gw-1/lobby-air", time_us=time_us) for time_us in instants(NOW_US)
    ]


def test_a_real_sensor_has_no_simulated_past(tmp_path: Path) -> None:
    file = written(tmp_path, port=1, password="x")
    file.write_text(file.read_text(encoding="utf-8").replace("simulators.sources:Simulated", "modbus", 1), encoding="utf-8")
    settings = edge_settings.load(file, {})

    assert {one.sensor for pack in packs(settings, NOW_US, SystemClock()) for one in pack} == {sensor.id for sensor in settings.sensor[1:]}


@pytest.mark.servers
async def test_the_past_is_in_the_ledger_and_arrives_and_the_gateway_says_that_it_stopped(broker: TestBroker, tmp_path: Path) -> None:
    folder = gateways(tmp_path, port=broker.port, password=broker.add_gateway("vp-hcc", "gw-1").password.reveal())
    async with Receiver(broker.broker("ingest")) as receiver:
        await History(HistorySettings(gateways=folder, ledgers=tmp_path / "ledger"), clock=SystemClock()).run()
        async with asyncio.timeout(30):
            while receiver.states[-1:] != ["vp-hcc stopped"]:  # noqa: ASYNC110 - the receiver has no event for it
                await asyncio.sleep(0.01)
    (file,) = files(tmp_path / "ledger")

    assert is_closed(file)
    assert {(*entry.key, entry.time_us): entry.value for entry in Reader(file)} == receiver.readings
    assert len(receiver.readings) > 5_000
    assert not any(Mark.LIVE in entry.mark for entry in Reader(file))


@pytest.mark.servers
@pytest.mark.timeout(120)
async def test_all_of_the_past_arrives_through_aedes_too(tmp_path: Path) -> None:
    ingest, password = access.ingest("i"), "g"
    users = (ingest, access.gateway(Gateway("vp-hcc", "gw-1"), password))
    try:
        place = straight(tmp_path / "broker")
        aedes = Aedes(place=place, port=free_port(), log=tmp_path / "log", node=node.find(), announce=silent)
        await asyncio.to_thread(aedes.configure, users)
    except EmbeddedError as error:
        pytest.skip(f"may be skipped: {error}")
    folder = gateways(tmp_path, port=aedes.port, password=password)
    receiving = Broker(port=aedes.port, username=ingest.name, password=Secret(ingest.password))
    async with EmbeddedBroker(aedes, users), Receiver(receiving) as receiver:
        await History(HistorySettings(gateways=folder, ledgers=tmp_path / "ledger"), clock=SystemClock()).run()
    (file,) = files(tmp_path / "ledger")

    assert {(*entry.key, entry.time_us): entry.value for entry in Reader(file)} == receiver.readings


async def test_without_a_broker_it_gives_up_and_the_past_stays_in_the_outbox(tmp_path: Path) -> None:
    folder = gateways(tmp_path, port=free_port(), password="x")

    with pytest.raises(BrokerGone, match=r"within 2 seconds.*the gateways send the rest"):
        await History(HistorySettings(gateways=folder, ledgers=tmp_path / "ledger", within_s=2), clock=SystemClock()).run()

    (file,) = files(tmp_path / "ledger")
    assert is_closed(file)
    assert sum(1 for _ in Reader(file)) > 5_000
    assert (folder / "outbox" / "outbox.db").stat().st_size > 100_000
