import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from simulators import status
from simulators.configs import Ports, gateway
from simulators.fleet import Fleet, FleetSettings
from simulators.ledger import Mark, Reader, files
from simulators.scenarios import Fault, Kind, Rhythm, plan
from simulators.status import FleetStatus
from simulators.ward import GATEWAYS
from tests.edge.modbus_device import Behaviour, tcp
from tests.servers.broker import TestBroker
from tests.simulators.receiving import Receiver
from wardroom.clock import SystemClock
from wardroom.embedded.ports import free_port
from wardroom.errors import ConfigError
from wardroom.topics import Gateway

pytestmark = pytest.mark.servers
SEED = 3
FAULTS = plan(SEED, GATEWAYS)


def written(folder: Path, broker: TestBroker, sites: set[str]) -> Path:
    """Write the files of the ward's gateways at `sites`."""
    gateways = folder / "gateways"
    gateways.mkdir()
    for place in GATEWAYS:
        if place.site.id in sites:
            password = broker.add_gateway(place.site.id, place.id).password.reveal()
            ports = Ports(database=1, broker=broker.port, ingest=1, wall=1)
            name = f"{place.site.id}.{place.id}"
            text = gateway(place, ports=ports, password=password, data=folder / "outbox" / name, seed=SEED)
            (gateways / f"{name}.toml").write_text(text.replace("period_s = 5.0", "period_s = 0.2"), encoding="utf-8")
    return gateways


async def until(holds: Callable[[], bool], within_s: float = 30) -> None:
    async with asyncio.timeout(within_s):
        while True:
            if holds():
                return
            await asyncio.sleep(0.05)


def place(kind: Kind) -> str:
    return next(fault.gateway.site for fault in FAULTS if fault.kind is kind)


async def test_every_reading_of_the_fleet_is_in_its_ledger_and_arrives(broker: TestBroker, tmp_path: Path) -> None:
    wrong, bad, cut = place(Kind.CLOCK_UNSET), place(Kind.MALFORMED), place(Kind.DROP_OFF)
    gateways = written(tmp_path, broker, {wrong, bad, cut, "vp-hcc"})
    chosen = FleetSettings(gateways=gateways, ledgers=tmp_path / "ledger", status=tmp_path / "status.json", drain_s=15, settle_s=1)
    fleet = Fleet(chosen, clock=SystemClock(), faults=FAULTS)
    async with Receiver(broker.broker("ingest")) as receiver:
        running = asyncio.create_task(fleet.run())
        await until(lambda: bool(receiver.dead_letters) and len(receiver.readings) > 120)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        (file,) = files(tmp_path / "ledger")
        entries = list(Reader(file))
        said = status.read(tmp_path / "status.json", FleetStatus)

    assert {(*entry.key, entry.time_us): entry.value for entry in entries} == receiver.readings
    assert said is not None
    assert (said.gateways, said.backlog, said.drained, said.recorded) == (5, 0, True, len(entries))
    assert said.malformed == len(receiver.dead_letters) >= 1
    assert {entry.key.site for entry in entries if entry.time_us < 978_307_200_000_000} == {wrong}
    assert any(Mark.LIVE in entry.mark for entry in entries)
    assert f"{bad} stopped" in receiver.states


async def test_a_gateway_that_is_cut_off_measures_on_and_brings_its_backlog(broker: TestBroker, tmp_path: Path) -> None:
    cut = place(Kind.DROP_OFF)
    gateways = written(tmp_path, broker, {cut})
    fault = Fault(Kind.DROP_OFF, Gateway(cut, "gw-1"), None, SEED, Rhythm(1, 2, 1_000, 2, 2))
    fleet = Fleet(FleetSettings(gateways=gateways, ledgers=tmp_path / "ledger", drain_s=15), clock=SystemClock(), faults=[fault])
    async with Receiver(broker.broker("ingest")) as receiver:
        running = asyncio.create_task(fleet.run())
        await until(lambda: f"{cut} offline" in receiver.states)
        before = len(receiver.readings)
        await asyncio.sleep(1)
        assert len(receiver.readings) == before
        await until(lambda: len(receiver.readings) > before)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
    (file,) = files(tmp_path / "ledger")
    entries = list(Reader(file))

    assert {(*entry.key, entry.time_us): entry.value for entry in entries} == receiver.readings
    assert {entry.session for entry in entries} >= {1}
    assert not any(Mark.LIVE in entry.mark for entry in entries if entry.session == 0)


async def test_a_folder_without_gateways_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="has no gateway's TOML file"):
        await Fleet(FleetSettings(gateways=tmp_path, ledgers=tmp_path), clock=SystemClock()).run()


MODBUS = """
[[sensor]]
id = "meter"
name = {{ vi = "Nhiệt kế Modbus", en = "Modbus thermometer" }}
driver = "modbus"
period_s = 0.2
report = {{ at_least_s = 0.2 }}
quantities = [ {{ id = "temperature", unit = "Cel", options = {{ register = 0, scale = 0.1 }} }} ]
options = {{ host = "127.0.0.1", port = {port}, unit = 1 }}
"""


async def test_a_real_sensor_added_by_editing_the_file_is_in_the_ledger_and_arrives(broker: TestBroker, tmp_path: Path) -> None:
    gateways = written(tmp_path, broker, {"vp-cong-an"})
    port = free_port()
    fleet = Fleet(FleetSettings(gateways=gateways, ledgers=tmp_path / "ledger", drain_s=15), clock=SystemClock())

    def measured() -> list[float]:
        return [value for (_, gateway, sensor, _, _), value in receiver.readings.items() if (gateway, sensor) == ("gw-2", "meter")]

    async with tcp(port, Behaviour()), Receiver(broker.broker("ingest")) as receiver:
        running = asyncio.create_task(fleet.run())
        await until(lambda: any(gateway == "gw-2" for _, gateway, _, _, _ in receiver.readings))
        file = gateways / "vp-cong-an.gw-2.toml"
        file.write_text(file.read_text(encoding="utf-8") + MODBUS.format(port=port), encoding="utf-8")
        await until(lambda: len(measured()) > 3)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
    (ledger,) = files(tmp_path / "ledger")

    assert set(measured()) == {21.3}
    assert {(*entry.key, entry.time_us): entry.value for entry in Reader(ledger)} == receiver.readings


async def test_a_gateway_whose_file_is_wrong_stays_down_and_the_others_run(broker: TestBroker, tmp_path: Path) -> None:
    gateways = written(tmp_path, broker, {"vp-cong-an"})
    file = gateways / "vp-cong-an.gw-2.toml"
    file.write_text(file.read_text(encoding="utf-8").replace('signal = "door"', 'signal = "gate"'), encoding="utf-8")
    fleet = Fleet(FleetSettings(gateways=gateways, ledgers=tmp_path / "ledger", drain_s=15), clock=SystemClock())
    async with Receiver(broker.broker("ingest")) as receiver:
        running = asyncio.create_task(fleet.run())
        await until(lambda: len(receiver.readings) > 3)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running

    assert {gateway for _, gateway, _, _, _ in receiver.readings} == {"gw-1"}
