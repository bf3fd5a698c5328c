"""nothing → a real broker, database, center and ingest, with series and wall tokens to look with: the stage of the live benchmarks."""

import asyncio
import os
import re
import secrets
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Final

import httpx
import psutil
import psycopg

from center.room import Room
from center.settings import Center, Settings
from ingest import migrate
from tests.servers.broker import TestBroker
from tests.servers.databases import TestDatabase
from tests.servers.postgresql import embedded
from wardroom.clock import SystemClock
from wardroom.embedded.ports import free_port
from wardroom.settings import Broker, Database, Listen
from wardroom.topics import Gateway

COMMAND: Final = "from wardroom.cli import main; main()"
PLACE: Final = Gateway("bench", "gw-1")
PER_TOKEN: Final = 200
METRICS: Final = "metrics-token"
_START_S: Final = 30.0
_SEED: Final = """
INSERT INTO site VALUES ('bench', 'Đo', 'Bench', 'office');
INSERT INTO gateway (site, id, name_vi, name_en, state) VALUES ('bench', 'gw-1', 'Cổng', 'Gateway', 'online');
INSERT INTO sensor SELECT 'bench', 'gw-1', 's' || n, 'Cảm biến ' || n, 'Sensor ' || n FROM generate_series(0, {last}) AS n;
INSERT INTO series (site, gateway, sensor, quantity, unit, period_s)
    SELECT 'bench', 'gw-1', 's' || n, 'temperature', 'Cel', 60 FROM generate_series(0, {last}) AS n;
"""


class Stage:
    """What a benchmark needs to know of it."""

    def __init__(
        self, *, broker: TestBroker, database: TestDatabase, settings: Settings, process: psutil.Process, tokens: list[str]
    ) -> None:
        self._database = database
        self._settings = settings
        self.port = settings.listen.port
        self.process = process
        self.tokens = tokens
        self.gateway: Broker = broker.add_gateway(PLACE.site, PLACE.gateway)
        self.center: Broker = broker.broker("center")

    def cpu_s(self) -> float:
        """Return the seconds of CPU the center has used."""
        used = self.process.cpu_times()
        return used.user + used.system

    async def administrator(self, account: str) -> str:
        """Make an administrator of this name and return the password."""
        room = Room.assemble(self._settings, SystemClock())
        async with room.database:
            return await room.access.administrator(account, secrets.token_urlsafe(24))

    def stored(self) -> int:
        """Return how many readings ingest has stored."""
        with psycopg.connect(self._database.owner.conninfo()) as connection:
            found = connection.execute("SELECT count(*) FROM reading").fetchone()
        return int(found[0]) if found else 0

    async def closed(self, reason: str) -> int:
        """Return how many screens the center closed for a reason."""
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.port}", headers={"authorization": f"Bearer {METRICS}"}) as client:
            text = (await client.get("/metrics")).raise_for_status().text
        found = re.search(rf'wardroom_ws_closed_total{{reason="{reason}"}} ([\d.]+)', text)
        return int(float(found[1])) if found else 0

    def rss_mb(self) -> float:
        return self.process.memory_info().rss / 1e6


@asynccontextmanager
async def staged(
    *,
    series: int,
    screens: int = 1,
    ingest: bool = False,
    command: tuple[str, ...] = ("-P", "-c", COMMAND, "center"),
    more: Mapping[str, str] = MappingProxyType({}),
) -> AsyncIterator[Stage]:
    """Run it; `command` is what Python is told to run as the center, `more` further variables of its environment."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        server, _ = stack.enter_context(embedded(folder / "stored"))
        database = stack.enter_context(server.database())
        broker = TestBroker(folder / "carried")
        stack.callback(broker.remove)
        await asyncio.to_thread(broker.start)
        settings = await _prepared(database, broker, series=series, screens=screens)
        tokens = await _tokens(settings, 1 + (screens - 1) // PER_TOKEN)
        if ingest:
            config = folder / "ingest.toml"
            config.touch()
            stack.enter_context(
                _process(("-P", "-c", COMMAND, "ingest", "--config", str(config)), _ingest(database, broker), folder / "ingest.log")
            )
        log = folder / "center.log"
        process = stack.enter_context(_process(command, _environment(settings) | dict(more), log))
        try:
            await _answers(settings, process)
        except TimeoutError as error:
            raise RuntimeError(await asyncio.to_thread(log.read_text, encoding="utf-8")) from error
        yield Stage(broker=broker, database=database, settings=settings, process=process, tokens=tokens)


@contextmanager
def _process(command: tuple[str, ...], environment: dict[str, str], log: Path) -> Iterator[psutil.Popen]:
    with log.open("wb") as said:
        process = psutil.Popen((sys.executable, *command), env=os.environ | environment, stdout=said, stderr=said)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=20)


async def _prepared(database: TestDatabase, broker: TestBroker, *, series: int, screens: int) -> Settings:
    await migrate.upgrade(database.owner.conninfo())
    with psycopg.connect(database.owner.conninfo(), autocommit=True) as connection:
        connection.execute(_SEED.format(last=series - 1).encode())
    center = Center(clients=screens + 100)
    return Settings(broker=broker.broker("center"), database=database.center, listen=Listen(port=free_port()), center=center)


async def _tokens(settings: Settings, count: int) -> list[str]:
    room = Room.assemble(settings, SystemClock())
    async with room.database:
        return [(await room.access.make_wall_token(f"bench {number}", "bench"))[0] for number in range(count)]


def _environment(settings: Settings) -> dict[str, str]:
    return _servers(settings.broker, settings.database) | {
        "WARDROOM__LISTEN__PORT": str(settings.listen.port),
        "WARDROOM__LISTEN__TOKEN": METRICS,
        "WARDROOM__CENTER__CLIENTS": str(settings.center.clients),
    }


def _ingest(database: TestDatabase, broker: TestBroker) -> dict[str, str]:
    return _servers(broker.broker("ingest"), database.ingest) | {"WARDROOM__LISTEN__PORT": str(free_port())}


def _servers(broker: Broker, database: Database) -> dict[str, str]:
    return {
        "WARDROOM__BROKER__HOST": broker.host,
        "WARDROOM__BROKER__PORT": str(broker.port),
        "WARDROOM__BROKER__USERNAME": broker.username,
        "WARDROOM__BROKER__PASSWORD": broker.password.reveal(),
        "WARDROOM__DATABASE__HOST": database.host,
        "WARDROOM__DATABASE__PORT": str(database.port),
        "WARDROOM__DATABASE__NAME": database.name,
        "WARDROOM__DATABASE__USER": database.user,
        "WARDROOM__DATABASE__PASSWORD": database.password.reveal(),
    }


async def _answers(settings: Settings, process: psutil.Popen) -> None:
    """Return once the center is whole."""
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{settings.listen.port}") as client, asyncio.timeout(_START_S):
        while process.poll() is not None or not await _whole(client):  # noqa: ASYNC110 - it is another process
            await asyncio.sleep(0.05)


async def _whole(client: httpx.AsyncClient) -> bool:
    try:
        return (await client.get("/healthz")).text == "ok"
    except httpx.TransportError:
        return False
