import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from edge.app import App
from edge.intake import Account
from edge.settings import SensorSettings, load
from tests.edge.drivers import Scripted
from tests.edge.factories import SetClock, sensor, settings
from tests.edge.fake_ingest import FakeIngest
from tests.edge.test_settings import FILE
from tests.edge.waiting import until
from tests.servers.broker import TestBroker
from wardroom import messages, senml
from wardroom.clock import Clock, SystemClock
from wardroom.errors import SensorError
from wardroom.messages import Birth, GatewayState, Health, SensorFault, SensorRecovered, Status, decode_event
from wardroom.senml import ABSOLUTE_US, Reading
from wardroom.settings import Broker
from wardroom.topics import Gateway

SITE = "vp-app"
DRIVER = "tests.edge.drivers:Scripted"
SENSOR = """
[[sensor]]
id = "{id}"
name = {{ vi = "A", en = "A" }}
driver = "{driver}"
period_s = 0.02
quantities = [ {{ id = "t", unit = "Cel" }} ]
"""


def configured(account: Broker, gateway: Gateway, data: Path) -> str:
    """Return a gateway's file without sensors."""
    text = FILE[: FILE.index("[[sensor]]")].replace("[broker]", f"[broker]\nport = {account.port}")
    for what, by in (
        ("vp-ubnd.gw-1", account.username),
        ("a password", account.password.reveal()),
        ('"vp-ubnd"', f'"{gateway.site}"'),
        ('"gw-1"', f'"{gateway.gateway}"'),
        ("/var/lib/wardroom/edge", str(data)),
    ):
        text = text.replace(what, by)
    return text


@pytest.fixture(autouse=True)
def _clean() -> Iterator[None]:
    Scripted.made.clear()
    yield
    Scripted.script = float


@asynccontextmanager
async def running(app: App) -> AsyncIterator[App]:
    task = asyncio.create_task(app.run())
    try:
        yield app
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


class Ledger:
    """A tap that writes down every reading before it is put."""

    def __init__(self) -> None:
        self.readings: list[Reading] = []

    def __call__(self, _gateway: Gateway, readings: tuple[Reading, ...]) -> None:
        self.readings += readings


def an_app(
    folder: Path, gateway: Gateway, broker: Broker, *sensors: SensorSettings, clock: Clock | None = None, tap: Ledger | None = None
) -> App:
    given = settings(folder, broker=broker, sensors=sensors, site=gateway.site, gateway=gateway.gateway)
    return App(given, clock=clock or SystemClock(), account=None if tap is None else Account(tap))


def identities(readings: list[Reading]) -> set[tuple[str, int, float]]:
    return {(one.sensor, one.observed_us, one.value) for one in readings}


def received(ingest: FakeIngest) -> list[Reading]:
    return [one for pack, payload in ingest.got if pack.kind == "readings" for one in senml.decode(payload).readings]


@pytest.mark.servers
async def test_every_reading_the_ledger_knows_arrives_once_and_stopped_is_said(broker: TestBroker, tmp_path: Path) -> None:
    gateway, ledger = Gateway(SITE, "all"), Ledger()
    account = broker.add_gateway(SITE, "all")
    async with FakeIngest(broker.broker("ingest"), gateway) as ingest:
        async with running(an_app(tmp_path, gateway, account, sensor(id="a"), sensor(id="b"), tap=ledger)) as app:
            await until(lambda: len(received(ingest)) > 30)
            assert app.session_connected
            assert app.gateway == gateway
        await until(lambda: b"stopped" in dict(ingest.said)["status"])
        async with running(an_app(tmp_path, gateway, account)):
            await until(lambda: identities(received(ingest)) == identities(ledger.readings))

    assert len(ledger.readings) == len(identities(ledger.readings))


@pytest.mark.servers
async def test_status_birth_and_health_say_what_the_gateway_is(broker: TestBroker, tmp_path: Path) -> None:
    gateway = Gateway(SITE, "says")
    account = broker.add_gateway(SITE, "says")
    async with FakeIngest(broker.broker("ingest"), gateway) as ingest, running(an_app(tmp_path, gateway, account, sensor())):
        await until(lambda: {"status", "birth", "health"} <= {channel for channel, _ in ingest.said})
        said = dict(ingest.said)

    status, birth, health = (messages.decode(said[name], kind) for name, kind in (("status", Status), ("birth", Birth), ("health", Health)))
    assert isinstance(status, Status)
    assert isinstance(birth, Birth)
    assert isinstance(health, Health)
    assert status == Status(GatewayState.ONLINE, birth.boot)
    assert [(one.id, one.quantities[0].unit) for one in birth.sensors] == [("air1", "Cel")]
    assert birth.software.startswith("wardroom ")
    assert health.boot == birth.boot
    assert health.rss_bytes > 1_000_000
    assert health.disk_free_bytes > 0


@pytest.mark.servers
async def test_faults_and_recoveries_become_events_of_this_gateway(broker: TestBroker, tmp_path: Path) -> None:
    gateway = Gateway(SITE, "faults")
    account = broker.add_gateway(SITE, "faults")
    dead = SensorError("edge.modbus_no_connection", address="10.0.0.9:502")
    Scripted.script = lambda call: dead if 20 <= call < 25 else float(call)
    async with FakeIngest(broker.broker("ingest"), gateway) as ingest, running(an_app(tmp_path, gateway, account, sensor())):
        await until(lambda: sum(pack.kind == "events" for pack, _ in ingest.got) == 2)
        events = [decode_event(payload, gateway) for pack, payload in ingest.got if pack.kind == "events"]

    fault, recovered = events
    assert isinstance(fault, SensorFault)
    assert isinstance(recovered, SensorRecovered)
    assert (fault.subject, fault.data.detail, fault.source) == ("air1", str(dead), gateway.prefix)
    assert not recovered.offline


async def test_a_fault_without_a_broker_is_marked_offline_and_kept(tmp_path: Path) -> None:
    gateway = Gateway(SITE, "offline")
    Scripted.script = lambda _: SensorError("edge.modbus_no_connection", address="10.0.0.9:502")
    with capture_logs():
        async with running(App(settings(tmp_path, sensors=(sensor(),), site=SITE, gateway="offline"), clock=SystemClock())) as app:
            await until(lambda: bool(Scripted.made and Scripted.made[0].calls > 3))
            assert not app.session_connected

    kept = sqlite3.connect(tmp_path / "outbox.db")
    payloads = [payload for (payload,) in kept.execute("SELECT payload FROM pack")]
    kept.close()
    assert [decode_event(payload, gateway).offline for payload in payloads] == [True]


@pytest.mark.servers
async def test_a_clock_that_was_never_set_still_delivers(broker: TestBroker, tmp_path: Path) -> None:
    gateway = Gateway(SITE, "clock")
    account = broker.add_gateway(SITE, "clock")
    async with (
        FakeIngest(broker.broker("ingest"), gateway) as ingest,
        running(an_app(tmp_path, gateway, account, sensor(), clock=StoppedWallClock())),
    ):
        await until(lambda: len(received(ingest)) > 5)

    times = [one.observed_us for one in received(ingest)]
    assert times == [ABSOLUTE_US + 5_000_000 + index for index in range(len(times))]


class StoppedWallClock(SetClock):
    """Seconds after 1970, for ever; durations go on."""

    def __init__(self) -> None:
        super().__init__(5_000_000)

    def monotonic(self) -> float:
        return SystemClock().monotonic()


@pytest.mark.servers
async def test_changed_sensors_are_applied_without_a_restart_and_bad_ones_are_not(broker: TestBroker, tmp_path: Path) -> None:
    gateway = Gateway(SITE, "changed")
    account = broker.add_gateway(SITE, "changed")
    file = tmp_path / "gateway.toml"

    def write(*sensors: str) -> None:
        file.write_text(configured(account, gateway, tmp_path / "data") + "".join(sensors), encoding="utf-8")

    write(SENSOR.format(id="a", driver=DRIVER))
    async with FakeIngest(broker.broker("ingest"), gateway) as ingest, running(App(load(file, {}), clock=SystemClock(), config_file=file)):
        await until(lambda: {reading.sensor for reading in received(ingest)} == {"a"})
        with capture_logs() as logs:
            write(SENSOR.format(id="a", driver=DRIVER), SENSOR.format(id="b", driver="modbuss"))
            await until(lambda: any("old ones stay" in log["event"] for log in logs))
        for driver in ("os:system", "..x:Y"):
            with capture_logs() as logs:
                write(SENSOR.format(id="a", driver=DRIVER), SENSOR.format(id="b", driver=driver))
                await until(lambda: any("old ones stay" in log["event"] for log in logs))
        write(SENSOR.format(id="a", driver=DRIVER), SENSOR.format(id="b", driver=DRIVER))
        await until(lambda: {reading.sensor for reading in received(ingest)} == {"a", "b"})
        await until(lambda: [len(messages.decode(said, Birth).sensors) for channel, said in ingest.said if channel == "birth"] == [1, 2])

    assert [driver.sensor.id for driver in Scripted.made] == ["a", "b"]


@pytest.mark.servers
async def test_a_quiet_app_measures_no_more_and_its_backlog_runs_dry(broker: TestBroker, tmp_path: Path) -> None:
    gateway = Gateway(SITE, "quiet")
    account = broker.add_gateway(SITE, "quiet")
    app = an_app(tmp_path, gateway, account, sensor())
    assert await app.backlog() == 0
    async with FakeIngest(broker.broker("ingest"), gateway) as ingest, running(app):
        ingest.answers = lambda _: False
        await until(lambda: len(received(ingest)) > 3)
        await app.quiet()
        calls = Scripted.made[-1].calls
        assert await app.backlog() > 3
        await asyncio.sleep(0.1)
        assert Scripted.made[-1].calls == calls
    assert await app.backlog() == 0

    async with FakeIngest(broker.broker("ingest"), gateway), running(app):
        await until(lambda: app.session_connected)

        async def dry() -> bool:
            return await app.backlog() == 0

        await until(dry)
        assert len(Scripted.made) == 1


async def test_a_fault_that_stood_before_a_restart_is_taken_back_by_the_first_good_answer(tmp_path: Path) -> None:
    gateway = Gateway(SITE, "restarted")
    given = settings(tmp_path, sensors=(sensor(),), site=SITE, gateway="restarted")
    with capture_logs():
        for script in (lambda _: SensorError("edge.modbus_no_connection", address="10.0.0.9:502"), float):
            Scripted.made.clear()
            Scripted.script = script
            async with running(App(given, clock=SystemClock())):
                await until(lambda: bool(Scripted.made and Scripted.made[0].calls > 3))

    kept = sqlite3.connect(tmp_path / "outbox.db")
    payloads = [payload for (payload,) in kept.execute("SELECT payload FROM pack WHERE kind = 'events' ORDER BY id")]
    kept.close()
    assert [type(decode_event(payload, gateway)) for payload in payloads] == [SensorFault, SensorRecovered]
