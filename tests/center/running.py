"""A real center for a test: real HTTP, real WebSocket, in the test's own event loop."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import httpx
import psycopg
from websockets.asyncio.client import ClientConnection, connect

from center import server
from center.people.eyes import Eyes
from center.room import Room
from center.screen import PACE, Pace
from center.settings import Center, Settings
from tests.center.screen_model import ScreenModel
from tests.servers.databases import TestDatabase
from wardroom.clock import SystemClock
from wardroom.embedded.ports import free_port
from wardroom.settings import Broker, Database, Listen, Secret

METRICS_TOKEN = "metrics-token"
PASSWORD = "a password of a test"
NO_AUTHORITIES: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For clients that speak plain HTTP: each reading the list of all authorities anew takes as long as many a test."""


def pages(folder: Path) -> Path:
    """Make the two built pages in small."""
    for name in ("signin", "app"):
        (folder / name / "assets").mkdir(parents=True)
        (folder / name / "index.html").write_text(f"<title>{name}</title>")
        (folder / name / "assets" / "a.js").write_text("1")
    return folder


def settings(database: Database, broker: Broker, *, web: Path) -> Settings:
    return Settings(
        broker=broker,
        database=database,
        listen=Listen(port=free_port(), token=Secret(METRICS_TOKEN)),
        center=Center(web=str(web)),
    )


async def eventually(holds: Callable[[], Awaitable[bool]], within_s: float = 30) -> None:
    """Return once it holds."""
    async with asyncio.timeout(within_s):
        while not await holds():  # noqa: ASYNC110 - what is waited for is in another process
            await asyncio.sleep(0.02)


class RunningCenter:
    """Serves until left, with what else `server.serve` takes; `client` is signed in as an administrator."""

    def __init__(self, made: Settings, database: TestDatabase, *, pace: Pace = PACE, eyes: Eyes | None = None, **limits: Any) -> None:
        self.settings = made
        self.database = database
        self.room = Room.assemble(made, SystemClock(), pace=pace, eyes=eyes)
        self._limits = limits
        self.url = f"http://127.0.0.1:{made.listen.port}"
        self.password = PASSWORD
        self.client = self.anonymous()
        self._serving: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self.serve()
        await self.until_whole()
        await self.room.access.administrator("administrator", PASSWORD)
        await self.sign_in(self.client)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.leave()

    def serve(self) -> None:
        if self._serving is None:
            self._serving = asyncio.create_task(server.serve(self.room, **self._limits), name="center")

    async def leave(self) -> None:
        await self.client.aclose()
        await self.stop()

    async def stop(self) -> None:
        if self._serving is not None:
            self._serving.cancel()
            await asyncio.wait([self._serving], timeout=10)
            self._serving = None

    async def until_whole(self) -> None:
        await eventually(self._whole)

    async def _whole(self) -> bool:
        return await self.health_is("ok")

    async def health_is(self, text: str) -> bool:
        try:
            return (await self.client.get("/healthz")).text == text
        except httpx.TransportError:
            return False

    def anonymous(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.url, verify=NO_AUTHORITIES)

    async def sign_in(self, client: httpx.AsyncClient, account: str = "administrator", password: str = PASSWORD) -> httpx.Response:
        return await client.post("/api/v1/session", json={"account": account, "password": password})

    @asynccontextmanager
    async def screen(self, **headers: str) -> AsyncIterator["LiveScreen"]:
        """Open /ws, as the administrator unless other headers say who."""
        cookie = "; ".join(f"{name}={value}" for name, value in self.client.cookies.items())
        sent = headers or {"Cookie": cookie}
        async with connect(f"{self.url.replace('http', 'ws', 1)}/ws", additional_headers=sent, max_size=None) as socket:
            yield LiveScreen(socket)

    def execute(self, query: str) -> None:
        """Run SQL as the owner."""
        with psycopg.connect(self.database.owner.conninfo(), autocommit=True) as connection:
            connection.execute(query.encode())


class LiveScreen:
    """A browser's side of /ws that answers pings."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.model = ScreenModel()

    async def say(self, **message: object) -> None:
        await self.socket.send(json.dumps(message))

    async def hear(self, within_s: float = 30) -> dict[str, Any]:
        async with asyncio.timeout(within_s):
            while True:
                text = await self.socket.recv(decode=True)
                self.model.hear(text)
                message: dict[str, Any] = json.loads(text)
                if message["type"] != "ping":
                    return message
                await self.say(type="pong")

    async def sees(self, what: Callable[[ScreenModel], bool]) -> None:
        """Return once the screen shows it."""
        while not what(self.model):
            await self.hear()

    async def start(self, **subscription: object) -> dict[str, Any]:
        """Subscribe; return the answer."""
        assert (await self.hear())["type"] == "hello"
        await self.say(type="subscribe", **subscription)
        return await self.hear()
