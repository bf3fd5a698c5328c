from pathlib import Path

import pytest
from msgspec.structs import replace

from edge import settings as edge_settings
from simulators.configs import Ports, gateway
from simulators.ledger import Reader, files
from simulators.load import Load, LoadSettings, loading
from simulators.ward import GATEWAYS
from tests.servers.broker import TestBroker
from tests.simulators.receiving import Receiver
from wardroom.clock import SystemClock
from wardroom.errors import BrokerGone


def written(folder: Path, *, port: int, password: str, site: str = "vp-hcc") -> Path:
    place = next(each for each in GATEWAYS if each.site.id == site)
    text = gateway(place, ports=Ports(database=1, broker=port, ingest=1, wall=1), password=password, data=folder / "outbox", seed=1)
    file = folder / "gateway.toml"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize(("rate", "pack"), [(1.0, 1), (1.0, 64), (50.0, 10), (1_000.0, 10), (1_000.0, 64), (20_000.0, 7)])
def test_the_devices_together_make_the_rate(rate: float, pack: int, tmp_path: Path) -> None:
    wanted = LoadSettings(config=None, rate=rate, seconds=1, pack=pack)
    made = loading(edge_settings.load(written(tmp_path, port=1, password="x"), {}), wanted)

    assert sum(len(sensor.quantities) / sensor.period_s for sensor in made.sensor) == pytest.approx(rate)
    assert all(len(sensor.quantities) == pack for sensor in made.sensor)
    assert all(sensor.period_s >= 0.1 for sensor in made.sensor)
    assert made.edge.data.endswith("load")


@pytest.mark.servers
async def test_load_is_generated_at_its_rate_receipted_and_recorded(broker: TestBroker, tmp_path: Path) -> None:
    password = broker.add_gateway("vp-hcc", "gw-1").password.reveal()
    config = written(tmp_path, port=broker.port, password=password)
    run = Load(LoadSettings(config=config, rate=500, seconds=2, pack=10, ledgers=tmp_path / "ledger"), clock=SystemClock())
    async with Receiver(broker.broker("ingest")) as receiver:
        await run.run()
    (file,) = files(tmp_path / "ledger")

    assert run.result is not None
    assert run.result.open_packs == 0
    assert run.result.readings / run.result.seconds == pytest.approx(500, rel=0.3)
    assert {(*entry.key, entry.time_us): entry.value for entry in Reader(file)} == receiver.readings


async def test_a_broker_that_is_not_there_is_one_clear_error(tmp_path: Path) -> None:
    config = written(tmp_path, port=1, password="x")
    wanted = replace(LoadSettings(config=config, rate=10, seconds=1, pack=1), connect_s=0.3)

    with pytest.raises(ExceptionGroup) as caught:
        await Load(wanted, clock=SystemClock()).run()

    assert caught.group_contains(BrokerGone, match="does not let this gateway in")
