"""The real process: what it imports, what it weighs, how it stops, what it says to bad input."""

import asyncio
import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from tests.edge.fake_ingest import FakeIngest
from tests.edge.modbus_device import Behaviour, tcp
from tests.edge.test_app import configured, received
from tests.edge.waiting import until
from tests.servers.broker import TestBroker
from wardroom import messages
from wardroom.embedded.ports import free_port
from wardroom.messages import GatewayState, Status
from wardroom.topics import Gateway

pytestmark = pytest.mark.processes

LIMIT_BYTES = 80 * 2**20
FOREIGN = re.compile(
    r"(fastapi|starlette|uvicorn|av|cv2|numpy|vision|psycopg|onnxruntime|cryptography|simulators|center|ingest|edge\.(checkin|gate|sealing))\b"
)
MODBUS = """
[[sensor]]
id = "air{number}"
name = {{ vi = "Không khí", en = "Air" }}
driver = "modbus"
period_s = 0.05
report = {{ at_least_s = 0.05 }}
quantities = [ {{ id = "temperature", unit = "Cel", options = {{ register = 0, scale = 0.1 }} }} ]
options = {{ host = "127.0.0.1", port = {port} }}
"""


def command(file: Path, *python: str) -> list[str]:
    return [sys.executable, *python, "-c", "from wardroom.cli import main; main()", "edge", "--config", str(file)]


@contextmanager
def started(file: Path, *python: str) -> Iterator[tuple["subprocess.Popen[bytes]", Path]]:
    log = file.with_suffix(".log")
    with log.open("wb") as out, subprocess.Popen(command(file, *python), stdout=out, stderr=out) as process:
        try:
            yield process, log
        finally:
            process.kill()


@pytest.mark.servers
async def test_with_sensors_only_it_stays_under_80_mb_and_imports_nothing_heavy(broker: TestBroker, tmp_path: Path) -> None:
    gateway, port = Gateway("vp-process", "light"), free_port()
    account = broker.add_gateway(gateway.site, gateway.gateway)
    file = tmp_path / "gateway.toml"
    sensors = "".join(MODBUS.format(number=number, port=port) for number in range(20))
    file.write_text(configured(account, gateway, tmp_path / "data") + sensors, encoding="utf-8")

    async with tcp(port, Behaviour()), FakeIngest(broker.broker("ingest"), gateway) as ingest:
        with started(file, "-X", "importtime") as (process, log):
            await until(lambda: len(received(ingest)) > 1_000, within_s=60.0)
            rss = psutil.Process(process.pid).memory_info().rss
            process.send_signal(signal.SIGTERM)
            status = await asyncio.to_thread(process.wait, 10)
        await until(lambda: messages.decode(dict(ingest.said)["status"], Status).state is GatewayState.STOPPED)

    imported = re.findall(r"^import time:.*\|\s*(\S+)$", log.read_text(encoding="utf-8"), re.MULTILINE)
    assert status == 0
    assert rss < LIMIT_BYTES, f"{rss / 2**20:.1f} MiB"
    assert "pymodbus.client" in imported
    assert [name for name in imported if FOREIGN.match(name)] == []


@pytest.mark.servers
async def test_killed_it_is_offline_by_its_last_will(broker: TestBroker, tmp_path: Path) -> None:
    gateway = Gateway("vp-process", "killed")
    account = broker.add_gateway(gateway.site, gateway.gateway)
    file = tmp_path / "gateway.toml"
    file.write_text(configured(account, gateway, tmp_path / "data"), encoding="utf-8")

    def state(ingest: FakeIngest) -> GatewayState | None:
        said = dict(ingest.said)
        return messages.decode(said["status"], Status).state if "status" in said else None

    async with FakeIngest(broker.broker("ingest"), gateway) as ingest:
        with started(file) as (process, _):
            await until(lambda: state(ingest) is GatewayState.ONLINE, within_s=30.0)
            process.kill()
            await until(lambda: state(ingest) is GatewayState.OFFLINE)


async def test_health_is_open_and_metrics_ask_for_the_token(tmp_path: Path) -> None:
    gateway, port = Gateway("vp-process", "health"), free_port()
    file = tmp_path / "gateway.toml"
    nowhere = BROKERLESS.format(port=free_port())
    text = configured_without_broker(gateway, tmp_path / "data", nowhere)
    file.write_text(text + f'[listen]\nport = {port}\ntoken = "a token"\n', encoding="utf-8")

    def get(path: str, token: str | None = None) -> tuple[int, str]:
        request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Authorization": f"Bearer {token}"} if token else {})
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310 - the address is written two lines above
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, ""
        except OSError:
            return 0, ""

    async def answers() -> bool:
        return await asyncio.to_thread(get, "/healthz") == (200, "ok\n")

    with started(file):
        await until(answers, within_s=30.0)
        assert (await asyncio.to_thread(get, "/metrics"))[0] == 401
        code, text = await asyncio.to_thread(get, "/metrics", "a token")

    assert code == 200
    assert 'wardroom_edge_outbox_messages{gateway="health",site="vp-process"} 0.0' in text


BROKERLESS = """
[broker]
port = {port}
username = "nobody"
password = "nothing"
"""


def configured_without_broker(gateway: Gateway, data: Path, broker: str) -> str:
    return f"""{broker}
[edge]
site = "{gateway.site}"
gateway = "{gateway.gateway}"
data = "{data}"
name = {{ vi = "Cổng", en = "Gateway" }}
site_description = {{ kind = "office", name = {{ vi = "Trụ sở", en = "Office" }} }}
"""


BAD: list[tuple[str, int, str]] = [
    ("this is no TOML", 2, "not valid TOML"),
    ('[[sensor]]\nid = "a"', 2, "missing"),
    (MODBUS.format(number=1, port=99_999), 2, "options.port: '99999'"),
    (MODBUS.format(number=1, port=502).replace('"modbus"', '"modbuss"'), 2, "neither built in"),
]


@pytest.mark.parametrize(("sensors", "status", "words"), BAD)
def test_bad_configuration_is_one_sentence_and_an_exit_status(tmp_path: Path, sensors: str, status: int, words: str) -> None:
    file = tmp_path / "gateway.toml"
    text = configured_without_broker(Gateway("a", "b"), tmp_path / "data", BROKERLESS.format(port=1))
    file.write_text(text + sensors, encoding="utf-8")

    ended = subprocess.run(command(file), capture_output=True, text=True, timeout=60, check=False, env=os.environ | {"WARDROOM_LANG": "en"})

    assert (ended.returncode, ended.stdout) == (status, "")
    assert words in ended.stderr
    assert "Traceback" not in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1


def test_an_outbox_in_use_is_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / "gateway.toml"
    (tmp_path / "data").write_text("in the way")
    file.write_text(configured_without_broker(Gateway("a", "b"), tmp_path / "data", BROKERLESS.format(port=1)), encoding="utf-8")

    ended = subprocess.run(command(file), capture_output=True, text=True, timeout=60, check=False, env=os.environ | {"WARDROOM_LANG": "en"})

    assert ended.returncode == 1
    assert "check the folder's rights" in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1
